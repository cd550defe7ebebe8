"""An office of real processes that dies and is started again, as an init system would do."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from backend.config import embedded
from backend.config.processes import free_port, tsunagu
from tests.jobs.brokers import Broker

DATABASE = "tsunagu_chaos"
QUEUE = f"chaos-{os.getpid()}"
_KEEP = """
import pathlib, sys
from backend.config import embedded
embedded.start(pathlib.Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""
_LOAD = """
import django
django.setup()
from backend.demo import city, loading
from backend.people.models import Member
loading.load(city.build())
Member.objects.exclude(user=None).update(email="somebody@uminari.example")  # the demo city reads no mail
"""


class Store:
    """The embedded PostgreSQL of this office, kept by a process of its own as `tsunagu up` keeps it."""

    name = "embedded PostgreSQL, filesystem queue"
    broker = ""

    def __init__(self, var: Path) -> None:
        self._var = var
        self._start()
        folder = var / "postgres"
        self.application = embedded.address(folder, embedded.APPLICATION)
        self.owner = embedded.address(folder, embedded.OWNER)

    def _start(self) -> None:
        self._keeper = subprocess.Popen(
            [sys.executable, "-c", _KEEP, str(self._var)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._keeper.stdout is not None
        if not self._keeper.stdout.readline():
            raise RuntimeError(f"the embedded PostgreSQL does not start; see {self._var}")

    def kill(self) -> None:
        """The server and its keeper, with everything they hold in memory; a new one recovers."""
        pid = int((self._var / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        self._keeper.kill()
        self._keeper.wait()
        self._start()

    def close(self) -> None:
        self._keeper.communicate(timeout=60)


class ServerStore:
    """A PostgreSQL server and RabbitMQ that stand already; `superuser` may make and drop a database there."""

    name = "PostgreSQL server, RabbitMQ"

    def __init__(self, superuser: str, broker: str) -> None:
        self.broker, self._superuser = broker, superuser
        host = psycopg.conninfo.conninfo_to_dict(superuser)
        where = f"{host.get('host', '127.0.0.1')}:{host.get('port', 5432)}"
        words = {role: secrets.token_hex(8) for role in (embedded.OWNER, embedded.APPLICATION)}
        with psycopg.connect(superuser, autocommit=True) as connection:
            for role, word in words.items():
                exists = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                verb = "CREATE" if exists is None else "ALTER"
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        sql.SQL(verb), sql.Identifier(role), sql.Literal(word)
                    )
                )
            self._drop(connection)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(embedded.OWNER)
                )
            )
        self.owner, self.application = (
            f"postgresql://{role}:{word}@{where}/{DATABASE}" for role, word in words.items()
        )

    def kill(self) -> None:
        """One session dies hard; the server then ends all of them and recovers, as after any crash."""
        with self._reached() as connection:
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s LIMIT 1", [DATABASE]
            ).fetchone()
            if row is None:
                return  # nobody is in it: there is nothing to interrupt, and 0 would be our own process group
            with suppress(psycopg.OperationalError):
                try:
                    os.kill(row[0], signal.SIGKILL)
                except (PermissionError, ProcessLookupError):  # the server is not on this machine
                    connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                        [DATABASE],
                    )
        self._reached().close()

    def _reached(self) -> "psycopg.Connection[Any]":
        """A session of the superuser, as soon as the server has recovered from the death before."""
        for _ in range(100):
            with suppress(psycopg.OperationalError):
                return psycopg.connect(self._superuser, autocommit=True)
            time.sleep(0.2)
        return psycopg.connect(self._superuser, autocommit=True)

    def close(self) -> None:
        Broker("RabbitMQ", self.broker).remove(QUEUE)
        with psycopg.connect(self._superuser, autocommit=True) as connection:
            self._drop(connection)

    @staticmethod
    def _drop(connection: "psycopg.Connection[Any]") -> None:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
        )


class House:
    """The processes of the office: kept running until `close`, however often they are killed."""

    def __init__(self, var: Path, store: Store | ServerStore) -> None:
        self.var, self.store = var, store
        self.port = free_port("127.0.0.1", 8701)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "TSUNAGU_SEAL_KEY"},
            "DJANGO_SETTINGS_MODULE": "backend.config.settings",
            "TSUNAGU_VAR": str(var),
            "TSUNAGU_SWEEP_SECONDS": "2",
            "TSUNAGU_LEASE_SECONDS": "20",
            "DATABASE_URL": store.application,
            "DATABASE_OWNER_URL": store.owner,
            "CELERY_BROKER_URL": store.broker,
            "TSUNAGU_QUEUE": QUEUE,
            "PYTHONUNBUFFERED": "1",
        }
        self.deaths: Counter[str] = Counter()
        self._commands: dict[str, Sequence[str]] = {
            "web": tsunagu("web", "--port", str(self.port), "--threads", "8"),
            "worker 1": tsunagu("worker"),
            "worker 2": tsunagu("worker"),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock, self._over = threading.Lock(), threading.Event()

    def prepare(self) -> str:
        """Make the tables, load the demo city, and return a caseworker's API token."""
        self.do(tsunagu("prepare"))
        self.do([sys.executable, "-c", _LOAD])
        return self.do(tsunagu("token", "caseworker")).strip()

    def do(self, command: Sequence[str]) -> str:
        """Run a command of the office to its end; what it printed. Raises CalledProcessError."""
        return subprocess.run(
            command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        ).stdout

    def open(self) -> None:
        """Start everything and whoever starts again what dies; return when the pages answer."""
        for name in self._commands:
            self._start(name)
        threading.Thread(target=self._keep, daemon=True).start()
        self.wait_ready()

    def wait_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/readyz", timeout=5):
                return
            time.sleep(0.3)
        raise TimeoutError(f"the pages do not answer; see {self.log('web')}")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log(self, name: str) -> Path:
        return self.var / f"{name.replace(' ', '-')}.log"

    def once(self, name: str, command: Sequence[str]) -> int:
        """Run something that ends by itself as one of the processes that may be killed; its status."""
        process = self._spawn(name, command)
        with self._lock:
            self._running[name] = process
        status = process.wait()
        with self._lock:
            self._running.pop(name, None)
        return status

    def kill(self, name: str) -> None:
        """Kill a process and what it started, without warning."""
        self._signal(name, signal.SIGKILL)

    def freeze(self, name: str, seconds: float) -> None:
        """Stop a process as a paused machine is stopped; it wakes and believes no time has passed."""
        self._signal(name, signal.SIGSTOP)
        time.sleep(seconds)
        self._signal(name, signal.SIGCONT)

    def alive(self) -> list[str]:
        with self._lock:
            return sorted(self._running)

    def close(self) -> None:
        self._over.set()
        for name in self.alive():
            self._signal(name, signal.SIGTERM)
        time.sleep(1)
        for name in self.alive():
            self._signal(name, signal.SIGKILL)

    def _signal(self, name: str, number: signal.Signals) -> None:
        with self._lock:
            process = self._running.get(name)
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)

    def _keep(self) -> None:
        while not self._over.wait(0.3):
            with self._lock:
                dead = [name for name in self._commands if self._running[name].poll() is not None]
            for name in dead:
                self.deaths[name] += 1
                self._start(name)

    def _start(self, name: str) -> None:
        process = self._spawn(name, self._commands[name])
        with self._lock:
            self._running[name] = process

    def _spawn(self, name: str, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        with self._logging(name) as log:
            return subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def _logging(self, name: str) -> IO[bytes]:
        return self.log(name).open("ab")

    def keep_logs(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.var.glob("*.log"):
            shutil.copy(path, folder)

    def logs(self) -> Iterator[str]:
        for path in sorted(self.var.glob("*.log")):
            yield from path.read_text(encoding="utf-8", errors="replace").splitlines()
