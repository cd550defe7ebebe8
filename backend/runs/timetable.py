"""When each run is next. No Prefect is asked: workflows/prefect.yaml is the calendar."""

import heapq
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from django.utils import timezone

from backend.runs import calendar
from backend.runs.calendar import CalendarError

_Crons = Mapping[str, tuple[tuple[str, str], ...]]


def upcoming(now: datetime) -> dict[str, datetime]:
    """The next moment of each run by its name; one that has none is left out. Raises `CalendarError`."""
    firsts = ((name, next(_moments(crons, now), None)) for name, crons in _timetable().items())
    return {name: at for name, at in firsts if at is not None}


def days(name: str, now: datetime, many: int) -> list[date]:
    """The next days a run is due on. Raises `CalendarError`."""
    return list(islice(_days(_moments(_timetable().get(name, ()), now)), many))


def _days(moments: Iterator[datetime]) -> Iterator[date]:
    last = None
    for at in moments:
        day = timezone.localdate(at)
        if day != last:
            yield day
        last = day


def _moments(crons: tuple[tuple[str, str], ...], now: datetime) -> Iterator[datetime]:
    return heapq.merge(*(CronSim(cron, now.astimezone(ZoneInfo(zone))) for cron, zone in crons))


def _timetable() -> _Crons:
    file = calendar.file()
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _written: int) -> _Crons:
    """The active schedules of each run with their time zones; the file is read again when it changes."""
    try:
        found = {
            str(entry["name"]): tuple(
                (str(one["cron"]), str(one["timezone"]))
                for one in entry["schedules"]
                if one.get("active", True)
            )
            for entry in calendar.read()
        }
        for crons in found.values():
            next(_moments(crons, timezone.now()), None)
    except (KeyError, TypeError, AttributeError, ValueError, CronSimError) as error:
        raise CalendarError(f"{file}: a schedule cannot be used: {error!r}; correct it.") from error
    return found
