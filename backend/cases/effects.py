"""What a step causes after commit, each once: claimed by row, run under a token, finished in one
transaction.

The rows are the truth and the queue is a hint: whoever calls `claim` gets only what is ready, due and of a
kind this process knows. Finishing succeeds only for the holder of the token: a worker that slept past its
lease finds zero rows and rolls back what it did.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.utils import Error as DatabaseError
from django.utils import timezone

from backend.cases import claiming, limits
from backend.cases.claiming import LEASE_SECONDS
from backend.cases.failing import Code
from backend.cases.kill import kill_point
from backend.cases.models import Effect

UNKNOWN_SECONDS = 60  # a newer worker has taken what it knows by then

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
    """An effect could not be done. All of it is kept in the row: no personal data in it.

    The message is for the log; `code` and `facts` make the words for people (`failing`).
    """

    def __init__(self, message: str, code: Code | None = None, **facts: str) -> None:
        super().__init__(message)
        self.failure: dict[str, str] = {"code": code, **facts} if code else {}


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
give_back = claiming.give_back


def handler(kind: str, *, mode: Mode = "database") -> Callable[[Handler], Handler]:
    """Register the function that does effects of a kind. Raises ValueError for a kind already taken."""

    def register(function: Handler) -> Handler:
        known = HANDLERS.get(kind)
        if known is not None and known.run is not function:
            raise ValueError(f"Effects of the kind {kind!r} are done by {known.run.__module__} already.")
        HANDLERS[kind] = Registered(function, mode)
        return function

    return register


_MARK = """
    UPDATE cases_effect SET state = %(state)s, last_error = %(error)s,
           failure = %(failure)s::jsonb, token = NULL, lease_until = NULL,
           done_at = CASE WHEN %(state)s = 'done' THEN clock_timestamp() END,
           not_before = clock_timestamp() + %(wait)s * (0.5 + random()) * interval '1 second'
    WHERE id = %(id)s AND token = %(token)s AND state = %(held)s
"""
_RESCUE = """
    UPDATE cases_effect AS e
    SET state = CASE WHEN e.state = 'sending' THEN 'unclear'
                     WHEN e.attempts >= (%(most)s::jsonb ->> e.kind)::int THEN 'dead' ELSE 'ready' END,
        last_error = CASE WHEN e.state = 'sending' THEN 'interrupted while sending' ELSE 'worker lost' END,
        failure = jsonb_build_object('code', CASE WHEN e.state = 'sending' THEN %(interrupted)s
                                                  ELSE %(lost)s END),
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

    A kind this process does not know (written by a newer version) is left as it is.
    """
    return claiming.claim(HANDLERS, limit=limit, ids=ids, lease_seconds=lease_seconds)


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
    finally:
        claiming.let_go(effect)
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
    kill_point("sending")
    function(effect)
    kill_point("P14")
    _mark(effect, Effect.State.DONE)


_RUN: dict[Mode, Callable[[Effect, Handler], None]] = {
    "database": _in_one_transaction,
    "commits": _in_its_own,
    "sends": _sending,
}


def _mark(effect: Effect, state: Effect.State, *, failed: Exception | None = None, wait: float = 0) -> None:
    """Record the outcome, for the holder of the token only. Raises `LeaseLost`."""
    values: dict[str, Any] = {
        "id": effect.id,
        "token": effect.token,
        "held": effect.state,
        "state": state,
        "error": reason(failed)[:400] if failed else "",
        "failure": json.dumps(failure(failed) if failed else {}),
        "wait": wait,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        if cursor.rowcount != 1:
            raise LeaseLost


def _fail(effect: Effect, error: Exception, mode: Mode) -> Outcome:
    outcome, state = Outcome.LATER, Effect.State.READY
    known = limits.of(effect.kind)
    if isinstance(error, Hopeless):
        outcome, state = Outcome.DEAD, Effect.State.DEAD
    elif mode == "sends" and effect.state == Effect.State.SENDING and not isinstance(error, NotSent):
        outcome, state = Outcome.UNCLEAR, Effect.State.UNCLEAR
    elif effect.attempts >= known.attempts:
        outcome, state = Outcome.DEAD, Effect.State.DEAD
    try:
        _mark(
            effect, state, failed=error, wait=known.wait(effect.attempts) if outcome is Outcome.LATER else 0
        )
    except LeaseLost:
        return Outcome.LOST
    said = {"outcome": outcome.value, "error": reason(error)}
    log.warning("effect.failed", effect=effect.id, kind=effect.kind, **said)
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


def failure(error: Exception) -> dict[str, str]:
    """What of an error becomes words for people; nothing of an error nobody foresaw."""
    if isinstance(error, EffectError):
        return error.failure
    return {"code": Code.DATABASE} if isinstance(error, DatabaseError) else {}


def rescue() -> dict[int, str]:
    """Free what a lost worker held: its claims become ready again (or dead), its sendings unclear.

    Changes a row only while its token and lease are still the ones that were read. Returns the new states
    by id.
    """
    most = json.dumps({kind: limits.of(kind).attempts for kind in HANDLERS})
    codes = {"interrupted": str(Code.INTERRUPTED), "lost": str(Code.WORKER_LOST)}
    values: dict[str, Any] = {"most": most, "kinds": list(HANDLERS), **codes}
    with connection.cursor() as cursor:
        cursor.execute(_RESCUE, values)
        freed = dict(cursor.fetchall())
    for effect, state in freed.items():
        log.warning("effect.rescued", effect=effect, state=state)
    return freed


def unknown() -> QuerySet[Effect]:
    """The effects that wait and that no worker of this version can do: somebody has to look at them."""
    since = timezone.now() - timedelta(seconds=UNKNOWN_SECONDS)
    return Effect.objects.filter(state=Effect.State.READY, not_before__lt=since).exclude(kind__in=HANDLERS)


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
