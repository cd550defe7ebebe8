"""Celery's queue on one machine without a broker: files under `var/queue`, readable by this user only.

kombu's filesystem transport, except that a message appears under its name only once it is whole (a consumer
would fail on half of one).
"""

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem

SCHEME = "tsunagu-spool"


class Channel(filesystem.Channel):
    """Writes aside and renames."""

    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{time.monotonic_ns() // 1_000_000:015d}_{uuid.uuid4()}"
        aside = folder / f".{name}.part"
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(payload, file)
            aside.rename(folder / f"{name}.{queue}.msg")
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise ChannelError(f"Cannot write to the queue in {folder}; is the disk full?") from error


class Transport(filesystem.Transport):
    """The transport under its own scheme."""

    Channel = Channel


def use(folder: Path) -> dict[str, Any]:
    """Make the private folders and give Celery's settings for them."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
    paths = {name: folder / name for name in ("messages", "processed", "control", "temp")}
    for path in (folder, *paths.values()):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    return {
        "broker_url": f"{SCHEME}://localhost/",
        "broker_transport_options": {
            "data_folder_in": str(paths["messages"]),
            "data_folder_out": str(paths["messages"]),
            "processed_folder": str(paths["processed"]),
            "control_folder": str(paths["control"]),
            "store_processed": False,
            "polling_interval": 0.2,
        },
    }


def temp_folder(folder: Path) -> Path:
    """Where a worker keeps a message while reading it: kombu moves it to the process's temp directory."""
    return folder / "temp"
