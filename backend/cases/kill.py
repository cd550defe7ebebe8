"""Named points at which a test may kill, fail or hang the process (docs: failure model). Off unless asked
for.
"""

import os
import time

_WANTED = os.environ.get("TSUNAGU_KILL_POINT", "")


def kill_point(name: str) -> None:
    """End the process here (exit 137) when `TSUNAGU_KILL_POINT` is `name`; hang for `name:hang`."""
    if not _WANTED or _WANTED.partition(":")[0] != name:
        return
    if _WANTED.endswith(":hang"):
        time.sleep(3600)
    os._exit(137)
