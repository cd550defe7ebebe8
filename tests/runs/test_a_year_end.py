"""A month and more, day by day: New Year, a typhoon, the end of the fiscal year, the renewal of all terms.

Everything goes the way it does in an office: cases through the door, each morning's runs in their order, and
what people read afterwards.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from backend.cases import effects
from backend.cases.actions import Done
from backend.cases.models import Case, Notice, Timer
from backend.cases.verifying import prove_others, verify
from backend.demo.cast import member_id
from backend.people.models import Member
from backend.runs import closures, timetable
from backend.runs.models import Moved, Run, Statistics
from backend.runs.registry import RUNS, in_words
from backend.runs.reporting import Report
from backend.workflow.calendar import office
from tests.cases.conftest import answers, do, report

__all__ = ["report"]
pytestmark = pytest.mark.usefixtures("committed_db")
JST = ZoneInfo("Asia/Tokyo")
Reports = dict[str, list[Report]]


@pytest.fixture(autouse=True)
def key(tmp_path: Any, settings: Any) -> None:
    settings.SEAL_KEY = str(tmp_path / "key.pem")


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=JST)


def days(first: date, last: date, *names: str) -> Reports:
    """Each morning's runs from a day to another, in the order of the calendar."""
    found: Reports = {name: [] for name in names}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for name in names:
            found[name].append(RUNS[name].do(day))
    return found


def told(reports: list[Report]) -> dict[date, int]:
    """On which days how many were told."""
    return {one.business_date: one.counts["sent"] for one in reports if one.counts["sent"]}


def due_day(done: Done) -> date:
    due_at = Case.objects.values_list("due_at", flat=True).get(pk=done.case)
    assert due_at is not None
    return due_at.astimezone(JST).date()


def test_over_new_year_a_deadline_of_business_days_waits_for_the_office(
    report: Callable[..., Done],
) -> None:
    """29 December to 3 January do not count: three business days from the 28th end on the 6th."""
    begun = report(at=at(date(2026, 12, 28)), key=uuid4().hex)
    done = do(begun, "triage", answers("triage", urgency="C"), at=at(date(2026, 12, 28), 11))

    reports = days(date(2026, 12, 28), date(2027, 1, 8), "calendar", "reminders")

    assert due_day(done) > date(2027, 1, 3)
    assert office().is_business_day(due_day(done))
    assert set(told(reports["reminders"])) <= {
        date(2026, 12, 28) + timedelta(days=n)
        for n in range(12)
        if office().is_business_day(date(2026, 12, 28) + timedelta(days=n))
    }
    assert told(reports["reminders"])
    assert all(not one.failed for one in reports["reminders"])


def test_a_typhoon_moves_deadlines_and_says_why(
    report: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = report(at=at(date(2027, 9, 6)), key=uuid4().hex)
    done = do(begun, "triage", answers("triage", urgency="C"), at=at(date(2027, 9, 6), 11))
    storm = due_day(done)
    days(storm - timedelta(days=1), storm - timedelta(days=1), "calendar")
    closed = replace(office(), closed=frozenset({storm}), why={storm: ("台風のため閉庁", "Typhoon")})
    monkeypatch.setattr(closures, "office", lambda: closed)

    (report_,) = days(storm, storm, "calendar")["calendar"]

    assert report_.line == f"calendar {storm}: 1 moved, 0 left, 0 failed"
    assert due_day(done) == closed.on_or_after(storm) > storm
    row = Moved.objects.get()
    assert (row.case_id, "台風のため閉庁" in row.why_ja, "Typhoon" in row.why_en) == (done.case, True, True)
    assert Notice.objects.filter(case=done.case, kind="deadline_moved").exists()
    assert verify().broken == ()


def test_the_typhoon_is_counted_once(
    report: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = report(at=at(date(2027, 9, 6)), key=uuid4().hex)
    storm = due_day(begun)
    days(storm, storm, "calendar")
    monkeypatch.setattr(closures, "office", lambda: replace(office(), closed=frozenset({storm})))

    reports = days(storm, storm + timedelta(days=2), "calendar")["calendar"]

    assert [one.counts["moved"] for one in reports] == [1, 0, 0]


def test_a_deadline_somebody_set_stays_on_a_closed_day(
    report: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = report(at=at(date(2027, 9, 6)), key=uuid4().hex)
    storm = due_day(begun)
    days(storm, storm, "calendar")
    moved = at(storm, 12)
    Timer.objects.filter(case=begun.case).update(at=moved)
    Case.objects.filter(pk=begun.case).update(due_at=moved)
    monkeypatch.setattr(closures, "office", lambda: replace(office(), closed=frozenset({storm})))

    (report_,) = days(storm, storm, "calendar")["calendar"]

    assert (report_.counts["moved"], report_.counts["left"]) == (0, 1)
    assert due_day(begun) == storm


def test_the_fiscal_year_ends_with_figures_seals_and_a_history_that_is_proved(
    report: Callable[..., Done],
) -> None:
    """March into April: 31 March is the old year, 1 April the new, at night too."""
    for hour in (0, 23):
        report(at=at(date(2027, 3, 31), hour), key=uuid4().hex)
    new_year = report(at=at(date(2027, 4, 1), 0), key=uuid4().hex)

    reports = days(date(2027, 3, 30), date(2027, 4, 2), "calendar", "reminders", "seal", "statistics")

    numbers = Case.objects.values_list("number", flat=True)
    assert sorted(number.partition("-")[0] for number in numbers) == ["R8", "R8", "R9"]
    assert new_year.number.startswith("R9-")
    assert [one.counts["made"] for one in reports["statistics"]] == [0, 1, 0, 0]
    assert [one.result["month"] for one in reports["statistics"]] == [
        "2027-02",
        "2027-03",
        "2027-03",
        "2027-03",
    ]
    march = bytes(Statistics.objects.get(month=date(2027, 3, 1)).table).decode("utf-8-sig")
    assert "2027-03,つなぎ,受け付けた,気づき受付,合計,*" in march.splitlines()
    assert [one.result["seal"] for one in reports["seal"]] == [1, 2, 3, 4]
    assert verify().broken == ()
    assert [broken for proof in prove_others() for broken in proof.broken] == []
    assert not Run.objects.exclude(state="done").exists()


def test_a_month_of_every_run_by_the_calendar_leaves_reports_and_nothing_undone(
    report: Callable[..., Done], settings: Any, tmp_path: Any
) -> None:
    """16 March to 15 April: each run on the days the calendar gives it, in the order of its times."""
    settings.VAR = tmp_path
    first, last = date(2027, 3, 16), date(2027, 4, 15)
    begun = report(at=at(first), key=uuid4().hex)
    do(begun, "triage", answers("triage", urgency="C"), at=at(first, 11))
    effects.run_due()
    at_night = at(first, 0)
    order = sorted(RUNS, key=lambda name: timetable.upcoming(at_night)[name].astimezone(JST).time())
    planned = {name: set(timetable.days(name, at_night, 31)) for name in order}

    done = [
        RUNS[name].do(first + timedelta(days=number))
        for number in range((last - first).days + 1)
        for name in order
        if first + timedelta(days=number) in planned[name]
    ]

    assert Counter(one.kind for one in done)["seal"] == 31
    assert {one.kind for one in done} == set(RUNS)
    assert [one.line for one in done if one.failed or one.at_work] == []
    assert sum(one.counts["sent"] for one in done if one.kind == "reminders") > 0
    assert [one.counts["made"] for one in done if one.kind == "statistics"] == [1]
    assert all(in_words(one).startswith("## ") for one in done)
    assert Run.objects.count() == len(done)
    assert not Run.objects.exclude(state="done").exists()
    assert verify().broken == ()


def test_the_renewal_of_all_commissioners_is_told_five_times(cast: None) -> None:
    renewal = date(2028, 11, 30)
    ids = [member_id("commissioner"), member_id("outsider")]
    Member.objects.filter(role="welfare_commissioner").update(valid_until=None)
    Member.objects.filter(id__in=ids).update(valid_until=renewal)

    reports = days(renewal - timedelta(days=125), renewal + timedelta(days=2), "terms")["terms"]

    assert [(renewal - day).days for day in told(reports)] == [120, 90, 60, 30, 0]
    assert set(told(reports).values()) == {2}
    supervisors = Notice.objects.filter(kind="term", member=member_id("supervisor")).order_by("id")
    assert [row.stage.split("/")[0] for row in supervisors] == ["120", "90", "60", "30", "0"]
    assert all(row.stage.endswith("/welfare_commissioner/2") for row in supervisors)
    assert date(2028, 12, 1).weekday() == 4  # a Friday, as DOMAIN §6 says
