"""When the runs are next, read from the calendar's file."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.runs import calendar, timetable
from backend.runs.calendar import CalendarError
from backend.runs.registry import RUNS

JST = ZoneInfo("Asia/Tokyo")
FRIDAY_NOON = datetime(2026, 11, 27, 12, 0, tzinfo=JST)


def test_every_run_that_is_known_has_its_time_in_the_calendar():
    assert set(timetable.upcoming(FRIDAY_NOON)) == set(RUNS)


def test_the_next_moment_is_the_nearest_of_all_schedules_of_a_run():
    found = timetable.upcoming(FRIDAY_NOON)

    assert found["reminders"] == datetime(2026, 11, 27, 12, 5, tzinfo=JST)
    assert found["letters"] == datetime(2026, 11, 27, 13, 0, tzinfo=JST)
    assert found["consents"] == datetime(2026, 11, 30, 5, 30, tzinfo=JST)


def test_the_days_of_a_run_are_each_told_once():
    assert timetable.days("letters", FRIDAY_NOON, 3) == [
        date(2026, 11, 27),
        date(2026, 11, 30),
        date(2026, 12, 1),
    ]
    assert timetable.days("reminders", FRIDAY_NOON, 2) == [date(2026, 11, 27), date(2026, 11, 28)]
    assert timetable.days("nothing", FRIDAY_NOON, 2) == []


def test_a_schedule_nobody_can_follow_is_named(monkeypatch, tmp_path):
    broken = tmp_path / "prefect.yaml"
    broken.write_text(
        "deployments:\n  - {name: seal, schedules: [{cron: 99 * * * *, timezone: Asia/Tokyo}]}\n"
    )
    monkeypatch.setattr(calendar, "file", lambda: broken)

    with pytest.raises(CalendarError, match="a schedule cannot be used"):
        timetable.upcoming(FRIDAY_NOON)


def test_what_is_switched_off_has_no_next_moment(monkeypatch, tmp_path):
    file = tmp_path / "prefect.yaml"
    entry = "{name: seal, schedules: [{cron: 0 2 * * *, timezone: Asia/Tokyo, active: false}]}"
    file.write_text(f"deployments:\n  - {entry}\n")
    monkeypatch.setattr(calendar, "file", lambda: file)

    assert timetable.upcoming(FRIDAY_NOON) == {}
