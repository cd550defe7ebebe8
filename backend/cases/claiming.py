"""Taking effects to do: by row, under a lease, within the limits of their kind.

A claim commits with its attempt counted before anything runs, so an effect that kills its worker cannot kill
for ever. A kind with a limit has a lane, a row that whoever claims of it holds for a moment: two workers
cannot both take the last free place.
"""

import random
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from backend.cases import limits
from backend.cases.kill import kill_point
from backend.cases.models import Effect

LEASE_SECONDS: int = settings.LEASE_SECONDS

# Materialized: the planner may ask a plain sub-select again for every row, and claim more than the limit.
_CLAIM = """
    WITH next AS MATERIALIZED (
        SELECT id FROM cases_effect
        WHERE state = 'ready' AND not_before <= clock_timestamp() AND kind = ANY(%(kinds)s)
              AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
        ORDER BY not_before, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    UPDATE cases_effect AS e SET state = 'claimed', token = %(token)s, attempts = attempts + 1,
           lease_until = clock_timestamp() + %(lease)s * interval '1 second'
    FROM next WHERE e.id = next.id
    RETURNING e.id
"""
_WAITS = """
    SELECT DISTINCT kind FROM cases_effect
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

_held: dict[int, UUID] = {}  # what this process claimed and has not finished


def claim(
    kinds: Iterable[str], *, limit: int, ids: Collection[int] | None, lease_seconds: float
) -> list[Effect]:
    """Take at most `limit` effects of the kinds that are ready and due; nobody else gets them meanwhile.

    Times are the database's. Kinds with limits and those without take turns by chance, so that neither
    waits for the other.
    """
    known = list(kinds)
    slow = limits.limited(known)
    values: dict[str, Any] = {
        "token": uuid4(),
        "lease": lease_seconds,
        "kinds": [kind for kind in known if kind not in slow],
        "ids": None if ids is None else list(ids),
    }
    lanes: list[str | None] = [None, *(_waiting({**values, "kinds": slow}) if slow else [])]
    random.shuffle(lanes)
    taken: list[int] = []
    for kind in lanes:
        free = limit - len(taken)
        if free > 0:
            taken += _take({**values, "limit": free}) if kind is None else _take_in_lane(kind, free, values)
    kill_point("P9")
    _held.update(dict.fromkeys(taken, values["token"]))
    return list(Effect.objects.filter(id__in=taken).select_related("case").order_by("not_before", "id"))


def _waiting(values: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, values)
        return [row[0] for row in cursor.fetchall()]


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
        cursor.execute(_GIVE_BACK, {"tokens": list(_held.values())})
        return [row[0] for row in cursor.fetchall()]
