"""The run of disposals as a real process: killed anywhere, it finishes once and leaves nothing half."""

import pytest
from django.utils import timezone

from backend.cases.models import Case
from backend.disposal import listing
from backend.disposal.models import Certificate
from backend.letters.printing import files
from backend.runs import disposal
from backend.runs.models import Run
from tests.disposal.conftest import approved_list, member
from tests.runs.test_killed_runs import tsunagu
from tests.seals.conftest import found


@pytest.mark.parametrize(("point", "left"), [("D1", True), ("D2", True), ("D3", False)])
def test_killed_anywhere_it_finishes_once(ended: list[Case], point: str, left: bool) -> None:
    approved_list()

    assert tsunagu("run", "disposal", TSUNAGU_KILL_POINT=point).returncode == 137
    assert Case.objects.exists() is left
    assert Certificate.objects.exists() is not left
    assert found() == []

    Run.objects.update(lease_until=None)
    disposal.run(timezone.localdate())

    assert not Case.objects.exists()
    assert Certificate.objects.count() == 1
    assert not list(files.folder().glob("*.pdf"))
    assert found() == []


def test_the_report_counts_what_was_destroyed_and_what_stays(ended: list[Case]) -> None:
    approved_list()
    case = Case.objects.get(workflow="referral")
    listing.hold(case.pk, why="lawsuit", reason="係争中", by=member("privacy"), now=timezone.now())

    report = disposal.run(timezone.localdate())

    assert report.line == f"disposal {timezone.localdate()}: 1 destroyed, 0 waiting, 0 failed"
    assert (report.counts["cases"], report.counts["kept_back"]) == (len(ended) - 1, 1)


def test_a_list_held_back_as_a_whole_waits_and_is_told(ended: list[Case]) -> None:
    approved_list()
    for own in ended:
        listing.hold(own.pk, why="audit", reason="監査", by=member("privacy"), now=timezone.now())

    report = disposal.run(timezone.localdate())

    assert (report.counts["waiting"], [one.why for one in report.troubles]) == (1, ["held_back"])
    assert not Certificate.objects.exists()


def test_a_preview_destroys_nothing(ended: list[Case]) -> None:
    approved_list()

    (planned,) = disposal.preview(timezone.localdate())

    assert planned.row()["cases"] == len(ended)
    assert Case.objects.count() == len(ended)
