"""`tsunagu`: Django's management commands, with the embedded database started when none is configured."""

import gc
import os
import signal
import sys
from importlib import metadata
from typing import NoReturn

from backend.config.environment import Environment, SettingError

# These read files only; they must work on a machine that cannot start a database.
WITHOUT_DATABASE = {
    "check",
    "draw",
    "decide",
    "paper",
    "stationery",
    "policy",  # `replay` reaches for the database itself
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
    name, *given = sys.argv[1:] or ["help"]
    arguments = ["tsunagu", name if name.startswith("-") else name.replace("-", "_"), *given]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        _run(arguments)
    except SettingError as error:
        sys.exit(f"tsunagu: {error}")
    except KeyboardInterrupt:
        print("\ntsunagu: interrupted; type the same again to go on.", file=sys.stderr)
        sys.exit(128 + signal.SIGINT)


def _run(arguments: list[str]) -> None:
    from django.core.management import ManagementUtility  # noqa: PLC0415 - settings first
    from django.db import OperationalError, ProgrammingError  # noqa: PLC0415

    if arguments[1] in ("version", "--version"):
        print(metadata.version("tsunagu"))
        return
    if arguments[1:] in (["help"], ["--help"], ["-h"]):
        print(_help())
        return
    try:
        if arguments[1] not in WITHOUT_DATABASE and "--help" not in arguments:
            _start_database()
        _load()
        ManagementUtility(arguments).execute()
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in arguments:
            raise
        sys.exit(f"tsunagu: {_of_database(error)}")


def _load() -> None:
    """Load the office. To look for garbage in what stays to the end would take a third of the time."""
    import django  # noqa: PLC0415 - settings first

    gc.disable()
    django.setup()
    gc.freeze()
    gc.enable()


def _help() -> str:
    """Our own commands, each with the first sentence of its help; Django's are left to `help --commands`."""
    from django.core.management import get_commands, load_command_class  # noqa: PLC0415 - settings first

    _load()
    ours = sorted(name for name, package in get_commands().items() if package.startswith("backend."))
    lines = [
        f"  {name.replace('_', '-'):<13} {load_command_class(get_commands()[name], name).help}"
        for name in ours
    ]
    told = "`tsunagu COMMAND --help` tells more about one; `tsunagu help --commands` names Django's as well."
    return "\n".join(["Commands:", *lines, "", told])


def _of_database(error: Exception) -> str:
    """What to do when the database refused: start it, or prepare it."""
    from backend.config import health  # noqa: PLC0415 - settings first

    first, *_rest = str(error).splitlines() or [type(error).__name__]
    todo = health.database() or health.migrations()
    return f"{todo or 'The database refused; type the same with --traceback to see where.'} ({first})"


def _leave(number: int, _frame: object) -> NoReturn:
    """End as at the end of the program, so that the embedded database is left as well."""
    sys.exit(128 + number)


def _start_database() -> None:
    from backend.config.embedded import EmbeddedDatabaseError, ensure  # noqa: PLC0415

    try:
        ensure(Environment.of_this_process().var)
    except EmbeddedDatabaseError as error:
        sys.exit(f"tsunagu: {error}")
