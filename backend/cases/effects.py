"""What a step causes after commit, each once: claimed by row, run under a token, finished in one
transaction.

The rows are the truth and the queue is a hint: whoever calls `claim` gets only what is ready, due and of a
kind this process knows. A claim commits with its attempt counted before anything runs, so an effect that
kills its worker cannot kill for ever. `finish` succeeds only for the holder of the token: a worker that
slept past its lease finds zero rows and rolls back what it did.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import uuid4

import structlog
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError

from backend.cases.kill import kill_point
from backend.cases.models import Effect

LEASE_SECONDS = 120
MOST_ATTEMPTS = 8
_FIRST_WAIT, _LONGEST_WAIT = 10, 3600  # seconds between attempts: doubled each time, with jitter

Mode = Literal["database", "commits", "sends"]
Handler = Callable[[Effect], None]
log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of an effect that was run."""

    DONE = "done"
    LATER = "later"
    DEAD = "dead"
    UNCLEAR = "unclear"
    LOST = "lost"


class EffectError(Exception):
    """An effect could not be done. The message is kept in the row: no personal data in it."""


class Hopeless(EffectError):  # noqa: N818 - reads as what it says
    """Trying again cannot help; somebody has to look at it."""


class NotSent(EffectError):  # noqa: N818 - reads as what it says
    """A sending failed before anything left: it is tried again."""


class LeaseLost(Exception):  # noqa: N818 - reads as what it says
    """Somebody else holds the effect now; what was done here is rolled back."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler and how it is run.

    `database`: inside the finishing transaction, exactly once. `commits`: in transactions of its own, each
    of which it must be able to repeat (see `hold`). `sends`: what leaves the office; `sending` is committed
    first, and an interrupted one becomes unclear instead of being repeated blindly.
    """

    run: Handler
    mode: Mode


HANDLERS: dict[str, Registered] = {}


def handler(kind: str, *, mode: Mode = "database") -> Callable[[Handler], Handler]:
    """Register the function that does effects of a kind. Raises ValueError for a kind already taken."""

    def register(function: Handler) -> Handler:
        known = HANDLERS.get(kind)
        if known is not None and known.run is not function:
            raise ValueError(f"Effects of the kind {kind!r} are done by {known.run.__module__} already.")
        HANDLERS[kind] = Registered(function, mode)
        return function

    return register


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
_MARK = """
    UPDATE cases_effect SET state = %(state)s, last_error = %(error)s, token = NULL, lease_until = NULL,
           done_at = CASE WHEN %(state)s = 'done' THEN clock_timestamp() END,
           not_before = clock_timestamp() + %(wait)s * (0.5 + random()) * interval '1 second'
    WHERE id = %(id)s AND token = %(token)s AND state = %(held)s
"""
_RESCUE = """
    UPDATE cases_effect AS e
    SET state = CASE WHEN e.state = 'sending' THEN 'unclear'
                     WHEN e.attempts >= %(most)s THEN 'dead' ELSE 'ready' END,
        last_error = CASE WHEN e.state = 'sending' THEN 'interrupted while sending' ELSE 'worker lost' END,
        token = NULL, lease_until = NULL, not_before = clock_timestamp()
    FROM (SELECT id, token, lease_until FROM cases_effect
          WHERE state IN ('claimed', 'sending') AND lease_until < clock_timestamp() AND kind = ANY(%(kinds)s)
          ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED) AS seen
    WHERE e.id = seen.id AND e.token = seen.token AND e.lease_until = seen.lease_until
    RETURNING e.id, e.state
"""


def claim(
    *, limit: int = 1, ids: Collection[int] | None = None, lease_seconds: float = LEASE_SECONDS
) -> list[Effect]:
    """Take effects that are ready, due and of a known kind; nobody else gets them while the lease lasts.

    The attempt is counted here, before anything runs. Times are the database's. A kind this process does
    not know (written by a newer version) is left as it is.
    """
    values: dict[str, Any] = {
        "token": uuid4(),
        "lease": lease_seconds,
        "kinds": list(HANDLERS),
        "ids": None if ids is None else list(ids),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        taken = [row[0] for row in cursor.fetchall()]
    kill_point("P9")
    return list(Effect.objects.filter(id__in=taken).select_related("case").order_by("not_before", "id"))


def hold(effect: Effect) -> None:
    """Lock the row of a claimed effect for the rest of the transaction. Raises `LeaseLost`."""
    mine = Effect.objects.filter(id=effect.id, token=effect.token, state=Effect.State.CLAIMED)
    if not mine.select_for_update().exists():
        raise LeaseLost


def run(effect: Effect) -> Outcome:
    """Do a claimed effect and record what became of it. Failures end in the row, not in an exception."""
    registered = HANDLERS[effect.kind]
    try:
        _RUN[registered.mode](effect, registered.run)
    except LeaseLost:
        log.warning("effect.lease_lost", effect=effect.id, kind=effect.kind)
        return Outcome.LOST
    except Exception as error:  # every failure is recorded and tried again; the worker goes on
        return _fail(effect, error, registered.mode)
    return Outcome.DONE


def _in_one_transaction(effect: Effect, function: Handler) -> None:
    with transaction.atomic():
        hold(effect)
        function(effect)
        kill_point("P11")
        _mark(effect, Effect.State.DONE)


def _in_its_own(effect: Effect, function: Handler) -> None:
    function(effect)
    kill_point("P11")
    _mark(effect, Effect.State.DONE)


def _sending(effect: Effect, function: Handler) -> None:
    mine = Effect.objects.filter(id=effect.id, token=effect.token, state=Effect.State.CLAIMED)
    if not mine.update(state=Effect.State.SENDING):
        raise LeaseLost
    effect.state = Effect.State.SENDING
    kill_point("P13")
    function(effect)
    kill_point("P14")
    _mark(effect, Effect.State.DONE)


_RUN: dict[Mode, Callable[[Effect, Handler], None]] = {
    "database": _in_one_transaction,
    "commits": _in_its_own,
    "sends": _sending,
}


def _mark(effect: Effect, state: Effect.State, *, error: str = "", wait: float = 0) -> None:
    """Record the outcome, for the holder of the token only. Raises `LeaseLost`."""
    values: dict[str, Any] = {
        "id": effect.id,
        "token": effect.token,
        "held": effect.state,
        "state": state,
        "error": error[:400],
        "wait": wait,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        if cursor.rowcount != 1:
            raise LeaseLost


def _fail(effect: Effect, error: Exception, mode: Mode) -> Outcome:
    outcome, state = Outcome.LATER, Effect.State.READY
    if isinstance(error, Hopeless) or effect.attempts >= MOST_ATTEMPTS:
        outcome, state = Outcome.DEAD, Effect.State.DEAD
    elif mode == "sends" and effect.state == Effect.State.SENDING and not isinstance(error, NotSent):
        outcome, state = Outcome.UNCLEAR, Effect.State.UNCLEAR
    wait = min(_FIRST_WAIT * 2 ** (effect.attempts - 1), _LONGEST_WAIT)
    why = reason(error)
    try:
        _mark(effect, state, error=why, wait=wait if outcome is Outcome.LATER else 0)
    except LeaseLost:
        return Outcome.LOST
    log.warning("effect.failed", effect=effect.id, kind=effect.kind, outcome=outcome.value, error=why)
    return outcome


def reason(error: Exception) -> str:
    """What may be kept of an error.

    Our own words, else its kind alone, since its text may hold personal data.
    """
    if isinstance(error, EffectError):
        return str(error) or type(error).__name__
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    state = getattr(error.__cause__, "sqlstate", None) if isinstance(error, DatabaseError) else None
    return f"{kind} ({state})" if state else kind


def rescue() -> dict[int, str]:
    """Free what a lost worker held: its claims become ready again (or dead), its sendings unclear.

    Changes a row only while its token and lease are still the ones that were read. Returns the new states
    by id.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RESCUE, {"most": MOST_ATTEMPTS, "kinds": list(HANDLERS)})
        freed = dict(cursor.fetchall())
    for effect, state in freed.items():
        log.warning("effect.rescued", effect=effect, state=state)
    return freed


def run_due(
    *, most: int = 1000, ids: Collection[int] | None = None, go_on: Callable[[], bool] = lambda: True
) -> dict[Outcome, int]:
    """Run what is due (among `ids`, if given), one claim at a time, while `go_on()`; count the outcomes.

    One at a time, so that the lease of an effect never runs out while it waits behind another one.
    """
    counts: dict[Outcome, int] = {}
    for _turn in range(most):
        taken = claim(ids=ids) if go_on() else []
        if not taken:
            break
        outcome = run(taken[0])
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts
