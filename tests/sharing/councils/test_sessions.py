"""A meeting as a boundary: listed, signed, open; nothing before, nothing after, nothing for observers."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend import access
from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import NotFound, NotPossible, Refused
from backend.cases.models import Case, Notice
from backend.cases.reading import case_facts
from backend.demo.cast import member_id
from backend.people.models import Member, Person
from backend.sharing.consents.models import Consent
from backend.sharing.councils.models import AgendaItem, Copy, Paper, Session, SessionMember
from tests.sharing.councils.conftest import answers, do, run_effects

pytestmark = pytest.mark.django_db


def reads(username: str, meeting: Done) -> bool:
    member = Member.objects.select_related("organisation", "user").get(pk=member_id(username)).facts()
    facts = case_facts(Case.objects.get(pk=meeting.case))
    today = access.day(timezone.localdate())
    return access.decide(member, "read_paper", facts, today=today).allowed


def test_the_plan_lists_its_members_and_the_chair(planned: Done) -> None:
    rows = SessionMember.objects.filter(session=planned.case).values_list("member", "part")

    assert set(rows) == {
        (member_id("supervisor"), "chair"),
        (member_id("caseworker"), "secretary"),
        (member_id("csw"), "member"),
    }


def test_a_case_on_the_agenda_gets_a_symbol(planned: Done, resident: Person) -> None:
    item = AgendaItem.objects.get()

    assert (item.symbol, item.person, item.controller) == ("A", resident, "city")


def test_a_case_one_may_not_see_cannot_be_brought(planned: Done, report: Any) -> None:
    theirs = report(actor=member_id("csw"))
    number = Case.objects.values_list("number", flat=True).get(pk=theirs.case)

    with pytest.raises(NotPossible, match="見つからないか、見られません"):
        do(planned, "add_case", answers("council_agenda", number=number))

    do(planned, "bring_case", answers("council_agenda", number=number), by="csw")
    assert AgendaItem.objects.get(symbol="B").controller == "csw"


def test_a_meeting_is_not_on_the_agenda_of_a_meeting(planned: Done) -> None:
    number = Case.objects.values_list("number", flat=True).get(pk=planned.case)

    with pytest.raises(NotPossible):
        do(planned, "add_case", answers("council_agenda", number=number))


def test_an_observer_neither_signs_nor_reads(opened: Done) -> None:
    assert not reads("receiver", opened)
    with pytest.raises(NotFound):
        do(opened, "acknowledge", answers("council_secrecy"), by="receiver")


def test_nobody_is_added_once_it_is_open(opened: Done) -> None:
    given = answers("council_member", member=str(member_id("receiver")))

    with pytest.raises(NotPossible):
        do(opened, "add_member", given)


def test_the_chair_may_add_the_observer_before(planned: Done) -> None:
    given = answers("council_member", member=str(member_id("receiver")))

    done = do(planned, "add_member", given)

    do(done, "acknowledge", answers("council_secrecy"), by="receiver")
    assert SessionMember.objects.get(member=member_id("receiver")).acknowledged_at is not None


def test_papers_are_read_by_those_who_signed_while_it_is_open(called: Done) -> None:
    assert not reads("csw", called)

    opened = do(called, "open_session", answers("council_opening"))

    assert reads("csw", opened)
    assert not reads("caseworker", opened)  # listed, not signed

    closed = do(opened, "close_session", answers("council_closing"))

    assert [who for who in ("csw", "supervisor", "caseworker") if reads(who, closed)] == []


def test_it_does_not_open_before_the_chair_signed(planned: Done) -> None:
    called = do(planned, "call")
    signed = do(called, "acknowledge", answers("council_secrecy"), by="csw")

    with pytest.raises(NotPossible, match="会長を含む"):
        do(signed, "open_session", answers("council_opening"))


def test_a_paper_is_frozen_by_category(called: Done, resident: Person) -> None:
    Person.objects.filter(pk=resident.pk).update(name="別の名前")

    paper = Paper.objects.get()

    parts = {part.category: json.loads(bytes(part.content)) for part in paper.parts.all()}
    assert set(parts) == set(paper.categories) == {"identity", "living_status"}
    assert ["氏名", "髙田　ハナ"] in parts["identity"]
    assert len(paper.sha256) == 64


@pytest.mark.parametrize("category", ["child_protection_record"])
def test_a_child_s_record_stands_in_papers_of_its_own_council_only(called: Done, category: str) -> None:
    with pytest.raises(NotPossible, match="児童の保護の記録"):
        do(called, "make_paper", answers("council_paper", paper_items=[category]), by="supervisor")


def test_copies_are_numbered_and_shared_when_it_opens(opened: Done) -> None:
    copies = Copy.objects.order_by("number").values_list("number", "holder__member")

    assert [number for number, _ in copies] == [1, 2]
    assert {holder for _, holder in copies} == {member_id("supervisor"), member_id("csw")}


def test_who_signs_later_gets_a_copy_of_their_own(opened: Done) -> None:
    do(opened, "acknowledge", answers("council_secrecy"), by="caseworker")

    assert Copy.objects.get(holder__member=member_id("caseworker")).number == 3


def test_a_paper_made_in_the_meeting_is_shared_at_once(opened: Done) -> None:
    do(opened, "make_paper", answers("council_paper", paper_items=["identity"]))

    assert sorted(Copy.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_copies_not_collected_are_named_with_what_became_of_them(opened: Done) -> None:
    Copy.objects.update(printed_at=timezone.now())
    closed = do(opened, "close_session", answers("council_closing"))

    with pytest.raises(NotPossible, match="99"):
        do(closed, "collect_papers", answers("council_collection", missing=[{"number": 99, "what": "不明"}]))
    do(closed, "collect_papers", answers("council_collection", missing=[{"number": 2, "what": "翌日に返す"}]))

    assert Copy.objects.get(number=1).collected_at is not None
    assert (Copy.objects.get(number=2).collected_at, Copy.objects.get(number=2).missing) == (
        None,
        "翌日に返す",
    )


def test_correcting_the_plan_leaves_the_signatures(called: Done) -> None:
    given = answers(
        "council_plan",
        title="第4回支援会議",
        chair=str(member_id("supervisor")),
        members=[{"member": str(member_id("caseworker")), "part": "secretary"}],
    )

    do(called, "correct", {"step": 1, "answers": given})

    case = Case.objects.get(pk=called.case)
    assert Session.objects.get().title == "第4回支援会議"
    assert len(case.facts["signed"]) == 2
    assert len(case.facts["agenda"]) == 1
    assert SessionMember.objects.count() == 3


def test_each_task_of_the_minutes_becomes_a_case_with_its_day(closed: Done) -> None:
    tasks = [
        {"what": "配食の説明", "assigned_to": str(member_id("csw")), "due_on": "2027-01-15"},
        {"what": "訪問", "assigned_to": str(member_id("caseworker")), "due_on": "2027-01-20"},
    ]

    do(closed, "write_minutes", answers("council_minutes", tasks=tasks))
    run_effects()

    cases = Case.objects.filter(workflow="follow_up").order_by("due_at")
    assert [case.assignee_id for case in cases] == [member_id("csw"), member_id("caseworker")]
    assert [timezone.localdate(case.due_at).isoformat() for case in cases] == ["2027-01-15", "2027-01-20"]
    assert {case.facts["source"] for case in cases} == {str(closed.case)}
    told = Notice.objects.filter(case__in=cases).values_list("member", flat=True)
    assert set(told) == {member_id("csw"), member_id("caseworker")}


def test_a_meeting_ends_when_papers_are_back_and_minutes_are_written(closed: Done) -> None:
    collected = do(closed, "collect_papers", answers("council_collection", missing=[]))
    with pytest.raises(NotPossible, match="議事録"):
        do(collected, "end")

    written = do(collected, "write_minutes", answers("council_minutes", tasks=[]))

    assert do(written, "end").target == "council.ended"


def test_only_keepers_run_a_meeting(called: Done) -> None:
    with pytest.raises(Refused):
        do(called, "open_session", answers("council_opening"), by="csw")


# --- the conference that needs consent ---------------------------------------------------------------------


@pytest.fixture
def multilayered(hers: Done) -> Done:
    """A multilayered conference with the 社協, nothing on its agenda yet."""
    given = answers(
        "council_plan",
        basis="multilayered",
        chair=str(member_id("supervisor")),
        members=[{"member": str(member_id("csw")), "part": "member"}],
    )
    return actions.start(
        "council", actor=member_id("caseworker"), answers=given, key=uuid4().hex, area="CITY"
    )


def consent(case: Done, **changed: Any) -> Consent:
    """A consent of hers to a conference with the 社協, about name and living situation."""
    values = {
        "person_id": Case.objects.get(pk=case.case).person_id,
        "controller": "city",
        "case_id": case.case,
        "seq": 99,
        "said": "given",
        "said_at": timezone.now(),
        "asked_by_id": member_id("caseworker"),
        "method": "written",
        "by": "self",
        "own": True,
        "wording": "0" * 64,
        "language": "ja",
        "purposes": ["support_conference"],
        "recipients": ["csw", "city_section"],
        "categories": ["identity", "living_status"],
        "valid_from": timezone.localdate(),
    }
    return Consent.objects.create(**{**values, **changed})


def bring(meeting: Done, case: Done) -> Done:
    number = Case.objects.values_list("number", flat=True).get(pk=case.case)
    return do(meeting, "add_case", answers("council_agenda", number=number))


def test_without_consent_a_case_has_no_place_in_a_multilayered_conference(
    multilayered: Done, hers: Done
) -> None:
    with pytest.raises(NotPossible, match="本人の同意が要ります"):
        bring(multilayered, hers)

    consent(hers)
    assert bring(multilayered, hers).seq == 2


@pytest.mark.parametrize(
    "changed",
    [{"purposes": ["watch_over"]}, {"said": "refused"}, {"ended_at": timezone.now()}, {"controller": "csw"}],
)
def test_another_consent_or_one_that_ended_does_not_do(multilayered: Done, hers: Done, changed: Any) -> None:
    consent(hers, **changed)

    with pytest.raises(NotPossible, match="本人の同意が要ります"):
        bring(multilayered, hers)


def test_its_papers_hold_what_the_consent_covers(multilayered: Done, hers: Done) -> None:
    consent(hers)
    brought = bring(multilayered, hers)

    with pytest.raises(NotPossible, match="見守りの要否"):
        do(brought, "make_paper", answers("council_paper", paper_items=["identity", "watch_flag"]))
    do(brought, "make_paper", answers("council_paper", paper_items=["identity", "living_status"]))


def test_a_paper_holds_nothing_that_may_not_go_to_one_of_the_members(multilayered: Done, hers: Done) -> None:
    consent(hers)
    given = answers("council_member", member=str(member_id("receiver")))
    brought = do(bring(multilayered, hers), "add_member", given)

    with pytest.raises(NotPossible, match="氏名・生年月日"):
        do(brought, "make_paper", answers("council_paper", paper_items=["identity"]))
