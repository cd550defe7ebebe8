"""The embedded PostgreSQL: tuned at its first start, ended with the last process that uses it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CODE = """
import os, sys, time
from pathlib import Path
from backend.config import cli, embedded
embedded.start(Path(sys.argv[1]))
print("started", flush=True)
{rest}
"""


@pytest.fixture
def var() -> Iterator[Path]:
    """Where the server's own user may go too: as root, the server runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="tsunagu-embedded-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def user_of(var: Path, rest: str) -> subprocess.Popen[str]:
    """A process that has started or joined the server, and does the rest."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    process = subprocess.Popen(
        [sys.executable, "-c", CODE.format(rest=rest), str(var)],
        env={**environment, "XDG_RUNTIME_DIR": str(var / "run")}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    return process


def test_the_server_ends_although_another_user_was_killed(var: Path) -> None:
    with user_of(var, "time.sleep(60)") as killed:
        killed.kill()

    with user_of(var, "pass") as last:
        assert last.wait(30) == 0

    assert not (var / "postgres" / "postmaster.pid").exists()


def test_a_command_told_to_end_ends_the_server_as_well(var: Path) -> None:
    with user_of(var, "sys.argv[1:] = ['help']; cli.main(); os.kill(os.getpid(), 15)") as told:
        assert told.wait(30) == 128 + signal.SIGTERM

    assert not (var / "postgres" / "postmaster.pid").exists()


def test_what_the_server_is_given_is_written_down_once_and_may_be_changed(var: Path) -> None:
    change = """
import psycopg
with psycopg.connect(
    embedded.address(Path(sys.argv[1]) / "postgres", "postgres", "postgres"), autocommit=True
) as connection:
    connection.execute("ALTER SYSTEM SET shared_buffers = '64MB'")
"""
    for rest in (change, "pass"):
        with user_of(var, rest) as process:
            assert process.wait(60) == 0

    kept = (var / "postgres" / "postgresql.auto.conf").read_text()
    assert "shared_buffers = '64MB'" in kept
    assert "max_wal_size = '2GB'" in kept
