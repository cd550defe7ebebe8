"""What can be done with every case: assign, note, attach, correct, extend, hold and resume."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.cases import reading
from backend.cases.actions import Done
from backend.cases.errors import NotPossible, Refused
from backend.cases.generic import GENERIC
from backend.cases.models import Case, Timer
from backend.demo.cast import member_id
from backend.people.models import Person
from backend.workflow.vocabulary import GENERIC_ACTIONS
from tests.cases.conftest import answers, do

pytestmark = pytest.mark.django_db
PDF = base64.b64encode(b"%PDF-1.7 a letter").decode()


def test_a_note_stays_in_the_state_and_keeps_its_clock(triaged: Done) -> None:
    before = list(Timer.objects.filter(case=triaged.case).values_list("id", flat=True).order_by("id"))

    done = do(triaged, "note", answers("note"))

    assert done.source == done.target
    assert list(Timer.objects.filter(case=triaged.case).values_list("id", flat=True).order_by("id")) == before


def test_a_workflow_is_told_of_every_action_the_engine_gives() -> None:
    assert set(GENERIC) == set(GENERIC_ACTIONS)


def test_assigning_again_changes_who_is_in_charge(triaged: Done) -> None:
    do(triaged, "assign", answers("assign", assigned_to=str(member_id("supervisor"))))

    assert Case.objects.get(pk=triaged.case).assignee_id == member_id("supervisor")


def test_a_case_is_not_assigned_to_somebody_who_does_not_exist(triaged: Done) -> None:
    with pytest.raises(NotPossible):
        do(triaged, "assign", answers("assign"))


def test_an_attached_file_comes_back_as_it_was(triaged: Done) -> None:
    done = do(triaged, "attach", {"title": "診断書", "content": PDF, "category": "health"})

    found = reading.attachment(Case.objects.get(pk=done.case), done.seq)
    assert found is not None
    about, content, category = found
    assert (about["media_type"], content, category) == ("application/pdf", b"%PDF-1.7 a letter", "health")


@pytest.mark.parametrize("content", ["not base64!", base64.b64encode(b"<script>").decode(), ""])
def test_only_known_kinds_of_file_are_attached(triaged: Done, content: str) -> None:
    with pytest.raises(NotPossible):
        do(triaged, "attach", {"title": "x", "content": content})


def test_a_correction_is_a_new_step_and_the_old_answers_stay(triaged: Done) -> None:
    corrected = answers("triage", urgency="C", reason="書き直し")

    done = do(triaged, "correct", {"step": 2, "answers": corrected})

    case = Case.objects.get(pk=done.case)
    now = next(answered for answered in reading.answers_of(case) if answered.seq == 2)
    then = next(answered for answered in reading.answers_of(case, until=2) if answered.seq == 2)
    assert (now.merged()["reason"], now.corrected_by) == ("書き直し", 3)
    assert then.merged()["reason"] != "書き直し"


def test_correcting_the_urgency_corrects_what_the_case_knows(triaged: Done) -> None:
    do(triaged, "correct", {"step": 2, "answers": answers("triage", urgency="D")})

    assert Case.objects.get(pk=triaged.case).urgency == "D"


def test_a_correction_of_a_step_without_answers_is_refused(triaged: Done) -> None:
    with pytest.raises(NotPossible):
        do(triaged, "correct", {"step": 99, "answers": {}})


def test_an_extension_moves_the_deadline_and_its_escalation(triaged: Done) -> None:
    case = Case.objects.get(pk=triaged.case)
    assert case.due_at is not None
    later = timezone.localdate(case.due_at) + timedelta(days=7)

    do(triaged, "extend", answers("extend", until=later.isoformat()), by="supervisor")

    case.refresh_from_db(fields=["due_at"])
    assert case.due_at is not None
    assert timezone.localdate(case.due_at) == later
    assert case.timers.get(kind="due").at == case.due_at


def test_a_deadline_is_not_extended_into_the_past(triaged: Done) -> None:
    with pytest.raises(NotPossible):
        do(triaged, "extend", answers("extend", until="2020-01-01"), by="supervisor")


def test_the_clock_stands_still_while_a_case_is_on_hold(triaged: Done) -> None:
    due = Case.objects.get(pk=triaged.case).due_at
    now = timezone.now()
    held = do(triaged, "hold", answers("hold"), at=now)

    resumed = do(held, "resume", at=now + timedelta(days=14))

    case = Case.objects.get(pk=resumed.case)
    assert case.held_at is None
    assert case.due_at is not None
    assert due is not None
    assert case.due_at - due >= timedelta(days=12)


def test_a_held_case_can_only_be_noted_assigned_corrected_or_resumed(triaged: Done) -> None:
    held = do(triaged, "hold", answers("hold"))

    with pytest.raises(NotPossible):
        do(held, "request_consent", answers("consent_request"))

    assert do(held, "note", answers("note")).seq == held.seq + 1


def test_a_case_that_is_not_held_is_not_resumed(triaged: Done) -> None:
    with pytest.raises(NotPossible):
        do(triaged, "resume")


def test_the_privacy_officer_does_not_write_notes(triaged: Done) -> None:
    with pytest.raises(Refused):
        do(triaged, "note", answers("note"), by="privacy")


def test_a_case_follows_its_person_to_the_area_they_moved_to(triaged: Done) -> None:
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D02-2")
    Case.objects.filter(pk=triaged.case).update(person=person)

    followed = do(triaged, "follow", answers("note"))

    assert Case.objects.get(pk=triaged.case).area_id == "D02-2"
    with pytest.raises(NotPossible, match="ケースの区域と同じか、出せません"):
        do(followed, "follow", answers("note"))


def test_the_area_of_a_case_never_tells_where_a_protected_person_went(triaged: Done) -> None:
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D02-2", protected=True)
    Case.objects.filter(pk=triaged.case).update(person=person)

    with pytest.raises(NotPossible, match="出せません"):
        do(triaged, "follow", answers("note"), by="supervisor")

    assert Case.objects.get(pk=triaged.case).area_id != "D02-2"
