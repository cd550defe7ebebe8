"""`tsunagu calendar`: the automated runs, each at its time (workflows/prefect.yaml)."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from backend.config.command import OfficeCommand
from backend.config.processes import Keeper, Part, tsunagu
from backend.runs import calendar


def parts() -> list[Part]:
    """The local Prefect server with the calendar.

    Or the calendar alone where PREFECT_API_URL names a server.
    """
    keep_on = tsunagu("calendar", "--serve-only")
    if settings.PREFECT_API_URL:
        return [Part("calendar", keep_on, calendar.environment(settings.PREFECT_API_URL))]
    local = calendar.local_server()
    return [
        Part("prefect", local.command, local.environment),
        Part("calendar", keep_on, local.environment),
    ]


class Command(OfficeCommand):
    help = "Run the calendar of automated runs, with a local Prefect server unless PREFECT_API_URL names one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--serve-only", action="store_true", help="the calendar alone; the server runs elsewhere"
        )

    def handle(self, *_args: Any, serve_only: bool, **_options: Any) -> None:
        if not serve_only:
            raise SystemExit(Keeper(parts()).run())
        try:
            calendar.serve()
        except calendar.CalendarError as error:
            raise CommandError(str(error)) from error
