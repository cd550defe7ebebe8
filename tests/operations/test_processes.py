"""The keeper of several processes, with parts that are one line of shell."""

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from backend.config.processes import Keeper, Part, free_port, no_listening


def sh(name: str, script: str, **environment: str) -> Part:
    return Part(name, ["sh", "-c", script], environment)


def kept(*parts: Part, patience: float = 5, ask: signal.Signals | None = None) -> tuple[int, str]:
    """Keep the parts, ask them to end once started; the status and the log."""
    out = io.StringIO()

    def started() -> None:
        if ask:
            threading.Timer(0.5, os.kill, (os.getpid(), ask)).start()

    status = Keeper(parts, out=out, patience=patience).run(started)
    return status, out.getvalue()


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(pid: int) -> bool:
    """Whether a process is gone within moments; by itself it would sleep a minute."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_every_line_names_its_part_and_empty_ones_are_left_out():
    status, log = kept(sh("web", "echo up; echo; echo 準備完了"), sh("worker", "sleep 9"))

    assert status == 1
    assert log.splitlines()[:2] == ["web     | up", "web     | 準備完了"]


def test_a_part_that_ends_by_itself_is_named_and_the_others_are_ended():
    status, log = kept(sh("web", "exec sleep 60"), sh("worker", "sleep 0.3; exit 3"))

    assert status == 1
    assert "tsunagu | worker ended by itself (status 3); ending the others" in log


def test_a_killed_part_is_named_with_its_signal():
    _status, log = kept(sh("web", "exec sleep 60"), sh("worker", "kill -9 $$"))

    assert "worker ended by itself (killed by SIGKILL)" in log


def test_a_signal_ends_every_part_in_order():
    status, log = kept(
        sh("web", "trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done"), ask=signal.SIGTERM
    )

    assert status == 0
    assert "web     | bye" in log


def test_a_part_that_does_not_end_is_killed():
    began = time.monotonic()

    status, log = kept(sh("web", "trap '' TERM; while :; do sleep 0.1; done"), ask=signal.SIGINT, patience=1)

    assert (status, time.monotonic() - began < 5) == (0, True)
    assert "web did not end in 1 s; killed" in log


def test_what_a_part_started_is_ended_with_it(tmp_path):
    kept(sh("web", f"sh -c 'trap \"\" TERM; sleep 60' & echo $! > {tmp_path}/pid; wait"), ask=signal.SIGTERM)

    assert ends(int((tmp_path / "pid").read_text()))


def test_the_parts_end_even_when_their_keeper_is_killed(tmp_path):
    script = (
        "from backend.config.processes import Keeper, Part\n"
        f"Keeper([Part('web', ['sh', '-c', 'echo $$ > {tmp_path}/pid; exec sleep 60'])]).run()\n"
    )
    keeper = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)

    keeper.kill()
    keeper.wait()

    assert ends(int((tmp_path / "pid").read_text()))


def test_a_port_in_use_is_seen_and_another_is_found():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]

        assert "is in use" in no_listening("127.0.0.1", taken)
        assert free_port("127.0.0.1", taken) != taken
    assert not no_listening("127.0.0.1", taken)


def test_an_address_of_another_machine_is_named_as_such():
    assert no_listening("192.0.2.1", 8000).startswith("192.0.2.1 is no address of this machine")
    assert no_listening("nowhere.invalid", 8000).startswith("nowhere.invalid is no address of this machine")
