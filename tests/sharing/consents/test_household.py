"""One person's consent never covers another of the household, whatever either of them says."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.cases.actions import Done
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person
from backend.sharing.consents import asking
from backend.sharing.consents.models import Consent
from backend.sharing.consents.projection import _settle
from tests.sharing.consents.conftest import TODAY, agreed, do

pytestmark = pytest.mark.django_db
PURPOSES = ["watch_over", "service_linkage", "emergency_rescue"]
answered = st.lists(
    st.tuples(
        st.sampled_from(["hana", "minoru"]),
        st.sampled_from(["given", "partial", "refused", "withdrawn", "pending"]),
        st.sets(st.sampled_from(PURPOSES)),
    ),
    max_size=6,
)


def keep(case: Done, person: Person, seq: int, said: str, purposes: set[str]) -> None:
    row = Case.objects.only("opened_at").get(pk=case.case)
    Consent.objects.create(
        id=uuid4(), person=person, controller="city", case_id=case.case, seq=seq, said=said,
        said_at=row.opened_at, asked_by_id=member_id("caseworker"), method="oral", by="self", own=True,
        wording="0" * 64, language="ja", purposes=sorted(purposes), valid_from=TODAY,
    )  # fmt: skip
    _settle(person.id, "city", case.case, row.opened_at)


@pytest.fixture
def two(hana: Person, minoru: Person, case_of: Any) -> dict[str, tuple[Person, Done]]:
    return {"hana": (hana, case_of(hana)), "minoru": (minoru, case_of(minoru))}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answered)
def test_what_one_says_changes_nothing_for_the_other(
    two: dict[str, tuple[Person, Done]], said: list[tuple[str, str, set[str]]]
) -> None:
    hana, minoru = two["hana"][0], two["minoru"][0]
    with transaction.atomic():
        for seq, (who, answer, purposes) in enumerate(said, 10):
            person, case = two[who]
            keep(case, person, seq, answer, purposes)
        together = [asking.facts(hana.id, purpose, TODAY) for purpose in PURPOSES]
        Consent.objects.filter(person=minoru).update(ended_by=None)
        Consent.objects.filter(person=minoru).delete()
        alone = [asking.facts(hana.id, purpose, TODAY) for purpose in PURPOSES]
        transaction.set_rollback(True)

    assert together == alone


def test_a_consent_in_the_house_is_found_under_the_one_who_gave_it(
    hana: Person, minoru: Person, case_of: Any
) -> None:
    do(case_of(minoru), "record_consent", agreed())

    assert len(asking.live(minoru.id, TODAY)) == 1
    assert asking.live(hana.id, TODAY) == []
