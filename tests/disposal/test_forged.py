"""Somebody with the database who destroys without two people, or covers for it afterwards, is found."""

from typing import Any

import pytest

from backend.cases.models import Case
from backend.config.disposing import DESTROYED
from backend.demo.cast import member_id
from backend.disposal.models import Certificate
from tests.disposal.conftest import destroyed, listed
from tests.seals.conftest import found


def destroy_behind_the_back(owner: Any, case: Case) -> None:
    """The rows of one case and its id in the seals, gone without anybody's leave."""
    for table, those in DESTROYED.items():
        if "$" in those and "of_case" in those:
            condition = those.replace("$of_case", "= %s")
            owner.execute(f"DELETE FROM {table} WHERE {condition}", [case.id])
    owner.execute("UPDATE seals_chain SET chain = NULL, salt = NULL WHERE chain = %s", [case.id])


def test_a_case_destroyed_without_a_certificate_is_named(ended: list[Case], owner: Any) -> None:
    for table in ("letters_letterevent", "letters_envelope", "letters_replyslip", "letters_frozenpdf",
                  "printing_printedletter", "cases_effect", "jobs_delivery", "disclosures_packageevent",
                  "disclosures_link"):  # fmt: skip
        owner.execute(f"DELETE FROM {table}")
    disclosure = next(own for own in ended if own.workflow == "disclosure")
    destroy_behind_the_back(owner, disclosure)

    assert any(one.endswith("destroyed, and no certificate accounts for it") for one in found())


def test_a_leaf_put_on_a_certificate_afterwards_is_named(ended: list[Case], owner: Any, report: Any) -> None:
    made = destroyed()
    place, seq, head = owner.execute(
        "SELECT k.place, l.seq, l.head FROM seals_chain k JOIN seals_leaf l USING (place)"
        " WHERE k.chain IS NOT NULL LIMIT 1"
    ).fetchone()
    owner.execute(
        "INSERT INTO disposal_disposedleaf (place, certificate_id, seq, head) VALUES (%s, %s, %s, %s)",
        [place, made.pk, seq, head],
    )
    owner.execute("UPDATE seals_chain SET chain = NULL, salt = NULL WHERE place = %s", [place])

    assert f"{made}: the leaves are not those it was made for" in found()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ("DELETE FROM disposal_disposedleaf; DELETE FROM disposal_certificate", "its certificate is gone"),
        ("UPDATE disposal_certificate SET cases = cases + 1", "disposal_certificate"),
        ("UPDATE disposal_certificate SET number = 7", "certificate city 1: missing"),
        ("DELETE FROM disposal_disposedleaf", "destroyed, and no certificate accounts for it"),
        ("UPDATE disposal_disposedleaf SET head = sha256(head)", "its certificate accounts for another leaf"),
        ("UPDATE disposal_disposallist SET approved_account = 'x'", "disposal_disposallist"),
        ("DELETE FROM letters_disposedletter", "has no letter"),
    ],
)
def test_an_edit_of_what_was_certified_is_named(ended: list[Case], owner: Any, edit: str, told: str) -> None:
    owner.execute("ALTER TABLE disposal_certificate ENABLE TRIGGER USER")
    owner.execute("ALTER TABLE disposal_disposallist ENABLE TRIGGER USER")
    owner.execute("ALTER TABLE disposal_disposalitem ENABLE TRIGGER USER")
    destroyed()
    for table in ("disposal_certificate", "disposal_disposallist", "disposal_disposalitem"):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(edit)

    assert any(told in one for one in found())


def test_an_approval_by_nobody_is_refused_by_the_table_itself(ended: list[Case], owner: Any) -> None:
    row = listed()

    with pytest.raises(Exception, match="disposal_by_two"):
        owner.execute(
            "UPDATE disposal_disposallist SET approved_by_id = made_by_id, approved_account = made_account,"
            " approved_at = now() WHERE id = %s",
            [row.pk],
        )
    assert not Certificate.objects.exists()
    assert row.made_by_id == member_id("privacy")
