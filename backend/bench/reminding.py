"""The reminder run against bare SQL that claims the same timers and writes the same rows.

Each of the two works on a day of its own: the same number of cases whose clock ran out, among very many open
cases whose clock did not. They take turns over committed data; the database is tidied before each.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from django.db import connections

from backend.bench.rivals import raw_connection
from backend.cases.models import Case
from backend.runs import reminders

FIRST_DAY = date(2026, 12, 1)
LATER = datetime(2027, 12, 1, tzinfo=UTC)
CHUNK = 200

# All cases open and waiting, as in the largest office; one clock each, a year ahead.
_WAIT = """
INSERT INTO cases_timer (case_id, entry_seq, kind, stage, at, "to", letter)
SELECT id, 1, 'remind', 0, %(later)s::timestamptz + (n * 7 %% 3600) * interval '1 second', '', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM cases_case
      WHERE NOT EXISTS (SELECT FROM cases_timer t WHERE t.case_id = cases_case.id)) AS numbered
"""
_OVER = "DELETE FROM cases_timer WHERE done_at IS NOT NULL"
_OPEN = "UPDATE cases_case SET is_open = true, state = 'referral.supporting', kind = 'ours'"
_DUE = """
UPDATE cases_timer SET at = %(at)s, done_at = NULL WHERE id IN (
    SELECT t.id FROM cases_timer t JOIN cases_case c ON c.id = t.case_id
    WHERE t.done_at IS NULL AND t.at > %(at)s AND c.assignee_id IS NOT NULL
    ORDER BY md5(t.id::text || %(at)s::text) LIMIT %(due)s
)
"""


@dataclass(frozen=True)
class Figures:
    """Seconds for `due` reminders among `open` cases, both ways; `ratio` is the median of the days' own."""

    open: int
    due: int
    run: float
    by_hand: float
    ratio: float


def wait() -> None:
    """Open every case there is and give each a clock that is not yet due."""
    with _patient() as cursor:
        cursor.execute(_OPEN)
        cursor.execute(_WAIT, {"later": LATER})
    settle()


@contextmanager
def _patient() -> Iterator[Any]:
    """A cursor of the owner: making a million rows takes longer than an office's statement may."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        yield cursor


def settle() -> None:
    """Count and tidy, as a database that has stood for a night has done."""
    with connections["owner"].cursor() as cursor:
        for table in ("cases_case", "cases_timer", "cases_notice"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def measure(due: int, rounds: int) -> Figures:
    """Days of `due` reminders each, in turns. Raises ValueError where the two do not tell the same number."""
    days = iter(FIRST_DAY + timedelta(days=number) for number in range(10_000))
    times: tuple[list[float], list[float]] = ([], [])
    with raw_connection() as raw:
        contenders: tuple[Callable[[date], int], ...] = (_run, lambda day: _by_hand(raw, day))
        for number in range(-1, rounds):
            for place in (0, 1) if number % 2 else (1, 0):
                day = next(days)
                _make_due(day, due)
                began = time.perf_counter()
                told = contenders[place](day)
                if number >= 0:
                    times[place].append(time.perf_counter() - began)
                if told != due:
                    raise ValueError(f"{due} timers were due and {told} told")
    ratio = statistics.median(one / other for one, other in zip(*times, strict=True))
    ours, theirs = map(statistics.median, times)
    return Figures(Case.objects.filter(is_open=True).count(), due, ours, theirs, ratio)


def _make_due(day: date, due: int) -> None:
    with _patient() as cursor:
        cursor.execute(_OVER)
        cursor.execute(_WAIT, {"later": LATER})
        cursor.execute(_DUE, {"at": _morning(day), "due": due})
    settle()


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _run(day: date) -> int:
    report = reminders.run(day, now=_morning(day) + timedelta(hours=1))
    return report.counts["sent"]


_CLAIM = """
    SELECT t.id, t.case_id, c.assignee_id FROM cases_timer t JOIN cases_case c ON c.id = t.case_id
    WHERE t.done_at IS NULL AND t.at <= %(at)s AND c.is_open AND c.held_at IS NULL
    ORDER BY t.at, t.id LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED FOR SHARE OF c SKIP LOCKED
"""
_TELL = """
    INSERT INTO cases_notice (member_id, case_id, kind, stage, key, created_at)
    SELECT u.member, u."case", 'remind', '0', 'timer/' || u.id || '/' || u.member, now()
    FROM unnest(%(ids)s::bigint[], %(cases)s::uuid[], %(members)s::uuid[]) AS u (id, "case", member)
    ON CONFLICT DO NOTHING
"""
_DONE = "UPDATE cases_timer SET done_at = now() WHERE id = ANY (%(ids)s)"


def _by_hand(raw: "psycopg.Connection[Any]", day: date) -> int:
    """Nothing decided and nobody looked up: claim, tell the assignee, mark done, chunk by chunk."""
    return sum(_chunks(raw, {"at": _morning(day), "limit": CHUNK}))


def _chunks(raw: "psycopg.Connection[Any]", values: dict[str, Any]) -> Iterator[int]:
    while True:
        with raw.transaction():
            rows = raw.execute(_CLAIM, values, prepare=True).fetchall()
            if not rows:
                return
            ids, cases, members = (list(column) for column in zip(*rows, strict=True))
            raw.execute(_TELL, {"ids": ids, "cases": cases, "members": members}, prepare=True)
            raw.execute(_DONE, {"ids": ids}, prepare=True)
        yield len(rows)
