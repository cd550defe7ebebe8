"""The weekly look for two records of one person, through the run itself."""

from datetime import date

import pytest
from django.utils import timezone

from backend.people.doubles import Pair
from backend.people.models import Person
from backend.runs import doubles

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(cast: None) -> None:
    for name in ("髙田 ハナ", "高田 ハナ"):
        Person.objects.create(controller="city", area_id="D01-1", name=name, birth_date=date(1938, 5, 2))


def test_what_was_found_waits_for_a_person_and_is_found_once(twice: None) -> None:
    today = timezone.localdate()
    assert [plan.count for plan in doubles.preview(today)] == [1]
    assert not Pair.objects.exists()

    first, again = doubles.run(today), doubles.run(today)

    assert (first.counts["pairs"], again.counts["pairs"]) == (1, 0)
    assert Pair.objects.count() == 1
    assert doubles.preview(today) == []
