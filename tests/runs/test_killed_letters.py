"""The letter run as a real process: killed between files, started twice at once."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from backend.letters.models import LetterEvent
from backend.letters.printing.models import PrintedLetter, PrintFile
from backend.runs.models import Run
from tests.jobs.conftest import start
from tests.letters.printing.post import waiting
from tests.runs.test_killed_runs import tsunagu

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def var(tmp_path):
    """A folder for print files, away from the office's own."""
    return {"TSUNAGU_VAR": str(tmp_path)}


def on_disk(var):
    return {path.stem for path in (Path(var["TSUNAGU_VAR"]) / "print").iterdir()}


@pytest.mark.parametrize(("point", "printed"), [("R6", 0), ("R3", 500)])
def test_killed_the_next_run_goes_on_with_the_first_letter_in_no_file(var, point, printed):
    waiting(1200)
    assert tsunagu("run", "letters", **var, TSUNAGU_KILL_POINT=point).returncode == 137
    assert PrintedLetter.objects.count() == printed

    assert "another run is at work" in tsunagu("run", "letters", **var).stdout
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = tsunagu("run", "letters", **var)

    assert again.stdout.splitlines()[-1].endswith(f": {1200 - printed} printed, 0 held, 0 failed")
    assert on_disk(var) == {str(pk) for pk in PrintFile.objects.values_list("id", flat=True)}
    assert Run.objects.get().counts["printed"] == 1200
    events = LetterEvent.objects.filter(kind="printed").values_list("letter", flat=True)
    assert set(Counter(events).values()) == {1}


def test_of_two_at_once_one_prints_and_the_other_says_so(var):
    waiting(1200)

    both = [start("run", "letters", "--json", **var), start("run", "letters", "--json", **var)]
    reports = [json.loads(process.communicate(timeout=60)[0].splitlines()[-1]) for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert sorted(report["printed"] for report in reports) == [0, 1200]
    assert PrintedLetter.objects.count() == 1200
