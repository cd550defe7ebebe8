"""The real bound on delivery: inside every worker, what is due is found and done every few seconds.

It covers whatever the queue lost: a wake-up never sent, a message a killed worker held, a broker that is
down; and letters that stopped between number and bytes, or that wait for an address.
"""

import os
import threading
import time
from collections.abc import Callable

import structlog
from django.db import close_old_connections, connection

from backend.cases import effects
from backend.letters import leftover

SILENT_SECONDS = 120  # a worker that neither consumed nor swept for so long ends itself
log = structlog.get_logger(__name__)

# What packages above this one begin with each round; each returns the thread it began, if it began one.
ALSO: list[Callable[[], threading.Thread | None]] = []


def also(begin: Callable[[], threading.Thread | None]) -> None:
    """Have every round of every worker begin something that must not hold up effects."""
    if begin not in ALSO:
        ALSO.append(begin)


class Sweep(threading.Thread):
    """Rescues and runs what is due, every `seconds`, until `stop()`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(name="sweep", daemon=True)
        self._seconds = seconds
        self._stopping = threading.Event()
        self.last_sign = time.monotonic()
        self._begun: list[threading.Thread] = []

    def run(self) -> None:
        while not self._stopping.is_set():
            self.once()
            self._stopping.wait(self._seconds)
        connection.close()

    def once(self) -> None:
        """One round. An error is logged and the next round tries again.

        A sweep that dies would lose things.
        """
        close_old_connections()
        try:
            effects.rescue()
            done = effects.run_due(go_on=self._alive)
            if done:
                log.info("sweep.done", **{outcome.value: count for outcome, count in done.items()})
            finished = leftover.finish_all(go_on=self._alive)
            if finished:
                log.info("sweep.letters", **finished)
            self._begun = [thread for begin in ALSO if (thread := begin())]
        except Exception as error:  # the database may be away for a while
            log.error("sweep.failed", error=effects.reason(error))
            connection.close()
        self.last_sign = time.monotonic()

    def finish(self) -> None:
        """Wait for what the last round began."""
        for thread in self._begun:
            thread.join()

    def _alive(self) -> bool:
        self.last_sign = time.monotonic()
        return not self._stopping.is_set()

    def end(self) -> None:
        """Begin no other effect."""
        self._stopping.set()

    def stop(self, patience: float = 5.0) -> None:
        """Finish the effect at hand and end."""
        self.end()
        self.join(patience)


def watch(sweep: Sweep, *, silent: float = SILENT_SECONDS) -> threading.Thread:
    """End this process (exit 75) when the sweep gives no sign for too long.

    So that its keeper starts it anew.
    """

    def look() -> None:
        while sweep.is_alive():
            if time.monotonic() - sweep.last_sign > silent:
                log.error("worker.silent", seconds=int(silent))
                os._exit(75)
            time.sleep(min(silent / 10, 5))

    thread = threading.Thread(target=look, name="watch", daemon=True)
    thread.start()
    return thread
