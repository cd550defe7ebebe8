"""Meetings and emergencies in the hands of the cast."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases import actions, effects
from backend.cases.actions import Done
from backend.cases.models import Case, Effect
from backend.demo.cast import member_id
from backend.people.models import Person
from tests.cases.conftest import answers, detected, do, report, triaged
from tests.pages.conftest import browser, post_of

__all__ = ["answers", "browser", "detected", "do", "post_of", "report", "triaged"]


@pytest.fixture
def resident(cast: None) -> Person:
    """髙田 ハナ, a resident of the city."""
    return Person.objects.create(
        controller="city",
        name="髙田　ハナ",
        kana="たかだ　はな",
        birth_date="1938-05-02",
        area_id="D01-1",
        address="海鳴市中浜一丁目2番3号",
        phone="0832-00-9999",
    )


@pytest.fixture
def hers(report: Callable[..., Done], resident: Person) -> Done:
    """Her referral at the city, triaged."""
    return do(report(person=resident.id), "triage", answers("triage", urgency="C"))


def break_glass(case: Done, by: str, **more: Any) -> Done:
    """Open a case in an emergency as one of the cast."""
    values = {"actor": member_id(by), "answers": answers("break_glass"), "key": uuid4().hex, **more}
    return actions.perform(case.case, "break_glass", **values)


@pytest.fixture
def planned(hers: Done) -> Done:
    """A meeting of the city about her: chaired by the supervisor, with the caseworker and the 社協."""
    given = answers(
        "council_plan",
        chair=str(member_id("supervisor")),
        members=[
            {"member": str(member_id("caseworker")), "part": "secretary"},
            {"member": str(member_id("csw")), "part": "member"},
        ],
        held_on=(timezone.localdate() + timedelta(days=1)).isoformat(),
    )
    done = actions.start(
        "council", actor=member_id("caseworker"), answers=given, key=uuid4().hex, area="CITY"
    )
    number = Case.objects.values_list("number", flat=True).get(pk=hers.case)
    return do(done, "add_case", answers("council_agenda", number=number))


@pytest.fixture
def called(planned: Done) -> Done:
    """The same, called; the chair and the 社協 signed secrecy, and there is a paper."""
    done = do(planned, "call")
    for who in ("supervisor", "csw"):
        done = do(done, "acknowledge", answers("council_secrecy"), by=who)
    return do(done, "make_paper", answers("council_paper", paper_items=["identity", "living_status"]))


@pytest.fixture
def opened(called: Done) -> Done:
    return do(called, "open_session", answers("council_opening"))


@pytest.fixture
def closed(opened: Done) -> Done:
    return do(opened, "close_session", answers("council_closing"))


def run_effects() -> None:
    """Do everything the steps so far caused, and see it done."""
    while counts := effects.run_due():
        assert set(counts) <= {effects.Outcome.DONE}, Effect.objects.exclude(last_error="").values()
