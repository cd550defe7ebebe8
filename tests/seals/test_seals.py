"""Seals: made in one snapshot, chained, signed by a key outside the database, printed and shown."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from backend.cases.actions import Done
from backend.cases.models import Case
from backend.config.keyfiles import KeyTrouble
from backend.seals import body, keys, paper, sealing
from backend.seals.models import Chain, Journal, Leaf, Seal
from tests.cases.conftest import answers, do
from tests.operations import office
from tests.seals.conftest import found


def said(number: int) -> body.Said:
    return body.read(bytes(Seal.objects.get(number=number).body))


def test_a_seal_says_what_it_covers(life: Done) -> None:
    first, second = said(1), said(2)

    journals = list(Journal.objects.values_list("seq", flat=True))
    assert (first.number, first.chains, first.steps) == (1, 2 + len(journals), 4 + sum(journals))
    assert (second.number, second.chains, second.steps) == (2, 2 + len(journals), 5 + sum(journals))
    assert second.previous == body.seal_hash(first.pack())
    assert first.previous == body.genesis("uminari")


def test_only_chains_that_grew_leave_leaves(life: Done) -> None:
    assert Leaf.objects.filter(seal=1).count() == 2 + Journal.objects.count()
    assert [(leaf.seq, bytes(leaf.head)) for leaf in Leaf.objects.filter(seal=2)] == [
        (4, bytes(Case.objects.get(pk=life.case).head))
    ]


def test_each_definition_is_named_by_the_first_seal_that_saw_it(life: Done) -> None:
    assert ["policy", "policies"] in [one[:2] for one in said(1).definitions]
    assert said(2).definitions == []


def test_a_quiet_night_makes_a_seal_too(life: Done) -> None:
    made = sealing.make()

    assert (made.number, made.grown) == (3, 0)
    assert said(3).root == said(2).root
    assert found() == []


def test_an_office_without_cases_can_be_sealed(committed_db: None) -> None:
    sealing.make()

    assert (said(1).chains, found()) == (0, [])


def test_the_key_is_made_once_and_only_its_owner_reads_it(life: Done, key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    assert said(1).public == said(2).public == keys.public_of(keys.holding(said(1).public))


def test_a_key_others_can_read_signs_nothing(life: Done, key: Path) -> None:
    key.chmod(0o644)

    with pytest.raises(KeyTrouble, match="Others can read"):
        sealing.make()
    assert Seal.objects.count() == 2


def test_a_key_that_is_gone_is_never_replaced_by_a_new_one(life: Done, key: Path) -> None:
    key.unlink()

    with pytest.raises(KeyTrouble, match="bring it back"):
        sealing.make()
    assert not key.exists()


def test_the_old_key_signs_the_new_one(life: Done) -> None:
    old = said(2).public

    sealing.make(rotate=True)
    sealing.make()

    assert said(3).public == old
    assert said(3).next_public == said(4).public != old
    assert found() == []


def test_a_rotation_killed_after_its_seal_is_ended_by_the_next(
    life: Done, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(seals: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(keys, "write_down", die)
        with pytest.raises(KeyboardInterrupt):
            sealing.make(rotate=True)
    sealing.make()

    assert [number for number, _hash in keys.journalled()] == [1, 2, 3, 4]
    assert found() == []


def test_a_journal_that_cannot_be_written_is_said_and_caught_up_later(life: Done, key: Path) -> None:
    kept = keys.journal().read_text()
    keys.journal().unlink()
    keys.journal().mkdir()

    with pytest.raises(KeyTrouble):
        sealing.make()
    keys.journal().rmdir()
    keys.journal().write_text(kept)
    sealing.make()

    assert [number for number, _hash in keys.journalled()] == [1, 2, 3, 4]


def test_a_seal_that_fails_leaves_nothing(life: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    do(life, "note", answers("note", body="三つ目"))

    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        sealing.make(keep=fail)

    assert (Seal.objects.count(), Leaf.objects.filter(seal=3).count()) == (2, 0)
    assert sealing.make().grown == 1


@pytest.mark.parametrize("table", ["seal", "chain", "leaf"])
def test_the_application_cannot_change_a_seal(life: Done, table: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM seals_{table}")


def test_the_sheet_to_print_holds_number_root_and_signature(life: Done, tmp_path: Path) -> None:
    sheet = tmp_path / "seal.html"

    call_command("seal", "show", "2", "--html", str(sheet))

    text = sheet.read_text()
    row = Seal.objects.get(number=2)
    assert "封印　第2号" in text
    assert said(2).root.hex() in text
    assert bytes(row.signature).hex() in text
    assert paper.paper(row).line.startswith("tsunagu/seal/1 uminari 2 ")
    assert text.count("data:image/svg+xml") == 1


def test_a_seal_that_is_not_there_is_named_with_the_last(
    life: Done, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="There is no seal 9; the last one is 2"):
        call_command("seal", "show", "9")


def test_before_the_first_the_command_says_how_to_make_one(committed_db: None) -> None:
    with pytest.raises(CommandError, match="tsunagu run seal"):
        call_command("seal", "show")


@pytest.mark.parametrize("text", [b"{}", b"[]", b"null", b'{"v":1}', b"\xff"])
def test_what_is_no_seal_is_refused(text: bytes) -> None:
    with pytest.raises(body.NotASeal):
        body.read(text)


def test_a_body_in_another_form_is_refused(life: Done) -> None:
    loose = json.dumps(json.loads(bytes(Seal.objects.get(number=1).body))).encode()

    with pytest.raises(body.NotASeal, match="one form"):
        body.read(loose)


def test_a_case_that_is_broken_before_any_seal_saw_it_is_reported_and_not_covered(life: Done) -> None:
    broken = office.case(number="R8-9999")  # its head is not the hash of its step

    made = sealing.make()

    assert [(one.case, one.seq) for one in made.left] == [(broken.id, 1)]
    assert Leaf.objects.get(place=Chain.objects.get(chain=broken.id).place).seq == 0


def test_a_case_begun_after_a_seal_is_in_the_next(life: Done, report: Callable[..., Done]) -> None:
    report()

    assert sealing.waiting() == (3, 1, 0)
    assert sealing.make().grown == 1
    assert sealing.waiting() == (4, 0, 0)
