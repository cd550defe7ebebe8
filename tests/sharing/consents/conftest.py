"""Two residents who live together, their cases, and what they said about sharing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from backend.cases.actions import Done
from backend.people.models import Household, Person
from tests.cases.conftest import answers, do, report

__all__ = ["answers", "do", "report"]

TODAY = date(2026, 11, 26)
Begin = Callable[..., Done]


@pytest.fixture
def home(cast: None) -> Household:
    return Household.objects.create(controller="city", area_id="D01-1")


def resident(home: Household, name: str, **values: Any) -> Person:
    given = {"controller": "city", "area_id": "D01-1", "household": home, "address": "海鳴市中浜一丁目5番1号"}
    return Person.objects.create(name=name, **{**given, **values})


@pytest.fixture
def hana(home: Household) -> Person:
    return resident(home, "髙田 ハナ", kana="たかだ はな", birth_date=date(1938, 5, 2))


@pytest.fixture
def minoru(home: Household) -> Person:
    """Her son, who lives with her."""
    return resident(home, "髙田 実", kana="たかだ みのる")


@pytest.fixture
def case_of(report: Begin) -> Callable[[Person], Done]:
    """A referral about a person, triaged and ready for their answer."""

    def begin(person: Person) -> Done:
        return do(report(person=person.id, area="D01-1"), "triage", answers("triage", urgency="C"))

    return begin


def agreed(**changed: Any) -> dict[str, Any]:
    """A consent to being watched over by the commissioner and helped by the centre."""
    given = {
        "explained_on": "2026-11-25",
        "signed_on": "2026-11-25",
        "purposes": ["watch_over", "service_linkage"],
        "recipients": ["welfare_commissioner", "comprehensive_support_center"],
        "categories": ["identity", "contact", "health"],
        "valid_until": "2028-03-31",
    }
    found = answers("consent", **{**given, **changed})
    for name in ("recipient_other", "layer", "excluded_recipients"):
        if name not in changed:
            del found[name]
    return found


def refused(**changed: Any) -> dict[str, Any]:
    names = ("addressee", "explained_by", "withdraw_explained", "no_disadvantage", "emergency_explained")
    full = answers("consent")
    given = {name: full[name] for name in names}
    return {
        **given,
        "explained_on": "2026-11-25",
        "answer": "refused",
        "method": "digital",
        "by": "self",
    } | changed


def taken_back(**changed: Any) -> dict[str, Any]:
    given = {"withdrawn_on": "2026-11-26", "withdrawn_by": "self", "reason": "does_not_want"}
    return {**given, "consent_withdrawn": True, "withdrawal_method": "phone", **changed}
