"""`tsunagu worker`: does the effects of steps.

By the queue within a second, by its sweep within half a minute.
"""

import os
import tempfile
from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from backend.config.command import OfficeCommand
from backend.config.management.commands.web import NEEDED, require


class Command(OfficeCommand):
    help = "Do the effects of steps (notices, mails, letters). Several may run; each effect is done once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what is due now without the queue, then end"
        )

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        from backend.cases import claiming  # noqa: PLC0415 - Celery and models load with them
        from backend.jobs.alive import alive, watch  # noqa: PLC0415
        from backend.jobs.sweep import Sweep  # noqa: PLC0415

        require(NEEDED)  # what policies do not allow, no effect does
        claiming.keep_alive()
        sweep = Sweep(settings.SWEEP_SECONDS, alive)
        if once:
            sweep.once()
            sweep.finish()
            return
        from backend.config.celery import work  # noqa: PLC0415
        from backend.jobs import spool  # noqa: PLC0415

        if not settings.BROKER_URL:
            tempfile.tempdir = str(spool.temp_folder(settings.VAR / "queue"))
        sweep.start()
        watch(alive, at_work=claiming.living)
        self._say(f"sweeping every {settings.SWEEP_SECONDS} s. Ctrl-C ends it.")
        try:
            code = work(on_ready=lambda: self._say("listening to the queue."), on_shutdown=alive.end)
        finally:
            sweep.stop()
        if code:
            raise SystemExit(code)

    def _say(self, words: str) -> None:
        """To whoever reads along, at once."""
        self.stdout.write(f"Worker {os.getpid()}: {words}")
        self.stdout.flush()
