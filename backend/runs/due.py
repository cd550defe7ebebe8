"""Which timers a run has to deal with, and taking them so that nobody else does."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db import connection
from django.utils import timezone

from backend.cases import statements

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


class DueTimer(NamedTuple):
    """A due timer with what of its case says whom it tells and by what.

    `reminded`: a deadline that a reminder of the same state tells of, on its day or after it.
    """

    id: int
    at: datetime
    kind: str
    stage: int
    to: str
    letter: str
    reminded: bool
    case_id: UUID
    number: str
    revision: int
    definition: str
    owner_role: str
    assignee_id: UUID | None
    reporter_id: UUID | None
    receiver_id: str | None
    watchers: list[str]
    controller: str
    area_id: str


# One row for each timer and no model of it: a run may tell tens of thousands in a morning.
_ROW = """
    SELECT t.id, t.at, t.kind, t.stage, t."to", t.letter,
           t.kind = 'due' AND EXISTS (
               SELECT FROM cases_timer r
               WHERE r.case_id = t.case_id AND r.entry_seq = t.entry_seq AND r.kind = 'remind'
                     AND r.at >= date_trunc('day', t.at, %(zone)s)),
           c.id, c.number, c.revision, c.definition, c.owner_role, c.assignee_id, c.reporter_id,
           c.receiver_id, c.watchers, c.controller, c.area_id
"""
_DUE = """
    FROM cases_timer t JOIN cases_case c ON c.id = t.case_id
    WHERE t.done_at IS NULL AND c.is_open AND c.held_at IS NULL
          AND t.at <= %(timers)s AND (t.kind <> 'due' OR t.at <= %(deadlines)s)
          AND (t.at, t.id) > (%(at)s, %(id)s)
"""
_LOOK = f"{_ROW} {_DUE} ORDER BY t.at, t.id"
# Both rows are locked before anything is written: whoever acts on the case meanwhile waits for this chunk,
# and what somebody is acting on right now is passed over. So a reminder never follows the act it asks for.
_TAKE = f"{_LOOK} LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED FOR SHARE OF c SKIP LOCKED"
_COUNT = f"SELECT count(*) {_DUE}"


def _values(horizon: Horizon, after: Place) -> dict[str, Any]:
    at, last = after
    zone = timezone.get_default_timezone_name()
    return {"timers": horizon.timers, "deadlines": horizon.deadlines, "at": at, "id": last, "zone": zone}


def take_chunk(horizon: Horizon, after: Place = START, *, limit: int = CHUNK) -> list[DueTimer]:
    """Lock the next due timers and their cases for this transaction, in order; held cases are left alone."""
    return _read(_TAKE, {**_values(horizon, after), "limit": limit})


def look(horizon: Horizon) -> list[DueTimer]:
    """Every due timer, without locking: for a preview."""
    return _read(_LOOK, _values(horizon, START))


def count(horizon: Horizon) -> int:
    """How many timers are due and not dealt with."""
    return int(statements.first(_COUNT, _values(horizon, START))[0])


def _read(statement: str, values: dict[str, Any]) -> list[DueTimer]:
    connection.ensure_connection()
    rows = map(DueTimer._make, statements.rows(statement, values))
    return [row._replace(watchers=json.loads(cast(str, row.watchers))) for row in rows]
