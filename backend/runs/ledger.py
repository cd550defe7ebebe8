"""Who is at work on a run: a row with a lease by the database's clock, not a lock of the scheduler.

A run killed on the way is taken over when its lease ends; one that slept past it finds its token gone and
rolls back.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

LEASE_SECONDS = 60

_TAKE = """
    INSERT INTO runs_run
        (kind, business_date, state, token, lease_until, counts, starts, last_error, started_at)
    VALUES (%(kind)s, %(date)s, 'running', %(token)s, clock_timestamp() + %(lease)s * interval '1 second',
            '{}', 1, '', clock_timestamp())
    ON CONFLICT (kind, business_date) DO UPDATE
    SET state = 'running', token = EXCLUDED.token, lease_until = EXCLUDED.lease_until,
        starts = runs_run.starts + 1, last_error = '', finished_at = NULL
    WHERE runs_run.lease_until IS NULL OR runs_run.lease_until < clock_timestamp()
    RETURNING id, counts
"""
_KEEP = """
    UPDATE runs_run SET counts = %(counts)s, lease_until = clock_timestamp() + %(lease)s * interval '1 second'
    WHERE id = %(id)s AND token = %(token)s
"""
_END = """
    UPDATE runs_run SET state = %(state)s, token = NULL, lease_until = NULL, last_error = %(error)s,
           finished_at = clock_timestamp()
    WHERE id = %(id)s AND token = %(token)s
"""


class RunLost(Exception):  # noqa: N818 - reads as what it says
    """Another run took over; what this one has not committed is rolled back."""


@dataclass
class HeldRun:
    """A run this process is at work on; `counts` is what this start did."""

    id: int
    token: UUID
    before: Counter[str]
    lease: float
    counts: Counter[str] = field(default_factory=Counter)

    def keep(self) -> None:
        """Store the counts and go on holding: part of every transaction of the run. Raises `RunLost`."""
        total = json.dumps(self.before + self.counts)
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, {"id": self.id, "token": self.token, "counts": total, "lease": self.lease})
            if cursor.rowcount != 1:
                raise RunLost

    def end(self, *, error: str = "") -> None:
        """Let go, so that the next start need not wait for the lease."""
        state = "failed" if error else "done"
        values: dict[str, Any] = {"id": self.id, "token": self.token, "state": state, "error": error}
        with connection.cursor() as cursor:
            cursor.execute(_END, values)


def take(kind: str, business_date: date, *, lease_seconds: float = LEASE_SECONDS) -> HeldRun | None:
    """Begin (or go on with) the run of a kind for a date; None while another process is at work on it."""
    token = uuid4()
    values: dict[str, Any] = {
        "kind": kind,
        "date": business_date,
        "token": token,
        "lease": lease_seconds,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    if row is None:
        return None
    return HeldRun(row[0], token, Counter(json.loads(row[1])), lease_seconds)
