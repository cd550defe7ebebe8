"""Runs that somebody asked for on the page: a worker does them within its next rounds.

A thread of its own, so that a long run holds up no effect. Several workers may begin the same: the run's
lease lets one of them do it.
"""

import threading

import structlog
from django.db import close_old_connections, connection

from backend.runs.models import Run
from backend.runs.registry import RUNS

log = structlog.get_logger(__name__)


class _Begun:
    """The thread of this process that does what was asked for."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def begin(self) -> threading.Thread | None:
        if self._thread and self._thread.is_alive():
            return self._thread
        if not Run.objects.filter(asked_at__isnull=False).exists():
            return None
        self._thread = threading.Thread(target=_on_its_own, name="asked runs", daemon=True)
        self._thread.start()
        return self._thread


_begun = _Begun()
begin = _begun.begin


def _on_its_own() -> None:
    """As a thread, with a connection of its own."""
    close_old_connections()
    try:
        do_all()
    finally:
        connection.close()


def do_all() -> None:
    """Do every run that was asked for, the oldest wish first; one that fails keeps none of the others."""
    for run in Run.objects.filter(asked_at__isnull=False).order_by("asked_at"):
        try:
            if run.kind in RUNS:
                RUNS[run.kind].do(run.business_date)
        except Exception as error:  # it is told in the run's row
            log.error("run.failed", run=run.kind, error=type(error).__name__)
        Run.objects.filter(id=run.id, asked_at=run.asked_at).update(asked_at=None)
