"""`tsunagu up`: the whole office on this machine: web, worker, Prefect and the calendar, with one log."""

import threading
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.management import call_command

from backend.config.command import OfficeCommand
from backend.config.environment import Environment
from backend.config.management.commands import calendar, web
from backend.config.processes import Keeper, Part, tsunagu


class Command(OfficeCommand):
    help = "Run web, worker and calendar together until Ctrl-C. The database is prepared first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address the pages are served on")
        parser.add_argument("--port", type=web.port, default=8000, help="port the pages are served on")
        parser.add_argument("--no-calendar", action="store_true", help="leave out Prefect and the calendar")

    def handle(self, *_args: Any, host: str, port: int, no_calendar: bool, **_options: Any) -> None:
        web.require_port(host, port)
        self._prepare()
        web.require((*web.NEEDED, "queue", "fonts"))
        parts = [
            Part("web", tsunagu("web", "--host", host, "--port", str(port))),
            Part("worker", tsunagu("worker")),
            *([] if no_calendar else calendar.parts()),
        ]
        names = ", ".join(part.name for part in parts)
        keeper = Keeper(parts)

        def announce() -> None:
            keeper.say(f"starting {names}; Ctrl-C ends all of them")
            name = "localhost" if host == "127.0.0.1" else host  # passkeys hold for a name, not for a number
            told = (f"http://{name}:{port}", keeper.say)
            threading.Thread(target=_say_when_ready, args=told, name="ready", daemon=True).start()

        raise SystemExit(keeper.run(announce))

    def _prepare(self) -> None:
        """As the owner of the database where we may be: on the embedded default, or when told its address."""
        if Environment.of_this_process().text("DATABASE_OWNER_URL"):
            call_command("prepare", verbosity=0, stdout=self.stdout)


def _say_when_ready(address: str, say: Callable[[str], None]) -> None:
    """Name the address once it can be opened; nobody should open it earlier and find nothing."""
    # A wildcard is where to listen, not where to knock.
    knock = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//:::", "//[::1]:") + "/healthz"
    while True:
        with suppress(OSError), urllib.request.urlopen(knock, timeout=5):  # noqa: S310 - our own address
            say(f"ready: {address}")
            return
        time.sleep(0.3)
