"""What an action looks up, the rows that follow from a step, and the decisions that are kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from backend import access
from backend.access import recorded
from backend.cases import projecting
from backend.cases.actions import Done
from backend.cases.consulting import Asked, consults, looked_up
from backend.cases.decisionlog import DecisionLog
from backend.cases.errors import NotFound, Refused
from backend.cases.models import Case, Step
from backend.cases.projecting import Written, projects
from backend.demo.cast import member_id
from backend.people.facts import member_facts
from backend.people.models import Member
from backend.workflow.model import Action, Text
from backend.workflow.registry import CONSULTATIONS
from tests.cases.conftest import answers, do

pytestmark = pytest.mark.django_db


@pytest.fixture
def steps_so_far() -> Iterator[None]:
    """A consultation for the length of one test."""
    consults("steps_so_far")(lambda asked: {"count": asked.case.steps.count()})
    yield
    del CONSULTATIONS["steps_so_far"]


def test_an_action_finds_what_it_consults_in_the_database(detected: Done, steps_so_far: None) -> None:
    case = Case.objects.get(pk=detected.case)
    action = Action("count", Text("数える", "Count"), "note", (), None, consult=("steps_so_far",))
    asked = Asked(case, member_facts(Member.objects.get(id=member_id("caseworker"))), {}, case.opened_at)

    assert looked_up(action, asked) == {"steps_so_far": {"count": 1}}


@pytest.fixture
def notes() -> Iterator[list[Written]]:
    """The steps answered in the form `note`, as a projection sees them."""
    seen: list[Written] = []
    projects("note")(seen.append)
    yield seen
    projecting._PROJECTIONS["note"].remove(seen.append)


def test_a_projection_sees_the_step_before_it_is_committed(triaged: Done, notes: list[Written]) -> None:
    done = do(triaged, "note", answers("note"))

    (written,) = notes
    assert (written.case.id, written.seq, written.move.form) == (done.case, done.seq, "note")
    assert written.facts["subject_known"] is True


def test_a_projection_that_fails_undoes_the_step(triaged: Done, notes: list[Written]) -> None:
    def fail(written: Written) -> None:
        raise LookupError("the row that must follow cannot be written")

    projects("note")(fail)
    try:
        with pytest.raises(LookupError):
            do(triaged, "note", answers("note"))
    finally:
        projecting._PROJECTIONS["note"].remove(fail)

    assert Step.objects.filter(case=triaged.case).count() == triaged.seq


def kept(**wanted: Any) -> DecisionLog:
    return DecisionLog.objects.filter(**wanted).latest("id")


def test_a_step_keeps_what_it_was_decided_from(detected: Done) -> None:
    do(detected, "triage", answers("triage"))

    row = kept(case=detected.case, seq=2)

    assert (row.action, row.outcome, row.policies) == ("referral.triage", "allow", access.current().hash)
    question = recorded.read(row.inputs)
    again = access.decide(
        question.member, row.action, question.resource, today=question.today, areas=question.areas
    )
    assert list(again.rules) == row.rules


def test_a_refusal_is_kept_although_nothing_else_is(detected: Done) -> None:
    with pytest.raises(Refused):
        do(detected, "triage", answers("triage"), by="privacy")

    row = kept(case=detected.case, seq=None)

    assert (row.action, row.outcome, str(row.member)) == (
        "referral.triage",
        "deny",
        str(member_id("privacy")),
    )


def test_who_may_not_even_know_of_the_case_is_kept_too(detected: Done) -> None:
    with pytest.raises(NotFound):
        do(detected, "triage", answers("triage"), by="outsider")

    assert kept(case=detected.case, seq=None).rules == ["stop-other-area"]


def test_a_fact_that_is_no_longer_asked_is_named_when_an_old_question_is_read(detected: Done) -> None:
    inputs = kept(case=detected.case).inputs
    inputs["member"]["shoe_size"] = 26

    assert recorded.read(inputs).unknown == ("Member.shoe_size",)


def test_the_office_cannot_change_what_was_decided(detected: Done) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_decisionlog SET outcome = 'allow'")
