"""What others ask of meetings: the gate, the register of what was told, the log of decisions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend import access
from backend.cases.actions import Done
from backend.cases.decisionlog import DecisionLog
from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Member, Person
from backend.sharing.consents import registers
from backend.sharing.councils.bases import BASES
from backend.sharing.councils.sessions import SessionFacts, facts_of, joint, shared_about
from tests.sharing.councils.conftest import answers, do

pytestmark = pytest.mark.django_db


def about(meeting: Done, resident: Person, who: str) -> SessionFacts:
    member = Member.objects.get(pk=member_id(who))
    return facts_of(meeting.case, resident.id, member, timezone.localdate())


def test_a_provision_knows_how_its_meeting_stands(called: Done, resident: Person) -> None:
    assert about(called, resident, "csw") == SessionFacts("planned", "swa_106_6", listed=True, agenda=True)
    assert about(called, resident, "caseworker") == SessionFacts("planned", "swa_106_6", agenda=True)
    assert about(called, resident, "receiver") == SessionFacts("planned", "swa_106_6", agenda=True)

    opened = do(called, "open_session", answers("council_opening"))
    assert about(called, resident, "csw").session == "open"

    do(opened, "close_session", answers("council_closing"))
    assert about(called, resident, "csw").session == "closed"
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert facts_of(called.case, resident.id, "csw", tomorrow) == SessionFacts()


def test_an_organisation_is_listed_when_one_of_its_members_signed(called: Done, resident: Person) -> None:
    today = timezone.localdate()

    assert facts_of(called.case, resident.id, "csw", today).listed
    assert not facts_of(called.case, resident.id, "center-nakahama", today).listed


def test_who_is_not_on_the_agenda_is_not_told_of(called: Done) -> None:
    other = Person.objects.create(controller="city", name="別の人", area_id="D01-1")

    assert about(called, other, "csw") == SessionFacts("planned", "swa_106_6", listed=True, agenda=False)


@pytest.mark.parametrize(
    ("requester", "recipient", "both"),
    [("caseworker", "csw", True), ("caseworker", "center-nakahama", False), ("receiver", "csw", False)],
)
def test_a_meeting_of_both_is_planned_or_open(
    opened: Done, requester: str, recipient: str, both: bool
) -> None:
    assert [row.pk for row in joint(member_id(requester), recipient)] == ([opened.case] if both else [])

    do(opened, "close_session", answers("council_closing"))
    assert not joint(member_id(requester), recipient)


def test_the_register_hears_what_was_shared_with_which_organisation(opened: Done, resident: Person) -> None:
    shared = shared_about([resident.id], "city")

    assert [(row.organisation, row.basis, row.categories) for row in shared] == [
        ("csw", "swa_106_6", ("identity", "living_status")),
    ]
    assert shared_about([resident.id], "csw") == []


def test_a_paper_shared_in_a_meeting_stands_in_the_register_of_the_person(
    opened: Done, resident: Person
) -> None:
    found = [one for one in registers.left([resident.id], "city") if one.by == "council_paper"]

    number = Case.objects.values_list("number", flat=True).get(pk=opened.case)
    assert [(one.recipient, one.basis, one.number) for one in found] == [("csw", "swa_106_6", number)]
    case = Case.objects.filter(person=resident).first()
    assert case is not None
    assert "根拠：支援会議" in str(registers.of_the_person(case))


def test_a_paper_about_suspected_abuse_is_left_out_of_the_letter_to_the_person(
    opened: Done, hers: Done, resident: Person
) -> None:
    Case.objects.filter(pk=hers.case).update(facts=Case.objects.get(pk=hers.case).facts | {"abuse": "elder"})

    assert [one.shielded for one in registers.left([resident.id], "city")] == [True]


def test_each_ruling_on_a_paper_is_kept(called: Done) -> None:
    kept = DecisionLog.objects.filter(case=called.case, kind="provision").order_by("id")

    told = {(row.inputs["resource"]["recipient"], row.inputs["resource"]["category"]) for row in kept}
    assert told >= {("csw", "identity"), ("csw", "living_status")}
    assert {row.outcome for row in kept} == {"allow"}
    assert all(row.rules == ["council-support"] for row in kept)
    assert "髙田" not in str([row.inputs for row in kept])


def test_the_ruling_that_keeps_something_out_of_a_paper_is_kept_too(called: Done) -> None:
    given = answers("council_paper", paper_items=["child_protection_record"])
    before = DecisionLog.objects.count()

    with pytest.raises(NotPossible):
        do(called, "make_paper", given, by="supervisor")

    kept = DecisionLog.objects.filter(kind="provision").order_by("-id")[
        : DecisionLog.objects.count() - before
    ]
    assert kept
    assert {row.outcome for row in kept} == {"deny"}


@pytest.mark.parametrize("basis", BASES)
def test_the_policies_know_every_kind_of_meeting(basis: str) -> None:
    known = access.current()

    assert basis in known.bases
    assert any(f'"{basis}"' in policy.text for policy in known.every)
