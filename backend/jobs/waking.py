"""Telling a worker that effects wait. It may fail: the sweep of the workers finds them all the same."""

import threading
import time
from typing import Any

import structlog
from django.utils.module_loading import import_string

from backend.cases.kill import kill_point

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


def wake_workers(effects: list[int], **_signal: Any) -> None:
    """Publish the ids after commit.

    No retry, at most 200 ms for a broker that does not answer, never an error.
    """
    kill_point("P6")
    if not breaker.open():
        return
    try:
        _task().apply_async(args=[effects], retry=False, ignore_result=True)
    except Exception as error:  # the step is committed and must be answered as done, whatever the broker does
        breaker.rest()
        log.warning("effects.not_woken", effects=effects, error=type(error).__name__)
