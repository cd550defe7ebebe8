"""Several processes as one: started together, one readable log, ended together.

Each part is a process group of its own, so that ending it ends what it started too. None is started again in
silence: when one ends by itself, the log says which and the others are ended.
"""

import contextlib
import ctypes
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

PATIENCE = 10.0  # seconds between asking a part to end and killing it
_COLOURS = (36, 32, 35, 33, 34)
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Part:
    """One process: its name in the log, its command, and what its environment has besides ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def tsunagu(*arguments: str) -> list[str]:
    """The command line of this installation's `tsunagu`."""
    return [sys.executable, "-c", "from backend.config.cli import main; main()", *arguments]


class Keeper:
    """Runs parts until one ends or a signal comes (Ctrl-C, SIGTERM, SIGHUP), then ends every one of them."""

    def __init__(self, parts: Sequence[Part], *, out: TextIO | None = None, patience: float = PATIENCE):
        self._parts = parts
        self._out = out or sys.stdout
        self._patience = patience
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._width = max(len(name) for name in ("tsunagu", *(part.name for part in parts)))
        self._lock = threading.Lock()
        self._running: list[tuple[Part, subprocess.Popen[str]]] = []

    def run(self, on_started: Callable[[], None] = lambda: None) -> int:
        """Start every part, keep them, end them. Returns 0 after a signal, 1 after a part ended by itself."""
        before = {number: signal.signal(number, self._asked) for number in _SIGNALS}
        try:
            for part in self._parts:
                self._start(part)
            readers = [self._follow(part, process) for part, process in self._running]
            on_started()
            ended = self._watch()
            self._end()
            self._kill()
            for reader in readers:
                reader.join(2)
        finally:
            self._kill()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 1 if ended else 0

    def _asked(self, _number: int, _frame: object) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def _start(self, part: Part) -> None:
        process = subprocess.Popen(
            list(part.command),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **part.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs yet: the readers start later
        )
        self._running.append((part, process))

    def _follow(self, part: Part, process: subprocess.Popen[str]) -> threading.Thread:
        def copy() -> None:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            with process.stdout as lines:
                for line in lines:
                    if line.strip():
                        self._write(part, line.rstrip())

        thread = threading.Thread(target=copy, name=f"log of {part.name}", daemon=True)
        thread.start()
        return thread

    def say(self, line: str) -> None:
        """Write a line of our own into the log."""
        self._write(None, line)

    def _write(self, part: Part | None, line: str) -> None:
        name = f"{part.name if part else 'tsunagu':<{self._width}}"
        if self._out.isatty():
            colour = _COLOURS[list(self._parts).index(part) % len(_COLOURS)] if part else 1
            name = f"\x1b[{colour}m{name}\x1b[0m"
        with self._lock, contextlib.suppress(OSError):  # a closed terminal must not keep us from ending
            self._out.write(f"{name} | {line}\n")
            self._out.flush()

    def _watch(self) -> Part | None:
        while not self._stop.wait(0.2):
            for part, process in self._running:
                status = process.poll()
                if status is not None:
                    self.say(f"{part.name} ended by itself ({_words(status)}); ending the others")
                    return part
        self.say("ending; once more Ctrl-C ends at once")
        return None

    def _end(self) -> None:
        for _part, process in reversed(self._running):
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline and not self._hurry.is_set():
            if all(process.poll() is not None for _part, process in self._running):
                return
            time.sleep(0.05)

    def _kill(self) -> None:
        """End what is left of every group: a part may have ended and left a child behind."""
        for part, process in self._running:
            if process.poll() is None:
                self.say(f"{part.name} did not end in {self._patience:g} s; killed")
            _signal(process, signal.SIGKILL)
            process.wait()
        self._running.clear()  # their numbers may belong to others from here on


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _words(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _end_with_parent() -> None:
    """Linux ends the part when we are killed outright; elsewhere it would be left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def no_listening(host: str, port: int, another: str = "another port") -> str:
    """Why nobody can listen there and what to do (choose `another`); empty when one can."""
    import socket  # noqa: PLC0415

    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return f"Port {port} is not ours to use; choose one above 1023."
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} of {host} is in use, perhaps by an office started earlier; "
                f"end what listens there (`ss -ltnp` names it) or choose {another}"
            )
        return f"{host} is no address of this machine; 127.0.0.1 is for this machine alone, 0.0.0.0 for all."
    return ""


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or some free one when it is taken."""
    import socket  # noqa: PLC0415

    if not no_listening(host, wanted):
        return wanted
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])


def private_folder(path: Path) -> Path:
    """Make a folder only this user may read."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
