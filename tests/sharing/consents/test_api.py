"""`/api/persons/{id}/consents/`: what holds today, for those who see the cases."""

from collections.abc import Callable

import pytest

from backend.cases.actions import Done
from backend.cases.looks import Look
from backend.people.models import Person
from tests.api.conftest import Hand, hand
from tests.sharing.consents.conftest import agreed, do, taken_back

__all__ = ["hand"]
pytestmark = pytest.mark.django_db
CaseOf = Callable[[Person], Done]
Hands = Callable[[str], Hand]


def test_what_holds_today_is_listed_newest_first(hand: Hands, hana: Person, case_of: CaseOf) -> None:
    given = do(case_of(hana), "record_consent", agreed())
    do(given, "record_consent_withdrawal", taken_back())
    do(case_of(hana), "record_consent", agreed(purposes=["watch_over"]))

    rows = hand("caseworker").get(f"/api/persons/{hana.id}/consents/").json()["results"]

    assert [(row["state"], row["holds"]) for row in rows] == [
        ("given", True),
        ("withdrawn", False),
        ("ended", False),
    ]
    assert rows[0]["purposes"] == ["watch_over"]
    assert rows[2]["ended_how"] == "withdrawn"


def test_a_look_at_consents_is_recorded(hand: Hands, hana: Person) -> None:
    hand("caseworker").get(f"/api/persons/{hana.id}/consents/")

    assert Look.objects.filter(person=hana, how="api").count() == 1


@pytest.mark.parametrize("who", ["csw", "commissioner", "volunteer", "receiver", "outsider"])
def test_whoever_may_not_see_the_person_finds_nothing(
    hand: Hands, hana: Person, case_of: CaseOf, who: str
) -> None:
    do(case_of(hana), "record_consent", agreed())

    assert hand(who).get(f"/api/persons/{hana.id}/consents/").status_code == 404


def test_the_privacy_officer_sees_that_there_is_a_consent_and_not_to_what(
    hand: Hands, hana: Person, case_of: CaseOf
) -> None:
    do(case_of(hana), "record_consent", agreed())

    (row,) = hand("privacy").get(f"/api/persons/{hana.id}/consents/").json()["results"]

    assert (row["state"], row["withheld"], row["purposes"], row["asked_by"]) == ("given", True, None, None)
