"""`tsunagu`: Django's management commands, with the embedded database started when none is configured."""

import os
import signal
import sys
from typing import NoReturn

from backend.config.environment import Environment, SettingError

# These read files only; they must work on a machine that cannot start a database.
WITHOUT_DATABASE = {
    "check",
    "draw",
    "decide",
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "makemigrations",
}


def main() -> None:
    """Entry point of the `tsunagu` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    from django.core.management import ManagementUtility  # noqa: PLC0415 - settings first

    arguments = ["tsunagu", *(sys.argv[1:] or ["help"])]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        if arguments[1] not in WITHOUT_DATABASE and "--help" not in arguments:
            _start_database()
        ManagementUtility(arguments).execute()
    except SettingError as error:
        sys.exit(f"tsunagu: {error}")
    except KeyboardInterrupt:
        print("\ntsunagu: interrupted; type the same again to go on.", file=sys.stderr)
        sys.exit(128 + signal.SIGINT)


def _leave(number: int, _frame: object) -> NoReturn:
    """End as at the end of the program, so that the embedded database is left as well."""
    sys.exit(128 + number)


def _start_database() -> None:
    from backend.config.embedded import EmbeddedDatabaseError, ensure  # noqa: PLC0415

    try:
        ensure(Environment.of_this_process().var)
    except EmbeddedDatabaseError as error:
        sys.exit(f"tsunagu: {error}")
