"""The letter run: what goes to the printer, what is held out, and that each letter goes once."""

import hashlib
import json
import os
import signal
from datetime import date, timedelta

import pikepdf
import pytest
from django.core.management import call_command

from backend.cases.models import Notice
from backend.letters.models import IssuedLetter, LetterEvent
from backend.letters.printing import files, making, pieces
from backend.letters.printing.models import PrintedLetter, PrintFile
from backend.people.models import Person
from backend.runs import letters
from backend.runs.models import Run
from tests.letters.printing.post import DAY, pdf, waiting
from tests.operations import office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def print_folder(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path / "print"


def ready(**values):
    """A letter whose effect has somebody to tell."""
    case = office.case(assignee=office.member(email=""), **values.pop("case", {}))
    office.effect("letter", "visit_notice", of=case)
    (letter,) = waiting(case=case, **values)
    IssuedLetter.objects.filter(id=letter.id).update(ordinal=0)
    return letter


def told(kind):
    return Notice.objects.filter(kind=kind).count()


def test_the_last_line_counts_printed_held_and_failed():
    waiting(3)
    waiting(held="protected_address")

    assert letters.run(DAY).line == "letters 2026-11-24: 3 printed, 1 held, 0 failed"


def test_a_second_run_prints_nothing_more():
    waiting(3)
    letters.run(DAY)

    assert letters.run(DAY).line == "letters 2026-11-24: 0 printed, 0 held, 0 failed"
    assert PrintFile.objects.count() == 1


@pytest.fixture
def at_a_terminal():
    """Closing it ends what runs there, however these tests themselves were started."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("told_by", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_told_to_end_says_so_and_the_next_goes_on_at_once(at_a_terminal, monkeypatch, capsys, told_by):
    waiting(3)
    with monkeypatch.context() as told:
        told.setattr(making, "make", lambda *_: os.kill(os.getpid(), told_by))
        with pytest.raises(SystemExit) as ended:
            call_command("run", "letters", date=DAY)

    assert ended.value.code == 130
    assert "interrupted" in capsys.readouterr().err
    assert Run.objects.get().last_error == "interrupted"
    assert letters.run(DAY).line == "letters 2026-11-24: 3 printed, 0 held, 0 failed"


def test_under_nohup_a_closed_terminal_ends_nothing(at_a_terminal, monkeypatch):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    waiting(3)
    make = making.make

    def meanwhile(*given):
        os.kill(os.getpid(), signal.SIGHUP)
        return make(*given)

    monkeypatch.setattr(making, "make", meanwhile)
    call_command("run", "letters", date=DAY)

    assert Run.objects.get().counts["printed"] == 3


def test_letters_lie_in_the_order_of_the_post():
    waiting(4, zips=("0000301", "0000101", "0000202"))
    letters.run(DAY)

    codes = PrintedLetter.objects.order_by("place").values_list("letter__envelope__zip", flat=True)

    assert list(codes) == ["0000101", "0000202", "0000301", "0000301"]


def test_the_file_is_the_cover_sheet_and_every_page():
    waiting(2, pages=2)
    letters.run(DAY)
    file = PrintFile.objects.get()

    with pikepdf.open(files.path_of(file.id)) as whole:
        assert len(whole.pages) == 1 + file.sheets == 5
    assert hashlib.sha256(files.path_of(file.id).read_bytes()).hexdigest() == file.sha256
    assert files.path_of(file.id).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "other",
    [
        {"two_person": True},
        {"pages": 12},
        {"envelope": {"window": False}},
        {"envelope": {"paper": "A5"}},
        {"organisation": "csw-office"},
    ],
)
def test_what_does_not_travel_alike_is_in_another_file(other):
    office.organisation("csw-office")
    waiting()
    waiting(**other)

    letters.run(DAY)

    assert PrintFile.objects.count() == 2


def test_the_heavier_letter_costs_more():
    waiting(pages=12)

    letters.run(DAY)

    assert PrintFile.objects.values_list("postage", "yen").get() == ("定形外（規格内）100gまで", 180)


def test_a_file_has_a_bounded_number_of_sheets():
    waiting(501)

    letters.run(DAY)

    assert sorted(PrintFile.objects.values_list("sheets", flat=True)) == [1, 500]


def test_one_hears_how_far_a_file_is():
    waiting(70)
    waiting(two_person=True)
    heard = []
    letters.run(DAY, progress=lambda counts, reached=None: heard.append(reached and reached.line))

    assert heard == ["file 1: 50 of 70", "file 1: 70 of 70", None, "file 2: 1 of 1", None]
    assert Run.objects.get().reached is None


def test_a_run_that_fails_keeps_how_far_it_was_and_a_damaged_piece_is_made_anew(monkeypatch):
    waiting(70)
    with monkeypatch.context() as patched:
        patched.setattr(making, "_publish", no_space)
        with pytest.raises(OSError, match="No space"):
            letters.run(DAY)
    assert Run.objects.get().reached == {"file": 1, "done": 70, "of": 70}

    for piece in files.folder().glob("*.piece"):
        piece.write_bytes(b"%PDF-1.7 half of it")

    assert letters.run(DAY).counts["printed"] == 70


def test_a_letter_of_a_later_date_waits():
    waiting(dated_on=DAY + timedelta(days=1))

    assert letters.run(DAY).counts["printed"] == 0
    assert letters.run(DAY + timedelta(days=1)).counts["printed"] == 1


def test_a_person_protected_since_the_letter_was_issued_gets_none_by_the_batch():
    person = Person.objects.create(controller="city", name="髙田 ハナ", protected=True)
    letter = ready(case={"person": person})

    report = letters.run(DAY)

    assert report.line.endswith("0 printed, 1 held, 0 failed")
    letter.refresh_from_db()
    assert (letter.held, told("letter_protected")) == ("protected_address", 1)


def test_a_held_letter_is_told_once():
    ready(held="protected_address")
    letters.run(DAY)

    letters.run(DAY + timedelta(days=1))

    assert told("letter_protected") == 1


def test_nothing_more_goes_to_where_a_letter_came_back_from():
    waiting(addressee="p1", state="returned")
    waiting(addressee="p1")

    assert letters.run(DAY).line.endswith("0 printed, 1 held, 0 failed")


def test_once_the_address_was_checked_letters_go_there_again():
    (back,) = waiting(addressee="p1", state="returned")
    waiting(addressee="p1")
    LetterEvent.objects.create(letter=back, nth=2, kind="checked")

    assert letters.run(DAY).counts["printed"] == 1


def test_a_letter_without_an_address_is_left_to_be_handed_over():
    waiting(zips=("",))

    report = letters.run(DAY)

    assert (report.counts["printed"], report.counts["by_hand"]) == (0, 1)


def test_bytes_that_are_no_pdf_fail_alone_and_are_told():
    ready(content=b"%PDF-1.7 nothing")
    waiting(2)

    report = letters.run(DAY)

    assert report.line.endswith("2 printed, 0 held, 1 failed")
    assert told("letter_stopped") == 1


def test_letters_of_a_controller_without_an_automated_member_fail():
    waiting(controller="csw")

    assert letters.run(DAY).line.endswith("0 printed, 0 held, 1 failed")


def test_a_letter_voided_while_its_file_is_made_is_not_in_it(monkeypatch):
    first, second = waiting(2)
    publish = files.publish

    def meanwhile(*given, **more):
        IssuedLetter.objects.filter(id=first.id).update(state="void")
        return publish(*given, **more)

    monkeypatch.setattr(files, "publish", meanwhile)
    letters.run(DAY)

    assert list(PrintedLetter.objects.values_list("letter", flat=True)) == [second.id]
    assert [path.stem for path in files.folder().iterdir()] == [str(PrintFile.objects.get().id)]


def test_a_full_disk_prints_nothing_and_the_next_run_goes_on(monkeypatch):
    waiting(2)
    with monkeypatch.context() as patched:
        patched.setattr(files.merging, "merge", full)
        with pytest.raises(OSError, match="No space"):
            letters.run(DAY)

    assert (PrintFile.objects.count(), Run.objects.get().state) == (0, "failed")
    assert letters.run(DAY).counts["printed"] == 2


def full(parts, path, **_sides_and_pages):
    path.write_bytes(b"half")
    no_space()


def no_space(*_given):
    raise OSError(28, "No space left on device")


def test_a_lost_file_is_made_anew_with_the_same_bytes():
    waiting(2 * pieces.LETTERS + 1, alike=False)
    letters.run(DAY)
    file = PrintFile.objects.get()
    files.path_of(file.id).unlink()

    assert making.rebuild(file)
    assert files.is_whole(file)


def test_the_manifest_names_letters_and_hashes_and_nobody():
    waiting()
    letters.run(DAY)

    manifest = json.loads(bytes(PrintFile.objects.get().manifest))

    assert set(manifest["letters"][0]) == {"id", "number", "pages", "sha256"}
    assert manifest["letters"][0]["sha256"] == hashlib.sha256(pdf()).hexdigest()


def test_a_preview_writes_nothing():
    waiting(2)

    (planned,) = letters.preview(DAY)

    assert (planned.outcome, planned.line) == ("printed", "city-welfare  2 letters  定形")
    assert not Run.objects.exists()


def test_both_sides_begin_each_letter_on_its_own_sheet(monkeypatch):
    from dataclasses import replace

    from backend.letters import house

    two = replace(house.current(), postage=replace(house.current().postage, sides=2))
    monkeypatch.setattr(house, "current", lambda: two)
    waiting(2, pages=3)
    letters.run(DAY)
    file = PrintFile.objects.get()

    with pikepdf.open(files.path_of(file.id)) as whole:
        assert (file.sheets, len(whole.pages)) == (4, 2 + 4 + 4)


def test_a_run_for_the_next_day_counts_files_anew():
    waiting()
    letters.run(DAY)
    waiting()
    letters.run(date(2026, 11, 25))

    assert [file.name for file in PrintFile.objects.order_by("made_at")] == [
        "20261124-city-welfare-001",
        "20261125-city-welfare-001",
    ]
