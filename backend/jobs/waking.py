"""Telling a worker that effects wait. It may fail: the sweep of the workers finds them all the same."""

import atexit
import os
import threading
import time
from queue import SimpleQueue
from typing import Any

import structlog
from django.utils.module_loading import import_string

from backend.cases.kill import kill_point

_MOST_AT_ONCE = 200  # ids in one message
_LAST_SECONDS = (
    3.0  # a command that ends waits at most this long for its last message (loading the queue takes one)
)
_GATHER = 0.05  # seconds in which more effects join a message: each message costs as much as half a step
_REST = 10.0  # seconds without a try after a broker did not answer: the office must not slow down
log = structlog.get_logger(__name__)


class _Breaker:
    """Whether the broker is worth a try now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed_until = 0.0

    def open(self) -> bool:
        with self._lock:
            return time.monotonic() >= self._closed_until

    def rest(self) -> None:
        with self._lock:
            self._closed_until = time.monotonic() + _REST


breaker = _Breaker()


def _task() -> Any:
    """The task, bound to the application: both load slowly, and most commands publish nothing."""
    import_string("backend.config.celery.app")
    from backend.jobs.tasks import run_effects  # noqa: PLC0415

    return run_effects


class _Publisher:
    """A thread of this process that publishes what steps left behind, so that no step waits for the queue."""

    def __init__(self) -> None:
        self._ids: SimpleQueue[list[int]] = SimpleQueue()
        self._lock = threading.Lock()
        self._busy = threading.Lock()
        self._ending = threading.Event()
        self._process = 0

    def put(self, effects: list[int]) -> None:
        self._ids.put(effects)
        if self._process != os.getpid():  # a thread does not survive a fork
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                atexit.register(self._flush)
                threading.Thread(target=self._run, name="waking", daemon=True).start()

    def _run(self) -> None:
        while True:
            ids = list(self._ids.get())
            with self._busy:
                self._ending.wait(_GATHER)
                while not self._ids.empty() and len(ids) < _MOST_AT_ONCE:
                    ids += self._ids.get()
                publish(ids)

    def _flush(self) -> None:
        """A process that ends in order (a command) publishes what it still has."""
        self._ending.set()
        until = time.monotonic() + _LAST_SECONDS
        while not self._ids.empty() and time.monotonic() < until:
            time.sleep(0.01)
        self._busy.acquire(timeout=max(0.0, until - time.monotonic()))


publisher = _Publisher()


def wake_workers(effects: list[int], **_signal: Any) -> None:
    """Have the ids published beside the step; what dies with the process is found by the sweep."""
    kill_point("P6")
    publisher.put(effects)


def publish(effects: list[int]) -> None:
    """Publish the ids now: no retry, at most 200 ms for a silent broker, never an error."""
    if not breaker.open():
        return
    try:
        _task().apply_async(args=[effects], retry=False, ignore_result=True)
    except Exception as error:  # the step is committed and must be answered as done, whatever the broker does
        breaker.rest()
        log.warning("effects.not_woken", effects=effects, error=type(error).__name__)
