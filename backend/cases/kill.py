"""Named points at which a test may kill, fail or hang the process (docs: failure model). Off unless asked
for.
"""

import os
import signal
import time

_WANTED = os.environ.get("TSUNAGU_KILL_POINT", "")


def kill_point(name: str) -> None:
    """End the process here (exit 137) when `TSUNAGU_KILL_POINT` is `name`.

    Hang for `name:hang`; stop until told to go on for `name:stop`.
    """
    if not _WANTED or _WANTED.partition(":")[0] != name:
        return
    if _WANTED.endswith(":hang"):
        time.sleep(3600)
    if _WANTED.endswith(":stop"):
        os.kill(os.getpid(), signal.SIGSTOP)
        return
    os._exit(137)
