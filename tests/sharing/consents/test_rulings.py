"""What was said in a step is what the sharing gate rules by, on the same day."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from backend import access
from backend.access import Outcome, ProvisionFacts
from backend.cases.actions import Done
from backend.demo.cast import member_id
from backend.people.models import Member, Person
from backend.sharing.consents import asking
from tests.sharing.consents.conftest import TODAY, agreed, do, refused, taken_back

pytestmark = pytest.mark.django_db
CaseOf = Callable[[Person], Done]


def ruled(person: Person, *, category: str = "identity", today: date = TODAY, **changed: Any) -> Outcome:
    """The best ruling for telling the centre, over everything the person said about the purpose."""
    caseworker = Member.objects.select_related("organisation", "user").get(id=member_id("caseworker")).facts()
    to: dict[str, Any] = {
        "recipient": "center-nakahama",
        "recipient_role": "comprehensive_support_center",
        "recipient_type": "comprehensive_support_center",
        "recipient_controller": "center",
        "purpose": "service_linkage",
    }
    known = {
        "recipient_active": True,
        "recipient_pledged": True,
        "recipient_trained": True,
        "area_match": True,
    }
    about = {"protected": False, "deceased": False, "basis": "consent", "minimised": True}
    found = asking.facts(person.id, {**to, **changed}["purpose"], today, "city")
    provisions = [
        ProvisionFacts(
            **{
                "id": "p",
                "controller": "city",
                "category": category,
                **to,
                **known,
                **about,
                **one.fields(),
                **changed,
            }
        )
        for one in found
    ]
    order = list(Outcome)
    rulings = [access.rule(caseworker, one, today=access.day(today)).outcome for one in provisions]
    return min(rulings, key=order.index)


def test_what_was_agreed_may_be_told(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed())

    assert ruled(hana) == Outcome.ALLOW


@pytest.mark.parametrize(
    "other",
    [
        {"category": "finance"},
        {"purpose": "grant_admin"},
        {"recipient": "csw", "recipient_role": "csw", "recipient_type": "csw", "recipient_controller": "csw"},
        {"today": date(2028, 4, 1)},
        {"today": date(2026, 11, 24)},
    ],
)
def test_what_was_not_agreed_may_not(hana: Person, case_of: CaseOf, other: dict[str, Any]) -> None:
    do(case_of(hana), "record_consent", agreed())

    assert ruled(hana, **other) != Outcome.ALLOW


def test_an_excluded_organisation_is_not_told_although_its_kind_is(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed(excluded_organisation="center-nakahama"))

    assert ruled(hana) != Outcome.ALLOW


@pytest.mark.parametrize("category", ["protected_address", "reporter_identity"])
def test_no_consent_opens_what_is_specially_protected(hana: Person, case_of: CaseOf, category: str) -> None:
    do(case_of(hana), "record_consent", agreed())

    assert ruled(hana, category=category) == Outcome.DENY


def test_a_withdrawal_ends_it_the_same_day(hana: Person, case_of: CaseOf) -> None:
    given = do(case_of(hana), "record_consent", agreed())
    do(given, "record_consent_withdrawal", taken_back())

    assert ruled(hana) != Outcome.ALLOW


def test_a_refusal_elsewhere_ends_it_too(hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed())
    do(case_of(hana), "record_refusal", refused())

    assert ruled(hana) != Outcome.ALLOW


def test_the_sons_consent_is_not_the_mothers(hana: Person, minoru: Person, case_of: CaseOf) -> None:
    do(case_of(minoru), "record_consent", agreed())

    assert (ruled(minoru), ruled(hana) == Outcome.ALLOW) == (Outcome.ALLOW, False)


def test_family_who_write_it_down_do_not_consent(hana: Person, case_of: CaseOf) -> None:
    by = {"by": "family", "proxy_name": "髙田 実", "relation": "長男", "proxy_reason": "手がふるえて書けない"}
    do(case_of(hana), "record_consent", agreed(**by))

    assert ruled(hana) != Outcome.ALLOW
