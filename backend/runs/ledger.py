"""Who is at work on a run: a row with a lease by the database's clock, not a lock of the scheduler.

A run killed on the way is taken over when its lease ends; one that slept past it finds its token gone and
rolls back. Where nobody takes it up on its own day, the run of a later day does its work with its own, and
then says so of it: every run takes up whatever earlier days left undone.
"""

import json
import os
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from backend.runs.reporting import INTERRUPTED, MOST_KEPT, Reached, Trouble

LEASE_SECONDS = 60

_TAKE = """
    INSERT INTO runs_run
        (kind, business_date, state, token, holder, lease_until, counts, troubles, result, starts, last_error,
         started_at)
    VALUES (%(kind)s, %(date)s, 'running', %(token)s, %(holder)s,
            clock_timestamp() + %(lease)s * interval '1 second', '{}', '[]', '{}', 1, '', clock_timestamp())
    ON CONFLICT (kind, business_date) DO UPDATE
    SET state = 'running', token = EXCLUDED.token, holder = EXCLUDED.holder,
        lease_until = EXCLUDED.lease_until,
        starts = runs_run.starts + 1, last_error = '', finished_at = NULL, asked_at = NULL,
        caught_up_by_id = NULL
    WHERE runs_run.lease_until IS NULL OR runs_run.lease_until < clock_timestamp()
    RETURNING id, counts
"""
_ASK = """
    INSERT INTO runs_run
        (kind, business_date, state, holder, counts, troubles, result, starts, last_error, started_at,
         asked_at)
    VALUES (%(kind)s, %(date)s, 'asked', '', '{}', '[]', '{}', 0, '', clock_timestamp(), clock_timestamp())
    ON CONFLICT (kind, business_date) DO UPDATE SET asked_at = EXCLUDED.asked_at
    WHERE runs_run.lease_until IS NULL OR runs_run.lease_until < clock_timestamp()
"""
_KEEP = """
    UPDATE runs_run SET counts = %(counts)s, troubles = %(troubles)s, result = %(result)s,
           reached = %(reached)s, lease_until = clock_timestamp() + %(lease)s * interval '1 second'
    WHERE id = %(id)s AND token = %(token)s
"""
_END = """
    UPDATE runs_run SET state = %(state)s, token = NULL, lease_until = NULL, last_error = %(error)s,
           finished_at = clock_timestamp()
    WHERE id = %(id)s AND token = %(token)s
"""
# A dead one ended with its lease at the latest: so the newest end stays that of the run that did the work.
_DONE = f"""
    WITH done AS ({_END} RETURNING id, kind, business_date, finished_at)
    UPDATE runs_run left_open SET state = 'done', token = NULL, lease_until = NULL,
           finished_at = left_open.lease_until, caught_up_by_id = done.id
    FROM done
    WHERE left_open.kind = done.kind AND left_open.business_date < done.business_date
          AND left_open.state = 'running' AND left_open.lease_until < done.finished_at
    RETURNING left_open.business_date
"""  # noqa: S608 - a statement of ours within another


class RunLost(Exception):  # noqa: N818 - reads as what it says
    """Another run took over; what this one has not committed is rolled back."""


@dataclass
class HeldRun:
    """A run this process is at work on; `counts`, `troubles` and how far it `reached` are of this start."""

    id: int
    token: UUID
    before: Counter[str]
    lease: float
    counts: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    reached: Reached | None = None

    def keep(self) -> None:
        """Store what was done and go on holding: part of every transaction of the run. Raises `RunLost`."""
        values: dict[str, Any] = {
            "id": self.id,
            "token": self.token,
            "lease": self.lease,
            "counts": json.dumps(self.before + self.counts),
            "troubles": json.dumps([trouble.kept() for trouble in self.troubles[:MOST_KEPT]]),
            "result": json.dumps(self.result),
            "reached": json.dumps(asdict(self.reached)) if self.reached else None,
        }
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, values)
            if cursor.rowcount != 1:
                raise RunLost

    def end(self, *, error: str = "") -> None:
        """Let go, so that the next start need not wait for the lease.

        What dead processes left open on earlier days is done with it, and told as a trouble of its own.
        """
        state = "failed" if error else "done"
        values: dict[str, Any] = {"id": self.id, "token": self.token, "state": state, "error": error}
        with connection.cursor() as cursor:
            if error:
                cursor.execute(_END, values)
                return
            cursor.execute(_DONE, values)
            self.troubles += [Trouble(str(day), INTERRUPTED) for (day,) in sorted(cursor.fetchall())]


def take(kind: str, business_date: date, *, lease_seconds: float = LEASE_SECONDS) -> HeldRun | None:
    """Begin (or go on with) the run of a kind for a date; None while another process is at work on it."""
    token = uuid4()
    values: dict[str, Any] = {
        "kind": kind,
        "date": business_date,
        "token": token,
        "holder": holder(),
        "lease": lease_seconds,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    if row is None:
        return None
    return HeldRun(row[0], token, Counter(json.loads(row[1])), lease_seconds)


def holder() -> str:
    """This process, as whoever looks after the machines finds it: its host and number."""
    return f"{socket.gethostname()[:80]} #{os.getpid()}"


def ask(kind: str, business_date: date) -> bool:
    """Have a worker do a run soon; False while a process is at work on it."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK, {"kind": kind, "date": business_date})
        return bool(cursor.rowcount)


@contextmanager
def ending(held: HeldRun) -> Iterator[None]:
    """Let go of a run when its work is done, or failed: then with the kind of error, which is raised on."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, RunLost):
            held.end(error=type(error).__name__)
        raise
    held.end()
