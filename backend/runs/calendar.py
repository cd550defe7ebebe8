"""The calendar of the automated runs: read from workflows/prefect.yaml, kept by a Prefect server.

Prefect only has the clock. It may lose everything it knows: the file rebuilds it, and the runs themselves are
rows of our database.
"""

import asyncio
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from backend.config.environment import ROOT
from backend.config.processes import free_port, private_folder
from backend.definitions.source import roots
from backend.definitions.yaml_text import read_yaml

FILE = Path("workflows/prefect.yaml")
_START_SECONDS = 180  # a first start makes the server its tables; on a busy machine that takes long
_HOST, _PORT = "127.0.0.1", 4200


class CalendarError(RuntimeError):
    """The calendar cannot be kept; the message says why and what to do."""


@dataclass(frozen=True)
class LocalServer:
    """A Prefect server on SQLite under `var/prefect`, for this machine only."""

    command: Sequence[str]
    environment: Mapping[str, str]


def environment(api: str) -> dict[str, str]:
    """What every process that speaks to Prefect needs: where it is, and nothing told to the outside."""
    return {
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(private_folder(settings.VAR / "prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_LOGGING_COLORS": "false",
    }


def local_server() -> LocalServer:
    """How to start the local server: on port 4200, or a free one when it is taken."""
    port = free_port(_HOST, _PORT)
    known = environment(f"http://{_HOST}:{port}/api")
    command = [
        sys.executable, "-m", "prefect", "server", "start", "--host", _HOST, "--port", str(port), "--no-ui",
    ]  # fmt: skip
    return LocalServer(command, known)


def file() -> Path:
    """Where the calendar is written: an overlay's file instead of the shipped one. Raises `CalendarError`."""
    files = [root / FILE for root in roots() if (root / FILE).is_file()]
    if not files:
        raise CalendarError(f"{FILE} is missing; restore it from the shipped definitions.")
    return files[-1]


def read() -> list[dict[str, Any]]:
    """The deployments of the calendar. Raises `CalendarError`."""
    found = read_yaml(file()).value
    deployments = found.get("deployments") if isinstance(found, dict) else None
    if not isinstance(deployments, list) or not deployments:
        raise CalendarError(f"{file()}: there is no deployment in it; list at least the reminders.")
    return deployments


def serve() -> None:
    """Keep the calendar until told to stop: waits for the server, then starts each flow at its time.

    Raises `CalendarError` when the server does not answer or the file cannot be used.
    """
    deployments = read()
    for name, value in environment(settings.PREFECT_API_URL).items():
        os.environ.setdefault(name, value)
    _wait_for(settings.PREFECT_API_URL)
    os.chdir(ROOT)  # entrypoints in the file are relative to it
    from prefect.runner import Runner  # noqa: PLC0415 - slow to load, and it reads the environment then

    class Keeper(Runner):
        def handle_sigterm(self, *_signal: Any, **_options: Any) -> None:
            """End at once: a run cut short is gone on with by the next one, from its own rows."""
            sys.exit(0)

    keeper = Keeper(name="tsunagu", pause_on_shutdown=False, limit=2)
    for entry in deployments:
        keeper.add_deployment(_deployment(entry))
    names = ", ".join(entry["name"] for entry in deployments)
    print(f"Calendar of {names}, kept by {settings.PREFECT_API_URL}. Ctrl-C ends it.", flush=True)
    asyncio.run(keeper.start())


def _deployment(entry: Mapping[str, Any]) -> Any:
    from prefect.flows import load_flow_from_entrypoint  # noqa: PLC0415
    from prefect.schedules import Cron  # noqa: PLC0415

    try:
        flow: Any = load_flow_from_entrypoint(entry["entrypoint"])
        schedules = [
            Cron(
                found["cron"],
                timezone=found["timezone"],
                slug=found["slug"],
                active=found.get("active", True),
            )
            for found in entry["schedules"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError, ImportError) as error:
        name = entry.get("name", "?")
        raise CalendarError(
            f"{FILE}: the deployment {name} cannot be used: {error!r}; correct it."
        ) from error
    return flow.to_deployment(
        entry["name"],
        schedules=schedules,
        parameters=dict(entry.get("parameters") or {}),
        description=str(entry.get("description", "")),
        tags=list(entry.get("tags") or []),
        version=str(entry.get("version", "1")),
    )


def _wait_for(api: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{api.rstrip('/')}/health", timeout=2):  # noqa: S310 - our own setting
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise CalendarError(f"The Prefect server at {api} does not answer; start it or correct PREFECT_API_URL.")
