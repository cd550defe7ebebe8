"""Letters cannot be changed by the application, and what was changed all the same is found and named."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import DatabaseError

from backend.cases.verifying import prove_others
from backend.config.scratch import owner_address
from backend.letters import issue, numbering
from backend.letters.models import IssuedLetter
from tests.letters.conftest import TODAY, order
from tests.operations import office

TABLES = ("letters_frozenpdf", "letters_letterevent", "letters_replyslip")
WHOLE = "ALTER TABLE letters_frozenpdf DROP CONSTRAINT frozen_pdf_is_whole"
WHOLE_AGAIN = (
    "ALTER TABLE letters_frozenpdf ADD CONSTRAINT frozen_pdf_is_whole"
    " CHECK (sha256 = encode(sha256(pdf), 'hex')) NOT VALID"
)


@pytest.fixture
def letters(committed_db: None) -> list[IssuedLetter]:
    """Two committed letters, the first with a slip."""
    case = office.case()
    return [issue.issue(order(case.id, "consent_request")), issue.issue(order(case.id))]


@pytest.fixture
def owner(committed_db: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """The owner of the tables, with triggers and checks off: somebody who means to rewrite letters."""
    with psycopg.connect(owner_address(), autocommit=True) as opened:
        for statement in (WHOLE, *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES)):
            opened.execute(statement)
        yield opened
        for statement in (WHOLE_AGAIN, *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES)):
            opened.execute(statement)


def broken() -> list[str]:
    connection.close()
    return [found for proof in prove_others() for found in proof.broken]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET letter_id = letter_id", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_the_application_cannot_rewrite_a_letter(letters, table, statement):
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
def test_the_trigger_refuses_the_owner_too(letters, table):
    with psycopg.connect(owner_address()) as opened, pytest.raises(psycopg.Error, match="append-only"):
        opened.execute(f"DELETE FROM {table}")


def test_letters_in_order_are_verified(letters, capsys):
    assert broken() == []
    counts = {proof.what: proof.count for proof in prove_others()}
    assert (counts["letters"], counts["print files"]) == (2, 0)


FIRST = "letter city: 海福第1号 of fiscal year 2026"
TAMPERING = {
    "a byte": (
        "UPDATE letters_frozenpdf SET pdf = set_byte(pdf, 200, 0) WHERE letter_id = %(id)s",
        f"{FIRST}: the bytes are not the ones that were frozen",
    ),
    "the bytes taken away": (
        "DELETE FROM letters_frozenpdf WHERE letter_id = %(id)s",
        f"{FIRST}: the bytes are gone",
    ),
    "the state": (
        "UPDATE letters_issuedletter SET state = 'posted' WHERE id = %(id)s",
        f"{FIRST}: the state is not the one its last event tells",
    ),
    "what happened to it": (
        "DELETE FROM letters_letterevent WHERE letter_id = %(id)s",
        f"{FIRST}: the state is not the one its last event tells",
    ),
    "the counter": (
        "UPDATE letters_lettercounter SET last = 1",
        "letter city: 海福第2号 of fiscal year 2026: the number was never given out",
    ),
    "its number": (
        "UPDATE letters_issuedletter SET number = NULL, state = 'void' WHERE id = %(id)s;"
        "UPDATE letters_letterevent SET kind = 'voided' WHERE letter_id = %(id)s",
        "letter city: 海福第1号 of fiscal year 2026 has no letter",
    ),
}


@pytest.mark.parametrize("edit", TAMPERING)
def test_what_was_changed_is_named_with_its_letter(letters, owner, edit):
    statement, expected = TAMPERING[edit]
    for part in statement.split(";"):
        owner.execute(part, {"id": letters[0].id})

    assert broken() == [expected]


def test_the_command_names_the_letter_and_exits_with_1(letters, owner, capsys):
    owner.execute(TAMPERING["a byte"][0], {"id": letters[0].id})
    connection.close()

    with pytest.raises(CommandError) as caught:
        call_command("verify")

    assert caught.value.returncode == 1
    assert TAMPERING["a byte"][1] in capsys.readouterr().err


def test_a_number_without_a_letter_is_named(case_id):
    list(numbering.take(numbering.Series("city", "海福", 2026), TODAY))

    assert [str(gap) for gap in numbering.gaps()] == ["city: 海福第1号 of fiscal year 2026 has no letter"]
