"""`tsunagu web`: pages and API."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError

from backend.config import health
from backend.config.command import OfficeCommand
from backend.config.processes import no_listening

NEEDED = ("database", "migrations", "definitions", "erasures")


def port(text: str) -> int:
    """A port as typed. Raises ArgumentTypeError saying what is wanted."""
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not a port; want a number from 1 to 65535")


def count(text: str) -> int:
    """A number of processes or threads as typed. Raises ArgumentTypeError saying what is wanted."""
    if text.isdecimal() and 1 <= int(text) <= 256:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not how many; want a number from 1 to 256")


def require_port(host: str, port: int, otherwise: str = "--port ") -> None:
    """Raise CommandError when nothing can be served there; `otherwise` is how another port is chosen."""
    trouble = no_listening(host, port, f"another: {otherwise}{port % 65535 + 1}")
    if trouble:
        raise CommandError(trouble)


def require(names: tuple[str, ...]) -> None:
    """Raise CommandError naming everything missing, each with what to do."""
    problems = health.missing(names)
    if problems:
        raise CommandError("\n".join(f"{name}: {problem}" for name, problem in problems.items()))


class Command(OfficeCommand):
    help = "Serve the pages and the API. Behind a proxy in an office; alone on this machine otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=port, default=8000, help="port to listen on")
        parser.add_argument("--workers", type=count, default=1, help="processes")
        parser.add_argument(
            "--threads", type=count, default=2 * (os.cpu_count() or 1), help="threads of each process"
        )

    def handle(self, *_args: Any, host: str, port: int, workers: int, threads: int, **_options: Any) -> None:
        require_port(host, port)
        require(NEEDED)
        from django.db import connections  # noqa: PLC0415
        from granian import Granian  # noqa: PLC0415 - only this command needs it
        from granian.constants import Interfaces  # noqa: PLC0415

        connections.close_all()
        Granian(
            "backend.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            websockets=False,
            workers_kill_timeout=8,
        ).serve()
