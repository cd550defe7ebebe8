"""Everything TRUST §4 says somebody with the database could do, each found and named."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.models import Case
from backend.cases.verifying import verify
from backend.seals import keys, sealing
from tests.cases.conftest import answers, do
from tests.seals.conftest import found
from tests.seals.forging import Owner, add_step, rechain, replace_seal


def number(life: Done) -> str:
    return Case.objects.values_list("number", flat=True).get(pk=life.case)


# Each statement as the owner, and the step of the case that must be named.
EDITS = {
    "byte in a body": (
        "UPDATE cases_step SET body = set_byte(body, 20, 0) WHERE case_id = %(case)s AND seq = 2",
        2,
    ),
    "byte in a blob": (
        "UPDATE cases_blob SET content = set_byte(content, 1, 0) WHERE case_id = %(case)s AND seq = 2"
        " AND ordinal = 0",
        2,
    ),
    "byte in a salt": (
        "UPDATE cases_blob SET salt = set_byte(salt, 0, (get_byte(salt, 0) + 1) %% 256)"
        " WHERE case_id = %(case)s AND seq = 3 AND ordinal = 0",
        3,
    ),
    "copied column": (
        "UPDATE cases_step SET action = 'referral.close' WHERE case_id = %(case)s AND seq = 2",
        2,
    ),
    "last step deleted": ("DELETE FROM cases_step WHERE case_id = %(case)s AND seq = 4", 4),
    "middle step deleted": ("DELETE FROM cases_step WHERE case_id = %(case)s AND seq = 2", 2),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_named_with_its_case_and_step(life: Done, owner: Owner, edit: str) -> None:
    statement, seq = EDITS[edit]
    owner.execute(statement, {"case": life.case})

    assert any(one.startswith(f"case {number(life)} step {seq}:") for one in found())


def test_a_history_nobody_touched_is_proved(life: Done) -> None:
    assert found() == []


def test_two_steps_that_changed_places_are_named(life: Done, owner: Owner) -> None:
    owner.execute("UPDATE cases_step SET seq = seq + 10 WHERE case_id = %s AND seq IN (2, 3)", [life.case])
    owner.execute("UPDATE cases_step SET seq = 15 - seq WHERE case_id = %s AND seq > 10", [life.case])

    assert any(one.startswith(f"case {number(life)} step 2:") for one in found())


def test_chains_that_changed_places_are_named(life: Done, owner: Owner) -> None:
    other = Case.objects.exclude(pk=life.case).get()
    for table in ("cases_step", "cases_blob"):
        owner.execute(f"UPDATE {table} SET seq = seq + 90 WHERE case_id = %s", [life.case])
        owner.execute(
            f"UPDATE {table} SET case_id = %s WHERE case_id = %s AND seq < 90", [life.case, other.id]
        )
        owner.execute(
            f"UPDATE {table} SET case_id = %s, seq = seq - 90 WHERE case_id = %s AND seq > 90",
            [other.id, life.case],
        )

    told = found()

    assert any(one.startswith(f"case {number(life)} step 1:") for one in told)
    assert any(one.startswith(f"case {other.number} step 1:") for one in told)


def test_a_vanished_case_is_named_by_the_seal_that_saw_it(life: Done, owner: Owner) -> None:
    for table in ("cases_blob", "cases_step", "cases_timer", "cases_effect", "cases_notice"):
        owner.execute(f"DELETE FROM {table} WHERE case_id = %s", [life.case])
    owner.execute("DELETE FROM cases_case WHERE id = %s", [life.case])

    assert verify().broken == ()
    assert f"case {life.case} step 3: gone, says seal 1" in found()


def test_a_chain_written_anew_is_caught_by_the_seal_alone(life: Done, owner: Owner) -> None:
    rechain(owner, life.case, 2, at="2020-04-01T00:00:00.000000Z")

    assert verify().broken == ()
    assert f"case {number(life)} step 3: not the one that was sealed, says seal 1" in found()


def test_a_history_cut_short_with_its_head_set_back_is_caught_by_the_seal_alone(
    life: Done, owner: Owner
) -> None:
    for table in ("cases_blob", "cases_step"):
        owner.execute(f"DELETE FROM {table} WHERE case_id = %s AND seq = 4", [life.case])
    owner.execute('DELETE FROM cases_decisionlog WHERE "case" = %s AND seq = 4', [life.case])
    owner.execute(
        "UPDATE cases_case SET revision = 3, head = (SELECT hash FROM cases_step WHERE case_id = %(case)s"
        " AND seq = 3) WHERE id = %(case)s",
        {"case": life.case},
    )

    assert verify().broken == ()
    assert found() == [f"case {number(life)} step 4: gone, says seal 2"]
    assert [(one.seq, one.what) for one in sealing.make().left] == [
        (4, "steps are gone that an earlier seal saw")
    ]


def test_the_next_seal_does_not_cover_up_for_a_chain_written_anew(life: Done, owner: Owner) -> None:
    rechain(owner, life.case, 4, at="2020-04-01T00:00:00.000000Z")

    made = sealing.make()

    assert [(one.number, one.seq) for one in made.left] == [(number(life), 4)]
    assert f"case {number(life)} step 4: not the one that was sealed, says seal 2" in found()


def test_a_back_dated_case_is_named(life: Done, report: Callable[..., Done]) -> None:
    late = report(at=timezone.now() - timedelta(days=400), key=uuid4().hex)
    unsealed = found()
    sealing.make()

    says = "step 1: says it was recorded before seal 2, which did not see it"
    assert unsealed == found() == [f"case {number(late)} {says}"]


def test_an_old_backup_brought_back_is_named(life: Done, owner: Owner) -> None:
    do(life, "note", answers("note", body="三つ目"))
    sealing.make()
    owner.execute("DELETE FROM seals_leaf WHERE seal = 3")
    owner.execute("DELETE FROM seals_seal WHERE number = 3")

    assert any(one.startswith("seal 3: made, says") for one in found())


def test_a_seal_replaced_by_one_of_another_key_is_named(life: Done, owner: Owner) -> None:
    other = Ed25519PrivateKey.generate()
    replace_seal(owner, 2, other, public=keys.public_of(other), steps=1)

    told = found()

    assert any(one.startswith("seal 2: not the one that was made") for one in told)
    assert any(one.startswith("seal 2: not signed by the key") for one in told)


def test_all_seals_replaced_by_new_ones_are_named(life: Done, owner: Owner) -> None:
    for table in ("leaf", "chain", "seal"):
        owner.execute(f"DELETE FROM seals_{table}")
    kept = keys.journal().read_text()
    keys.journal().unlink()
    keys._file().unlink()
    sealing.make()
    keys.journal().write_text(kept)

    told = found()

    assert any(one.startswith("seal 1: not the one that was made") for one in told)
    assert any(one.startswith("seal 2: made, says") for one in told)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE seals_leaf SET seq = seq + 1 WHERE seal = 1",
        "UPDATE seals_leaf SET head = set_byte(head, 0, (get_byte(head, 0) + 1) % 256) WHERE seal = 1",
        "UPDATE seals_chain SET mark = set_byte(mark, 0, (get_byte(mark, 0) + 1) % 256)",
        "DELETE FROM seals_leaf WHERE seal = 1 AND place = 0",
    ],
)
def test_leaves_that_were_changed_are_named_by_their_seal(life: Done, owner: Owner, edit: str) -> None:
    owner.execute(edit)

    assert any(one.startswith("seal 1: ") and "leaves" in one for one in found())


def test_an_erase_step_without_a_second_person_excuses_nothing(life: Done, owner: Owner) -> None:
    """Nothing in this version may erase; a step that says it did leaves the missing content missing."""
    owner.execute("DELETE FROM cases_blob WHERE case_id = %s AND seq = 2 AND ordinal = 0", [life.case])
    add_step(owner, life.case, "referral.erase")

    assert any(
        one.startswith(f"case {number(life)} step 2: content 0") and one.endswith("is missing")
        for one in found()
    )


def test_the_text_of_a_past_policy_that_was_altered_is_named(life: Done, owner: Owner) -> None:
    row = owner.execute(
        "SELECT name, hash, content FROM definitions_published WHERE kind = 'policy' ORDER BY id DESC LIMIT 1"
    ).fetchone()
    owner.execute(
        "UPDATE definitions_published SET content = replace(content, 'permit', 'forbid') WHERE hash = %s",
        [row[1]],
    )
    try:
        told = found()
    finally:
        owner.execute("UPDATE definitions_published SET content = %s WHERE hash = %s", [row[2], row[1]])

    assert told == [f"policy {row[0]} {row[1][:12]}: the text is not the one that was published"]


def test_a_definition_that_was_sealed_and_is_gone_is_named(life: Done, owner: Owner) -> None:
    row = owner.execute("SELECT kind, name, hash FROM definitions_published ORDER BY 1, 2 LIMIT 1").fetchone()
    whole = owner.execute("SELECT * FROM definitions_published WHERE hash = %s", [row[2]]).fetchone()
    owner.execute("DELETE FROM definitions_published WHERE hash = %s", [row[2]])
    try:
        told = found()
    finally:
        places = ", ".join(["%s"] * len(whole))
        owner.execute(f"INSERT INTO definitions_published VALUES ({places})", whole)

    assert f"{row[0]} {row[1]} {row[2][:12]}: gone, and seal 1 names it" in told


def test_a_letter_counter_set_back_is_named(life: Done, owner: Owner) -> None:
    counter = "INSERT INTO letters_lettercounter (controller, symbol, fiscal_year, last, last_dated_on)"
    owner.execute(counter + " VALUES ('city', '海福', 2026, 4, '2026-12-01')")
    sealing.make()
    owner.execute("UPDATE letters_lettercounter SET last = 0")

    assert "seal 3: saw 4 as last number of city 海福 2026, afterwards there are 0" in found()
