"""The history cannot be changed, and a change made all the same is found and named."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import DatabaseError

from backend.cases.actions import Done
from backend.cases.models import Case
from backend.cases.verifying import Broken, verify
from backend.config.scratch import owner_address
from tests.cases.conftest import answers, do

TABLES = ("cases_step", "cases_blob")


@pytest.fixture
def life(committed_db: None, report: Callable[..., Done]) -> Done:
    """A committed case of four steps beside another one."""
    report()
    done = do(report(), "triage", answers("triage", urgency="C"))
    return do(do(done, "note", answers("note")), "note", answers("note", body="二つ目"))


@pytest.fixture
def owner(committed_db: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """The owner of the tables, with the triggers off: somebody who means to rewrite history."""
    with psycopg.connect(owner_address(), autocommit=True) as opened:
        for table in TABLES:
            opened.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield opened
        for table in TABLES:
            opened.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET seq = seq", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_rewrite_history(life: Done, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
def test_the_application_cannot_turn_the_triggers_off(life: Done, table: str) -> None:
    with pytest.raises(DatabaseError, match="must be owner"), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@pytest.mark.parametrize("table", TABLES)
def test_the_trigger_refuses_the_owner_too(life: Done, table: str) -> None:
    with psycopg.connect(owner_address()) as opened, pytest.raises(psycopg.Error, match="append-only"):
        opened.execute(f"DELETE FROM {table}")


def test_an_untouched_history_verifies(life: Done, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify")

    assert "2 cases, 5 steps" in capsys.readouterr().out


TAMPERING = {
    "a byte of a body": (
        "UPDATE cases_step SET body = set_byte(body, 20, 0) WHERE case_id = %(case)s AND seq = 2",
        2,
    ),
    "the action told by the column": (
        "UPDATE cases_step SET action = 'referral.close' WHERE case_id = %(case)s AND seq = 2",
        2,
    ),
    "who did it": (
        "UPDATE cases_step SET actor_id = (SELECT id FROM people_member WHERE role = 'privacy_officer')"
        " WHERE case_id = %(case)s AND seq = 3",
        3,
    ),
    "when it was": (
        "UPDATE cases_step SET recorded_at = recorded_at - interval '1 day'"
        " WHERE case_id = %(case)s AND seq = 3",
        3,
    ),
    "an answer": (
        "UPDATE cases_blob SET content = content || 'x' WHERE case_id = %(case)s AND seq = 2 AND ordinal = 0",
        2,
    ),
    "a salt": (
        "UPDATE cases_blob SET salt = set_byte(salt, 0, (get_byte(salt, 0) + 1) %% 256)"
        " WHERE case_id = %(case)s AND seq = 2 AND ordinal = 0",
        2,
    ),
    "an answer taken away": (
        "DELETE FROM cases_blob WHERE case_id = %(case)s AND seq = 4 AND ordinal = 0",
        4,
    ),
    "the last step": ("DELETE FROM cases_step WHERE case_id = %(case)s AND seq = 4", 4),
    "a step in the middle": ("DELETE FROM cases_step WHERE case_id = %(case)s AND seq = 2", 2),
    "the state of the case": ("UPDATE cases_case SET state = 'referral.closed' WHERE id = %(case)s", 4),
    "every step": ("DELETE FROM cases_step WHERE case_id = %(case)s", 1),
}


@pytest.mark.parametrize("edit", TAMPERING)
def test_what_was_changed_is_named_with_its_case_and_step(life: Done, owner, edit: str) -> None:  # type: ignore[no-untyped-def]
    statement, seq = TAMPERING[edit]
    if "DELETE FROM cases_step" in statement and seq == 1:
        owner.execute("DELETE FROM cases_blob WHERE case_id = %(case)s", {"case": life.case})
    owner.execute(statement, {"case": life.case})

    (broken,) = verify().broken

    assert (broken.case, broken.seq) == (life.case, seq)


def test_two_steps_that_changed_places_are_found(life: Done, owner) -> None:  # type: ignore[no-untyped-def]
    owner.execute("UPDATE cases_step SET seq = seq + 10 WHERE case_id = %s AND seq IN (3, 4)", [life.case])
    owner.execute("UPDATE cases_step SET seq = 17 - seq WHERE case_id = %s AND seq > 10", [life.case])

    (broken,) = verify().broken

    assert broken.seq == 3


def test_the_steps_of_two_cases_cannot_be_swapped(life: Done, owner) -> None:  # type: ignore[no-untyped-def]
    other = Case.objects.exclude(pk=life.case).get()
    owner.execute("UPDATE cases_step SET seq = 99 WHERE case_id = %s AND seq = 1", [life.case])
    owner.execute("UPDATE cases_step SET case_id = %s WHERE case_id = %s AND seq = 1", [life.case, other.id])

    assert {broken.case for broken in verify().broken} == {life.case, other.id}


def test_the_command_exits_with_an_error_that_names_the_case_and_the_step(
    life: Done,
    owner,  # type: ignore[no-untyped-def]
    capsys: pytest.CaptureFixture[str],
) -> None:
    owner.execute(TAMPERING["an answer"][0], {"case": life.case})
    number = Case.objects.get(pk=life.case).number

    with pytest.raises(CommandError) as caught:
        call_command("verify")

    assert caught.value.returncode == 1
    assert f"case {number} step 2" in capsys.readouterr().err


def test_a_finding_reads_as_a_sentence() -> None:
    found = Broken(None, "R8-0412", 3, "a step is missing")  # type: ignore[arg-type]

    assert str(found) == "case R8-0412 step 3: a step is missing"
