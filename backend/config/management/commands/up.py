"""`tsunagu up`: the whole office on this machine: web, worker, Prefect and the calendar, with one log."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from backend.config.environment import Environment
from backend.config.management.commands import calendar, web
from backend.config.processes import Keeper, Part, port_in_use, tsunagu


class Command(BaseCommand):
    help = "Run web, worker and calendar together until Ctrl-C. The database is prepared first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address the pages are served on")
        parser.add_argument("--port", type=web.port, default=8000, help="port the pages are served on")
        parser.add_argument("--no-calendar", action="store_true", help="leave out Prefect and the calendar")

    def handle(self, *_args: Any, host: str, port: int, no_calendar: bool, **_options: Any) -> None:
        if port_in_use(host, port):
            raise CommandError(f"Port {port} of {host} is in use; end what listens there or use --port.")
        self._prepare()
        web.require((*web.NEEDED, "queue", "fonts"))
        parts = [
            Part("web", tsunagu("web", "--host", host, "--port", str(port))),
            Part("worker", tsunagu("worker")),
            *([] if no_calendar else calendar.parts()),
        ]
        names = ", ".join(part.name for part in parts)

        def say() -> None:
            self.stdout.write(f"Tsunagu: http://{host}:{port}  ({names}; Ctrl-C ends all of them)")
            self.stdout.flush()

        raise SystemExit(Keeper(parts).run(say))

    def _prepare(self) -> None:
        """As the owner of the database where we may be: on the embedded default, or when told its address."""
        if Environment.of_this_process().text("DATABASE_OWNER_URL"):
            call_command("prepare", verbosity=0, stdout=self.stdout)
