"""The real bound on delivery: inside every worker, what is due is found and done every few seconds.

It covers whatever the queue lost: a wake-up never sent, a message a killed worker held, a broker that is
down; and letters that stopped between number and bytes, or that wait for an address.
"""

import threading
import time
from collections.abc import Callable

import structlog
from django.db import close_old_connections, connection
from django.db.models import Count

from backend.cases import effects
from backend.jobs.alive import Alive
from backend.letters import leftover

PART = "sweep"
SIGN_SECONDS = 10.0
ALARM_SECONDS = 600  # between two alarms about the same kinds nobody here knows
log = structlog.get_logger(__name__)

# What packages above this one begin with each round; each returns the thread it began, if it began one.
ALSO: list[Callable[[], threading.Thread | None]] = []


def also(begin: Callable[[], threading.Thread | None]) -> None:
    """Have every round of every worker begin something that must not hold up effects."""
    if begin not in ALSO:
        ALSO.append(begin)


class Sweep(threading.Thread):
    """Rescues and runs what is due, every `seconds`, until `stop()`."""

    def __init__(self, seconds: float, alive: Alive) -> None:
        super().__init__(name="sweep", daemon=True)
        self._seconds = seconds
        self._alive = alive
        self._alarm: tuple[dict[str, int], float] = ({}, 0.0)
        self._begun: list[threading.Thread] = []

    def run(self) -> None:
        while self._go_on():
            self.once()
            self._rest()
        self._alive.rest(PART)
        connection.close()

    def _rest(self) -> None:
        """Wait for the next round; the signs go on, so that a sweep that died is told from one that waits."""
        until = time.monotonic() + self._seconds
        while self._go_on() and (left := until - time.monotonic()) > 0:
            self._alive.wait(min(left, SIGN_SECONDS))

    def once(self) -> None:
        """One round. An error is logged and the next round tries again.

        A sweep that dies would lose things.
        """
        close_old_connections()
        try:
            effects.rescue()
            done = effects.run_due(go_on=self._go_on)
            if done:
                log.info("sweep.done", **{outcome.value: count for outcome, count in done.items()})
            finished = leftover.finish_all(go_on=self._go_on)
            if finished:
                log.info("sweep.letters", **finished)
            self._tell_unknown()
            self._begun = [thread for begin in ALSO if (thread := begin())]
        except Exception as error:  # the database may be away for a while
            log.error("sweep.failed", error=effects.reason(error))
            connection.close()

    def finish(self) -> None:
        """Wait for what the last round began."""
        for thread in self._begun:
            thread.join()

    def _go_on(self) -> bool:
        return self._alive.going_on(PART)

    def _tell_unknown(self) -> None:
        """Raise an alarm about effects of kinds this version does not know; they are left untouched."""
        found = dict(effects.unknown().values_list("kind").annotate(Count("id")).order_by("kind"))
        kinds, until = self._alarm
        if found and (found.keys() != kinds.keys() or time.monotonic() > until):
            self._alarm = (found, time.monotonic() + ALARM_SECONDS)
            log.error("effects.unknown_kind", kinds=found, remedy="start workers of the newest version")

    def stop(self, patience: float = 5.0) -> None:
        """Finish the effect at hand and end; give back what is not finished in time."""
        self._alive.end()
        self.join(patience)
        given_back = effects.give_back()
        if given_back:
            log.warning("effects.given_back", effects=given_back)
