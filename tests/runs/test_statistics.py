"""The figures of a month: counted from the history, the same whenever counted, small ones withheld."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from backend.cases.actions import Done
from backend.runs import counting, ledger, statistics
from backend.runs.counting import withheld
from backend.runs.models import Run, Statistics
from backend.runs.registry import RUNS
from tests.cases.conftest import answers, detected, do, report, triaged

__all__ = ["detected", "report", "triaged"]
pytestmark = pytest.mark.usefixtures("committed_db")
JST = ZoneInfo("Asia/Tokyo")
FEBRUARY = date(2027, 2, 1)
LAST = date(2027, 2, 28)


def at(day: int, month: int = 2) -> datetime:
    return datetime(2027, month, day, 10, tzinfo=JST)


@pytest.fixture
def february(report: Callable[..., Done]) -> list[Done]:
    """Six reports on the first of February, one of them triaged in March."""
    made = [report(at=at(1), key=uuid4().hex) for _number in range(6)]
    do(made[0], "triage", answers("triage", urgency="C"), at=at(2, 3))
    return made


def table() -> str:
    return bytes(Statistics.objects.get(controller="city", month=FEBRUARY).table).decode("utf-8-sig")


def test_the_month_that_is_over_is_counted_by_workflow_state_and_district(february: list[Done]) -> None:
    done = statistics.run(LAST)

    assert done.line == "statistics 2027-02-28: 1 made, 0 kept, 0 failed"
    assert "2027-02,つなぎ,受け付けた,気づき受付,合計,6" in table().splitlines()
    assert "2027-02,つなぎ,月末にこの状態,気づき受付,合計,6" in table().splitlines()


def test_run_again_after_more_has_happened_it_gives_the_same_bytes(february: list[Done]) -> None:
    statistics.run(LAST)
    first = table()
    do(february[1], "triage", answers("triage", urgency="C"), at=at(3, 3))

    again = statistics.run(date(2027, 3, 30))

    assert again.counts == {"kept": 1}
    assert table() == first
    assert counting.count(FEBRUARY)[0].table(5)[0] == first.encode("utf-8-sig")


def test_a_month_whose_run_died_is_counted_by_the_next(february: list[Done]) -> None:
    ledger.take("statistics", LAST)
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    (missed, own) = statistics.preview(date(2027, 3, 31))
    done = statistics.run(date(2027, 3, 31))

    assert (missed.values["month"], own.values["month"]) == ("2027-02", "2027-03")
    assert done.line == "statistics 2027-03-31: 2 made, 0 kept, 0 failed"
    assert [trouble.about for trouble in done.troubles] == [LAST.isoformat()]
    assert "2027-02,つなぎ,受け付けた,気づき受付,合計,6" in table().splitlines()


def test_a_month_whose_run_never_began_is_counted_by_the_next(february: list[Done]) -> None:
    statistics.run(date(2027, 1, 31))  # nothing had happened

    assert statistics.run(date(2027, 3, 31)).counts["made"] == 2
    assert statistics.run(date(2027, 4, 1)).counts == {"kept": 1}


def test_a_small_figure_is_withheld(february: list[Done]) -> None:
    statistics.run(date(2027, 3, 31))

    march = bytes(Statistics.objects.get(month=date(2027, 3, 1)).table).decode("utf-8-sig")

    assert any(line.endswith("合計,*") for line in march.splitlines() if "この状態に入った" in line)


def test_a_look_ahead_keeps_nothing(february: list[Done]) -> None:
    (plan,) = statistics.preview(LAST)

    assert plan.line == "city 2027-02: 2 rows, 0 figures withheld"
    assert plan.words == "2027-02、海鳴市 福祉部 福祉課：2行、伏せた数0"
    assert not Statistics.objects.exists()
    assert not Run.objects.exists()


def test_the_application_cannot_change_figures_once_made(february: list[Done]) -> None:
    statistics.run(LAST)

    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("UPDATE runs_statistics SET sha256 = ''")


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2027, 2, 27), date(2027, 1, 1)),
        (date(2027, 2, 28), date(2027, 2, 1)),
        (date(2027, 3, 1), date(2027, 2, 1)),
        (date(2026, 12, 31), date(2026, 12, 1)),
        (date(2027, 1, 1), date(2026, 12, 1)),
    ],
)
def test_which_month_is_over_by_the_end_of_a_day(day: date, month: date) -> None:
    assert counting.month_of(day) == month


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        ({"東": 7, "西": 9}, ["7", "9", "16"]),
        ({"東": 0, "西": 9}, ["0", "9", "9"]),
        ({"東": 2, "西": 9, "中": 8}, ["*", "*", "9", "19"]),  # the next smallest, or the total would tell
        ({"東": 2, "西": 3, "中": 8}, ["8", "*", "*", "13"]),
        ({"東": 2}, ["*", "*"]),
        ({"東": 1, "西": 1, "中": 8, "南": 9}, ["*", "*", "*", "9", "19"]),  # two of them in a sum of two
        ({"東": 2, "西": 1}, ["*", "*", "*"]),
    ],
)
def test_what_is_withheld(figures: dict[str, int], shown: list[str]) -> None:
    given = dict(withheld(figures, 5))

    assert sorted(given.values()) == sorted(shown)
    assert all(given[area] == "*" for area, number in figures.items() if 0 < number < 5)


@pytest.mark.parametrize("name", RUNS)
def test_every_run_can_be_looked_ahead_at(name: str) -> None:
    out = StringIO()

    call_command("run", name, "--preview", "--date", "2026-12-01", stdout=out)

    assert out.getvalue().splitlines()[-1].startswith(f"{name} 2026-12-01 (preview, nothing done): ")
    assert not Run.objects.exists()
