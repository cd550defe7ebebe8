"""A meeting as the basis of a disclosure: chosen when composing, ruled by how it stands."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.sharing.disclosures.gate import CannotLeave
from tests.cases.conftest import answers, do
from tests.pages.conftest import browser
from tests.sharing.disclosures.test_pages import Browser, text, typed

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
IN_IT = {
    "to_kind": "organisation",
    "to_org": "csw",
    "purpose": "support_conference",
    "categories": ["identity"],
}


@pytest.fixture
def meeting(source: Done) -> Done:
    """A support conference of the city with the 社協 about her; chair and 社協 have signed secrecy."""
    given = answers(
        "council_plan",
        chair=str(member_id("supervisor")),
        members=[
            {"member": str(member_id("caseworker")), "part": "secretary"},
            {"member": str(member_id("csw")), "part": "member"},
        ],
        held_on=timezone.localdate().isoformat(),
    )
    done = actions.start(
        "council", actor=member_id("caseworker"), answers=given, key=uuid4().hex, area="CITY"
    )
    number = Case.objects.values_list("number", flat=True).get(pk=source.case)
    done = do(do(done, "add_case", answers("council_agenda", number=number)), "call")
    for who in ("supervisor", "csw"):
        done = do(done, "acknowledge", answers("council_secrecy"), by=who)
    return done


@pytest.fixture
def opened(meeting: Done) -> Done:
    return do(meeting, "open_session", answers("council_opening"))


def in_it(meeting: Done, **changed: Any) -> dict[str, Any]:
    return {**IN_IT, "basis": "swa_106_6", "session": str(meeting.case), **changed}


def test_in_an_open_meeting_a_member_is_told_without_consent(ask: Any, source: Done, opened: Done) -> None:
    asked = ask(source, **in_it(opened))

    assert asked.target == "disclosure.requested"
    shared = do(asked, "share", answers("disclosure_handover"))
    assert shared.target == "disclosure.shared"


def test_before_it_opens_nothing_leaves(ask: Any, source: Done, meeting: Done) -> None:
    with pytest.raises(CannotLeave):
        ask(source, **in_it(meeting))


def test_the_same_basis_without_its_meeting_is_none(ask: Any, source: Done, opened: Done) -> None:
    with pytest.raises(CannotLeave):
        ask(source, **IN_IT, basis="swa_106_6")


def test_once_it_is_closed_it_is_no_basis_any_more(ask: Any, source: Done, opened: Done) -> None:
    do(opened, "close_session", answers("council_closing"))

    with pytest.raises(NotPossible, match="どちらも構成員"):
        ask(source, **in_it(opened))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"to_org": "center-nakahama"}, "どちらも構成員"),
        ({"basis": "consent"}, "会議の根拠"),
        ({"session": str(uuid4())}, "どちらも構成員"),
    ],
)
def test_a_meeting_of_others_or_another_basis_is_refused(
    ask: Any, source: Done, opened: Done, changed: dict[str, str], says: str
) -> None:
    with pytest.raises(NotPossible, match=says):
        ask(source, **in_it(opened, **changed))


def test_only_meetings_of_both_are_offered(browser: Browser, source: Done, opened: Done) -> None:
    client, path = browser("caseworker"), f"/cases/{source.case}/disclose/matrix/"

    assert f'value="session:{opened.case}"' in text(client.post(path, typed(to="organisation:csw")))
    assert "session:" not in text(client.post(path, typed(to="organisation:center-nakahama")))


def test_the_choice_of_bases_is_drawn_anew_only_for_another_recipient(
    browser: Browser, source: Done, opened: Done
) -> None:
    client, path = browser("caseworker"), f"/cases/{source.case}/disclose/matrix/"
    given = typed(to="organisation:csw", _meetings=f"session:{opened.case}")

    assert "f-basis" not in text(client.post(path, given))
    assert "f-basis" in text(client.post(path, {**given, "to": "organisation:center-nakahama"}))


def test_one_press_tells_it_in_the_meeting(browser: Browser, source: Done, opened: Done) -> None:
    given = typed(
        to="organisation:csw", purpose="support_conference", basis=f"session:{opened.case}",
        categories=["identity"],
    )  # fmt: skip

    page = browser("caseworker").post(f"/cases/{source.case}/disclose/", given, follow=True)

    assert "共有しました" in text(page)
    case = Case.objects.get(workflow="disclosure")
    assert (case.state, case.facts["basis"]) == ("disclosure.shared", "swa_106_6")


def test_a_meeting_that_does_not_fit_the_recipient_any_more_is_dropped(
    browser: Browser, source: Done, opened: Done
) -> None:
    chosen = f"session:{opened.case}"
    given = typed(to="organisation:center-nakahama", basis=chosen, _meetings=chosen)

    page = text(browser("caseworker").post(f"/cases/{source.case}/disclose/matrix/", given))

    assert "session:" not in page
    assert re.search(r'<option value="" selected>', page)
