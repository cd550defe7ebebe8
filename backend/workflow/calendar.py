"""Which days the office works: not on weekends, national holidays, the year end or the city's own days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import jpholiday

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import conform
from backend.definitions.source import roots
from backend.definitions.yaml_text import read_yaml

FILE = Path("workflows/calendar.yaml")
SCHEMA = Path(__file__).with_name("calendar.schema.json")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The working days of an office.

    `yearly` are (month, day) closed each year, `closed` and `open` single days; an open day wins over every
    reason to be closed. National holidays come from jpholiday, whose equinoxes of coming years are forecasts
    until the official gazette of the February before (a day the gazette moves is set here). `why` are the
    reasons of single days, in Japanese and English.
    """

    yearly: frozenset[tuple[int, int]] = frozenset()
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()
    why: Mapping[date, tuple[str, str]] = field(default_factory=dict, compare=False)

    def to_content(self) -> dict[str, Any]:
        """Plain data, the same for the same days; `from_content` reads it back without the reasons."""
        return {
            "yearly": [f"{month:02}-{day:02}" for month, day in sorted(self.yearly)],
            "closed": [day.isoformat() for day in sorted(self.closed)],
            "open": [day.isoformat() for day in sorted(self.open)],
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "Calendar":
        """The calendar that `to_content` wrote."""
        return cls(
            frozenset((int(text[:2]), int(text[3:])) for text in content["yearly"]),
            frozenset(map(date.fromisoformat, content["closed"])),
            frozenset(map(date.fromisoformat, content["open"])),
        )

    def is_business_day(self, day: date) -> bool:
        if day in self.open:
            return True
        if day.weekday() >= 5 or day in self.closed or (day.month, day.day) in self.yearly:
            return False
        return day not in _national(day.year)

    def on_or_after(self, day: date) -> date:
        """The day itself if the office works, else the next day it does (Civil Code 142)."""
        while not self.is_business_day(day):
            day += DAY
        return day

    def after(self, day: date, count: int) -> date:
        """The `count`-th business day after a day; 0 is the day itself, or the next business day."""
        day = self.on_or_after(day) if count == 0 else day
        for _ in range(count):
            day = self.on_or_after(day + DAY)
        return day

    def before(self, day: date, count: int) -> date:
        """The `count`-th business day before a day."""
        for _ in range(count):
            day -= DAY
            while not self.is_business_day(day):
                day -= DAY
        return day

    def between(self, start: date, end: date) -> int:
        """How many business days lie after `start`, up to and including `end`."""
        return sum(self.is_business_day(start + DAY * n) for n in range(1, (end - start).days + 1))


YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


@lru_cache(maxsize=200)
def _national(year: int) -> frozenset[date]:
    return frozenset(day for day, _ in jpholiday.year_holidays(year))


@lru_cache(maxsize=1)
def office() -> Calendar:
    """The calendar of this installation: workflows/calendar.yaml, an overlay's instead of the shipped one.

    Raises `DefinitionError` when the file cannot be used.
    """
    calendar, findings = load([root / FILE for root in roots()])
    if findings:
        raise DefinitionError(findings)
    return calendar


def load(paths: Iterable[Path]) -> tuple[Calendar, list[Finding]]:
    """The calendar of the last of these files that exists, and what is wrong with it."""
    there = [path for path in paths if path.exists()]
    if not there:
        return Calendar(YEAR_END), []
    try:
        located = read_yaml(there[-1])
    except DefinitionError as error:
        return Calendar(YEAR_END), list(error.findings)
    findings = conform(located, SCHEMA)
    if findings:
        return Calendar(YEAR_END), findings
    days: dict[str, list[date]] = {"closed": [], "open": []}
    why: dict[date, tuple[str, str]] = {}
    for key, listed in days.items():
        for index, item in enumerate(located.value.get(key, ())):
            try:
                listed.append(date.fromisoformat(item["day"]))
                why[listed[-1]] = (item["why"]["ja"], item["why"]["en"])
            except ValueError:
                message = f"{item['day']} is no day of the calendar"
                findings.append(located.finding((key, index, "day"), message, "correct the date"))
    yearly = frozenset((int(text[:2]), int(text[3:])) for text in located.value.get("closed_every_year", ()))
    return Calendar(yearly, frozenset(days["closed"]), frozenset(days["open"]), why), findings
