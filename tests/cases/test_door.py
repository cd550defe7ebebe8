"""The one door: what it lets through, what it refuses, and that a refusal leaves no trace."""

import re
import tempfile
from uuid import uuid4

import pytest
from django.db import connection

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import AnswersWrong, Conflict, KeyMissing, KeyReused, NotFound, NotPossible, Refused
from backend.cases.models import Blob, Case, Effect, Key, Step, Timer
from backend.demo.cast import member_id
from tests.cases.conftest import answers, do

pytestmark = pytest.mark.django_db


def rows() -> list[int]:
    return [model.objects.count() for model in (Case, Step, Blob, Timer, Effect, Key)]


def test_a_report_begins_a_case_with_a_number_an_owner_and_a_deadline(detected: Done) -> None:
    case = Case.objects.get(pk=detected.case)

    assert re.fullmatch(r"R\d+-\d{4}", case.number)
    assert (case.state, case.revision, case.owner_role) == ("referral.detected", 1, "caseworker")
    assert case.due_at is not None
    assert {timer.kind for timer in case.timers.all()} >= {"due", "escalate"}


def test_an_action_moves_the_state_and_names_the_policy_that_allowed_it(detected: Done) -> None:
    done = do(detected, "triage", answers("triage"))

    assert (done.source, done.target, done.seq) == ("referral.detected", "referral.triaged", 2)
    assert done.rules


def test_leaving_a_state_removes_its_timers(triaged: Done) -> None:
    assert set(Timer.objects.filter(case=triaged.case).values_list("entry_seq", flat=True)) == {2}


def test_the_same_key_returns_the_first_result_and_does_nothing_again(detected: Done) -> None:
    given = answers("triage")
    first = do(detected, "triage", given, key="same-key-1234")
    before = rows()

    again = do(detected, "triage", given, key="same-key-1234")

    assert again.repeated
    assert (again.seq, again.target) == (first.seq, first.target)
    assert rows() == before


def test_the_same_key_with_another_body_is_refused(detected: Done) -> None:
    do(detected, "triage", answers("triage"), key="same-key-1234")

    with pytest.raises(KeyReused):
        do(detected, "triage", answers("triage", reason="別の理由"), key="same-key-1234")


@pytest.mark.parametrize("key", ["", "short", "with space in", "鍵" * 8, "x" * 121, "tab\tinside"])
def test_a_key_must_be_of_visible_ascii_and_long_enough(detected: Done, key: str) -> None:
    with pytest.raises(KeyMissing):
        do(detected, "triage", answers("triage"), key=key)


def test_a_stale_revision_is_a_conflict_that_says_the_present_one(triaged: Done) -> None:
    before = rows()

    with pytest.raises(Conflict) as caught:
        do(triaged, "note", answers("note"), revision=1)

    assert caught.value.revision == 2
    assert rows() == before


def test_wrong_answers_name_each_problem_and_write_nothing(detected: Done) -> None:
    before = rows()

    with pytest.raises(AnswersWrong) as caught:
        do(detected, "triage", {"urgency": "E"})

    assert {problem.field for problem in caught.value.problems} >= {"urgency", "reason"}
    assert rows() == before


def test_an_action_of_another_state_is_not_possible(detected: Done) -> None:
    with pytest.raises(NotPossible):
        do(detected, "close", answers("closure"), by="supervisor")


def test_an_unknown_action_is_not_possible(detected: Done) -> None:
    with pytest.raises(NotPossible):
        do(detected, "no_such_action", {})


def test_the_outsider_does_not_learn_that_the_case_exists(detected: Done) -> None:
    before = rows()

    with pytest.raises(NotFound):
        do(detected, "triage", answers("triage"), by="outsider", revision=99)

    assert rows() == before


def test_the_privacy_officer_sees_the_case_and_is_told_why_it_is_not_theirs_to_handle(detected: Done) -> None:
    with pytest.raises(Refused) as caught:
        do(detected, "triage", answers("triage"), by="privacy")

    assert caught.value.decision.help is not None


def test_a_case_that_does_not_exist_is_not_found(cast: None) -> None:
    with pytest.raises(NotFound):
        actions.perform(uuid4(), "note", actor=member_id("caseworker"), answers={}, key="any-key-123")


def test_an_unknown_member_may_do_nothing(detected: Done) -> None:
    with pytest.raises(NotFound):
        actions.perform(detected.case, "note", actor=uuid4(), answers=answers("note"), key="any-key-123")


def test_answers_lie_apart_by_data_category(detected: Done) -> None:
    categories = set(Blob.objects.filter(case=detected.case).values_list("category", flat=True))

    assert {"reporter_identity", "identity", "contact"} <= categories


def test_a_name_is_kept_as_given_down_to_the_code_point(report) -> None:  # type: ignore[no-untyped-def]
    name = "髙\ufa11\ufa19𠮷 花子\U000e0100"

    done = report(answers=answers("detection_report", subject_name=name))

    stored = b"".join(bytes(blob.content) for blob in Blob.objects.filter(case=done.case))
    assert name.encode() in stored


@pytest.mark.parametrize("action", ["start", "triage", "note"])
def test_a_step_costs_at_most_six_round_trips(report, action: str) -> None:  # type: ignore[no-untyped-def]
    def act() -> None:
        if action == "start":
            report()
        else:
            do(case, action, answers(action))

    case = report()
    act()  # the first of its kind on a connection also prepares the statements
    case = report()
    with tempfile.TemporaryFile("w+") as trace:
        connection.connection.pgconn.trace(trace.fileno())
        act()
        connection.connection.pgconn.untrace()
        trace.seek(0)
        sent = trace.read()

    # The test itself runs in a transaction, so BEGIN and COMMIT are a savepoint and its release: as many.
    assert 0 < len(re.findall(r"\tF\t\d+\t(?:Sync|Query)", sent)) <= 6
