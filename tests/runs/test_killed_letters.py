"""The letter run as a real process: killed in a file and between files, started twice at once."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.letters.models import LetterEvent
from backend.letters.printing import files, pieces
from backend.letters.printing.models import PrintedLetter, PrintFile
from backend.runs.models import Run
from tests.jobs.conftest import start
from tests.letters.printing.post import waiting
from tests.runs.test_killed_runs import run, tsunagu

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def var(tmp_path, settings):
    """A folder for print files, away from the office's own."""
    settings.VAR = tmp_path
    return {"TSUNAGU_VAR": str(tmp_path)}


@pytest.fixture
def made(monkeypatch):
    """What this process writes to the folder: its pieces and print files."""
    paths, publish = set(), files.publish

    def seen(path, *given, **more):
        paths.add(path)
        return publish(path, *given, **more)

    monkeypatch.setattr(files, "publish", seen)
    return paths


@pytest.mark.parametrize(
    ("point", "printed", "merged"), [("R6/piece", 0, pieces.LETTERS), ("R6", 0, 500), ("R3", 500, 0)]
)
def test_killed_the_next_run_goes_on_at_the_letter_it_had_come_to(var, made, capsys, point, printed, merged):
    waiting(600, alike=False)
    assert tsunagu("run", "letters", **var, TSUNAGU_KILL_POINT=point).returncode == 137
    left = set(files.folder().glob("*.piece"))
    assert (PrintedLetter.objects.count(), len(left) * pieces.LETTERS) == (printed, merged)

    assert "another run is at work" in run("letters", capsys)
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = run("letters", capsys)

    assert again.endswith(f": {600 - printed} printed, 0 held, 0 failed")
    assert not made & left
    on_disk = {path.name for path in files.folder().iterdir()}
    assert on_disk == {f"{pk}.pdf" for pk in PrintFile.objects.values_list("id", flat=True)}
    assert Run.objects.get().counts["printed"] == 600
    events = LetterEvent.objects.filter(kind="printed").values_list("letter", flat=True)
    assert set(Counter(events).values()) == {1}


def test_of_two_at_once_one_prints_and_the_other_says_so(var):
    waiting(600)

    both = [start("run", "letters", "--json", **var), start("run", "letters", "--json", **var)]
    reports = [json.loads(process.communicate(timeout=60)[0].splitlines()[-1]) for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert sorted(report["printed"] for report in reports) == [0, 600]
    assert PrintedLetter.objects.count() == 600
