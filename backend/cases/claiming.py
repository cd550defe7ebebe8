"""Taking effects to do: by row, under a lease, within the limits of their kind.

A claim commits with its attempt counted before anything runs, so an effect that kills its worker cannot kill
for ever. A kind with a limit has a lane, a row that whoever claims of it holds for a moment: two workers
cannot both take the last free place. Controllers take turns: the ten thousand letters of one do not hold up
the one notice of another.

The lease is short, so that what a dead worker held is soon taken by another; while a worker lives, its
heartbeat extends the leases of what it is doing, up to the longest an effect of the kind may take.
"""

import random
import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.utils import Error as DatabaseError

from backend.cases import limits
from backend.cases.kill import kill_point
from backend.cases.models import Effect

LEASE_SECONDS: int = settings.LEASE_SECONDS

# Materialized: the planner may ask a plain sub-select again for every row, and claim more than the limit.
_CLAIM = """
    WITH next AS MATERIALIZED (
        SELECT id FROM cases_effect
        WHERE state = 'ready' AND not_before <= clock_timestamp() AND kind = ANY(%(kinds)s)
              AND controller = %(controller)s
              AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
        ORDER BY not_before, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    UPDATE cases_effect AS e SET state = 'claimed', token = %(token)s, attempts = attempts + 1,
           lease_until = clock_timestamp() + %(lease)s * interval '1 second'
    FROM next WHERE e.id = next.id
    RETURNING e.id
"""
# Every controller with something in waiting, without a kind: found by jumping from one to the next in the
# index, however much each has. And the limited kinds that wait, by controller.
_WAITS = """
    WITH RECURSIVE waiting AS (
        SELECT min(controller) AS controller FROM cases_effect WHERE state IN ('ready', 'claimed', 'sending')
        UNION ALL
        SELECT (SELECT min(e.controller) FROM cases_effect e
                WHERE e.state IN ('ready', 'claimed', 'sending') AND e.controller > w.controller)
        FROM waiting w WHERE w.controller IS NOT NULL)
    SELECT controller, NULL FROM waiting WHERE controller IS NOT NULL
    UNION ALL
    SELECT DISTINCT controller, kind FROM cases_effect
    WHERE state = 'ready' AND not_before <= clock_timestamp() AND kind = ANY(%(kinds)s)
          AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
"""
_LANE = """
    INSERT INTO cases_lane AS lane (kind, minute, used)
    VALUES (%(kind)s, date_trunc('minute', clock_timestamp()), 0)
    ON CONFLICT (kind) DO UPDATE SET minute = excluded.minute,
        used = CASE WHEN lane.minute = excluded.minute THEN lane.used ELSE 0 END
    RETURNING used
"""
_RUNNING = """
    SELECT count(*) FROM cases_effect
    WHERE state IN ('claimed', 'sending') AND kind = %(kind)s AND lease_until > clock_timestamp()
"""
# What is being finished at this moment is locked and left alone: it ends with its own transaction.
_GIVE_BACK = """
    UPDATE cases_effect AS e SET state = 'ready', token = NULL, lease_until = NULL, attempts = attempts - 1
    FROM (SELECT id FROM cases_effect WHERE state = 'claimed' AND token = ANY(%(tokens)s)
          FOR UPDATE SKIP LOCKED) AS mine
    WHERE e.id = mine.id
    RETURNING e.id
"""

_BEAT = """
    UPDATE cases_effect AS e SET lease_until = clock_timestamp() + held.lease * interval '1 second'
    FROM unnest(%(ids)s::bigint[], %(tokens)s::uuid[], %(leases)s::float[]) AS held (id, token, lease)
    WHERE e.id = held.id AND e.token = held.token AND e.state IN ('claimed', 'sending')
"""
BEAT_SECONDS = LEASE_SECONDS / 3
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """What this process claimed and has not finished: under which token, for how long, until when at most."""

    token: UUID
    lease: float
    until: float  # by this process's own clock


_held: dict[int, Held] = {}


def claim(
    kinds: Iterable[str], *, limit: int, ids: Collection[int] | None, lease_seconds: float
) -> list[Effect]:
    """Take at most `limit` effects of the kinds that are ready and due; nobody else gets them meanwhile.

    Times are the database's. Controllers take turns by chance, and so do, for each, the kinds with limits
    and those without: neither waits for the other.
    """
    known = list(kinds)
    slow = limits.limited(known)
    values: dict[str, Any] = {
        "token": uuid4(),
        "lease": lease_seconds,
        "kinds": [kind for kind in known if kind not in slow],
        "ids": None if ids is None else list(ids),
    }
    taken: list[int] = []
    for controller, kind in _turns(_waiting({**values, "kinds": slow})):
        free = limit - len(taken)
        if free <= 0:
            break
        of = {**values, "controller": controller}
        taken += _take({**of, "limit": free}) if kind is None else _take_in_lane(kind, free, of)
    kill_point("P9")
    found = list(Effect.objects.filter(id__in=taken).select_related("case").order_by("not_before", "id"))
    now = time.monotonic()
    for effect in found:
        _held[effect.id] = Held(values["token"], lease_seconds, now + limits.of(effect.kind).longest)
    return found


Lane = tuple[str, str | None]


def _turns(lanes: list[Lane]) -> list[Lane]:
    """The lanes by chance: first whose, so that each controller has the same share, then which of theirs."""
    whose = list({controller for controller, _kind in lanes})
    random.shuffle(whose)
    mixed = random.sample(lanes, len(lanes))
    return sorted(mixed, key=lambda lane: whose.index(lane[0]))


def _waiting(values: dict[str, Any]) -> list[Lane]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, values)
        return [(controller, kind) for controller, kind in cursor.fetchall()]


def _take(values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return [row[0] for row in cursor.fetchall()]


def _take_in_lane(kind: str, limit: int, values: dict[str, Any]) -> list[int]:
    """Take as many of a kind as its limits leave room for. The lane is held until the claim commits."""
    known = limits.of(kind)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LANE, {"kind": kind})
        used = cursor.fetchone()[0]
        free = limit if known.per_minute is None else min(limit, known.per_minute - used)
        if known.at_once is not None:
            cursor.execute(_RUNNING, {"kind": kind})
            free = min(free, known.at_once - cursor.fetchone()[0])
        if free <= 0:
            return []
        taken = _take({**values, "kinds": [kind], "limit": free})
        cursor.execute("UPDATE cases_lane SET used = used + %s WHERE kind = %s", [len(taken), kind])
    return taken


def let_go(effect: Effect) -> None:
    """This process no longer holds the effect, whatever became of it."""
    _held.pop(effect.id, None)


def give_back() -> list[int]:
    """Make ready again what this process claimed and cannot finish, without counting the attempt.

    Called by a process that ends. Its threads find their tokens gone, so nothing is done twice. What is being
    sent stays as it is: nobody can tell whether it left.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, {"tokens": [held.token for held in list(_held.values())]})
        return [row[0] for row in cursor.fetchall()]


def living() -> list[int]:
    """What this process is doing and may still be doing, by id."""
    now = time.monotonic()
    return [effect for effect, held in list(_held.items()) if held.until > now]


def beat() -> None:
    """Extend the leases of what this process is doing. What takes too long is left to whoever comes."""
    mine = {effect: held for effect in living() if (held := _held.get(effect))}
    if mine:
        tokens, leases = zip(*((held.token, held.lease) for held in mine.values()), strict=True)
        values = {"tokens": list(tokens), "leases": list(leases)}
        with connection.cursor() as cursor:
            cursor.execute(_BEAT, {"ids": list(mine), **values})


def keep_alive() -> threading.Thread:
    """Beat in a thread of its own for as long as this process lives."""

    def go_on() -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            try:
                close_old_connections()
                beat()
            except DatabaseError as error:  # away for a while: the leases end, and somebody else takes over
                log.warning("effects.no_heartbeat", error=type(error).__name__)
                connection.close()

    thread = threading.Thread(target=go_on, name="heartbeat", daemon=True)
    thread.start()
    return thread
