"""A resident whose case is known, what she agreed to, and requests to disclose it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person
from backend.sharing.disclosures import packages
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.packages import Known
from tests.cases.conftest import answers, do

UNTIL = date.max.replace(year=2099).isoformat()
CANARY = "うみねこ七号"


@pytest.fixture
def resident(cast: None) -> Person:
    return Person.objects.create(
        controller="city",
        name="髙田 ハナ",
        kana="たかだ はな",
        sex="female",
        birth_date=date(1938, 5, 2),
        area_id="D01-1",
        zip="750-0001",
        address="海鳴市中浜一丁目5番1号",
        phone="083-222-0099",
    )


@pytest.fixture
def source(resident: Person) -> Done:
    """Her referral, assigned and taken in; what she said (`consultation`) is a canary."""
    key = uuid4().hex
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": key}
    begun = actions.start("referral", person=resident.id, **given)
    triaged = do(begun, "triage", answers("triage", urgency="C"))
    assigned = do(triaged, "assign", answers("assign", assigned_to=str(member_id("caseworker"))))
    return do(assigned, "record_intake", answers("intake", detail=CANARY))


@pytest.fixture
def agreed(source: Done) -> Done:
    """She agreed that the centre is told name, address, how she lives and her health, to link her to help."""
    return do(source, "record_consent", consent())


def consent(**changed: Any) -> dict[str, Any]:
    given = answers("consent", valid_until=UNTIL, recipients=["comprehensive_support_center"], **changed)
    return {name: value for name, value in given.items() if name != "recipient_other"}


def request_of(source: Done, **changed: Any) -> dict[str, Any]:
    """A request about the case, to the centre, on consent."""
    return answers("disclosure_request", **{"source": str(source.case), "until": UNTIL, **changed})


@pytest.fixture
def ask(resident: Person) -> Callable[..., Done]:
    """Request a disclosure as the caseworker; anything may be changed."""

    def request(source: Done, *, by: str = "caseworker", **changed: Any) -> Done:
        given = request_of(source, **changed)
        return actions.start(
            "disclosure", actor=member_id(by), answers=given, key=uuid4().hex, person=resident.id
        )

    return request


@pytest.fixture
def asked(ask: Callable[..., Done], agreed: Done) -> Done:
    """Name, address and health to the centre: health is sensitive, so somebody must approve."""
    return ask(agreed, categories=["identity", "contact", "health"])


def seen_hash(disclosure: Done) -> str:
    """The number of what the approvals page shows now."""
    return packages.seen_number(Case.objects.get(pk=disclosure.case))


def approve(disclosure: Done, *, by: str = "supervisor", **changed: Any) -> Done:
    given = {"decision": "approved", "content_hash": seen_hash(disclosure), **changed}
    return do(disclosure, "approve", given, by=by)


def hand_over(disclosure: Done, **changed: Any) -> Done:
    return do(disclosure, "hand_over", answers("disclosure_handover", **changed))


@pytest.fixture
def approved(asked: Done) -> Done:
    return approve(asked)


@pytest.fixture
def shared(approved: Done) -> Done:
    return hand_over(approved)


def package_of(disclosure: Done) -> Known:
    return packages.known(Package.objects.get(case=disclosure.case))
