"""Which timers a run has to deal with, and taking them so that nobody else does."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from backend.cases.models import Timer

CHUNK = 200
OPENING = time(6, 0)  # a deadline over at midnight is not told before


@dataclass(frozen=True, slots=True)
class Horizon:
    """Up to when timers are due.

    `deadlines` are those at the end of a day, told when people begin to read.
    """

    timers: datetime
    deadlines: datetime

    @classmethod
    def of(cls, business_date: date, now: datetime) -> "Horizon":
        """Of a run for a date at a moment: for another date than today's, as that day looks at its end."""
        zone = timezone.get_default_timezone()
        local = timezone.localtime(now)
        if business_date != local.date():
            next_day = datetime.combine(business_date + timedelta(days=1), time(), zone)
            return cls(next_day - timedelta(microseconds=1), next_day - timedelta(microseconds=1))
        opening = datetime.combine(business_date, OPENING, zone)
        return cls(now, now if local >= opening else opening - timedelta(days=1))


Place = tuple[datetime, int]
START: Place = (datetime(1900, 1, 1, tzinfo=timezone.get_default_timezone()), 0)

_DUE = """
    FROM cases_timer t JOIN cases_case c ON c.id = t.case_id
    WHERE t.done_at IS NULL AND c.is_open AND c.held_at IS NULL
          AND t.at <= %(timers)s AND (t.kind <> 'due' OR t.at <= %(deadlines)s)
          AND (t.at, t.id) > (%(at)s, %(id)s)
"""
# Both rows are locked before anything is written: whoever acts on the case meanwhile waits for this chunk,
# and what somebody is acting on right now is passed over. So a reminder never follows the act it asks for.
_TAKE = f"""
    SELECT t.id {_DUE} ORDER BY t.at, t.id LIMIT %(limit)s
    FOR UPDATE OF t SKIP LOCKED FOR SHARE OF c SKIP LOCKED
"""


def _values(horizon: Horizon, after: Place) -> dict[str, Any]:
    at, last = after
    return {"timers": horizon.timers, "deadlines": horizon.deadlines, "at": at, "id": last}


def take_chunk(horizon: Horizon, after: Place = START, *, limit: int = CHUNK) -> list[Timer]:
    """Lock the next due timers and their cases for this transaction, in order; held cases are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {**_values(horizon, after), "limit": limit})
        taken = [row[0] for row in cursor.fetchall()]
    return read(taken)


def look(horizon: Horizon) -> list[Timer]:
    """Every due timer, without locking: for a preview."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t.id {_DUE}", _values(horizon, START))
        return read([row[0] for row in cursor.fetchall()])


def count(horizon: Horizon) -> int:
    """How many timers are due and not dealt with."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_DUE}", _values(horizon, START))
        return int(cursor.fetchone()[0])


def read(ids: list[int]) -> list[Timer]:
    """The timers with everything that telling somebody needs, in order."""
    related = (
        "case__assignee__user",
        "case__assignee__deputy__user",
        "case__assignee__supervisor__user",
        "case__reporter__user",
    )
    return list(Timer.objects.filter(id__in=ids).select_related("case", *related).order_by("at", "id"))
