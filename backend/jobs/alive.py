"""Whether the parts of a worker go on: the sweep, and the queue's consumer while it is at work.

A part that hangs (in a driver, on a lock, on a network that swallows everything) would look alive for ever;
the process ends itself instead, and its keeper starts it anew.
"""

import os
import threading
import time
from collections.abc import Callable

import structlog

SILENT_SECONDS = 120  # but while an effect may still be at work, see `claiming.living`
log = structlog.get_logger(__name__)


class Alive:
    """When each part last gave a sign, and whether the process is to end."""

    def __init__(self) -> None:
        self._signs: dict[str, float] = {}
        self._ending = threading.Event()

    def going_on(self, part: str) -> bool:
        """A sign of the part, given before each effect; False once it should begin no other."""
        self._signs[part] = time.monotonic()
        return not self._ending.is_set()

    def rest(self, part: str) -> None:
        """The part has nothing to do now, and nobody need wait for a sign of it."""
        self._signs.pop(part, None)

    def wait(self, seconds: float) -> None:
        """Wait for the next round, or for the end."""
        self._ending.wait(seconds)

    def end(self) -> None:
        """Let every part finish the effect at hand and begin no other."""
        self._ending.set()

    @property
    def ending(self) -> bool:
        return self._ending.is_set()

    def silent(self, seconds: float) -> str | None:
        """A part that gave no sign for so long."""
        late = time.monotonic() - seconds
        return next((part for part, at in list(self._signs.items()) if at < late), None)


alive = Alive()  # of this process


def watch(
    alive: Alive, *, silent: float = SILENT_SECONDS, at_work: Callable[[], object] = list
) -> threading.Thread:
    """End this process (exit 75) when one of its parts gives no sign for too long and does nothing that may
    take so long.
    """

    def look() -> None:
        while True:
            part = alive.silent(silent)
            if part and not at_work():
                log.error("worker.silent", part=part, seconds=int(silent))
                os._exit(75)
            time.sleep(min(silent / 10, 5))

    thread = threading.Thread(target=look, name="watch", daemon=True)
    thread.start()
    return thread
