"""A database of one's own for a while: made by the owner, used with the rights of the application.

Migrating takes several seconds, so it is done once for each state of the migrations, in a database
that is only ever copied.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import conninfo, sql

from backend.config import disposing, embedded, privileges
from backend.config.prepare import make_tables, put_to_use

_KEPT = ("django_migrations", "django_content_type", "auth_permission", "definitions_published")
_MIGRATED = "tsunagu_migrated_"
_ONE_AT_A_TIME = 7403  # the advisory lock of whoever makes or copies the migrated database


def owner_address(name: str = "") -> str:
    """The libpq address of a database (this one by default) for its owner."""
    owner: dict[str, Any] = settings.DATABASES["owner"]
    return conninfo.make_conninfo(
        host=owner["HOST"],
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        port=owner["PORT"] or None,
        dbname=name or owner["NAME"],
    )


def reach_server() -> None:
    """Start the embedded server where none is configured, and let the settings of this process know it."""
    if os.environ.get("DATABASE_URL"):
        return
    embedded.ensure(settings.VAR)
    folder = os.environ["DATABASE_URL"].partition("host=")[2]
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["HOST"] = connections[alias].settings_dict["HOST"] = folder


@contextmanager
def scratch_database(name: str) -> Iterator[str]:
    """Make, prepare and use the database `name`; drop it at the end."""
    reach_server()
    before = str(settings.DATABASES["owner"]["NAME"])
    with psycopg.connect(owner_address(before), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])  # until the connection closes
        migrated = _migrated(connection, before)
        drop(connection, name)
        _copy(connection, migrated, name)
    try:
        _use(name)
        put_to_use()
        yield name
    finally:
        _use(before)
        # On a server whose owner may not end the application's sessions, one that lingers keeps it.
        lingering = suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse)
        with psycopg.connect(owner_address(before), autocommit=True) as connection, lingering:
            drop(connection, name)


def _migrated(connection: "psycopg.Connection[Any]", before: str) -> str:
    """The name of the database that holds the tables and nothing else; made by whoever comes first."""
    name = _MIGRATED + _state_of_the_migrations()
    rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_MIGRATED])
    there = {row[0] for row in rows}
    if name in there:
        return name
    for old in there:  # of other migrations, or of a process that died over them
        drop(connection, old)
    half = f"{name}_half"
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
    try:
        _use(half)
        make_tables(verbosity=0)
    finally:
        _use(before)
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(name))
    )
    return name


def _state_of_the_migrations() -> str:
    """Changes with every line of every migration, of the rights, and of the role they are granted to."""
    said = [django.__version__, settings.DATABASES["default"]["USER"]]
    said += [Path(str(rights.__file__)).read_text() for rights in (privileges, disposing)]
    for app in apps.get_app_configs():
        with suppress(ModuleNotFoundError):
            folder = import_module(f"{app.name}.migrations").__path__[0]
            said += [path.read_text() for path in sorted(Path(folder).glob("*.py"))]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


def _copy(connection: "psycopg.Connection[Any]", source: str, name: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
    )


def drop(connection: "psycopg.Connection[Any]", name: str) -> None:
    """Drop a database if it is there, and end whoever is in it first.

    Not `WITH (FORCE)`: that stops at a worker of autovacuum, which belongs to nobody and leaves by itself.
    """
    end_sessions(connection, name)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def end_sessions(connection: "psycopg.Connection[Any]", name: str) -> None:
    """End every session somebody has in a database, and wait until it has ended."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = %s AND usename IS NOT NULL AND pid <> pg_backend_pid()",
        [name],
    )


def _use(name: str) -> None:
    connections.close_all()
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name


def empty_database() -> None:
    """Empty what holds anything but published definitions, as the owner, with the triggers off meanwhile.

    Deleting a few rows costs a tenth of truncating every table; the keys between tables are looked at once,
    at the end.
    """
    with psycopg.connect(owner_address()) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        names = [row[0] for row in rows if row[0] not in _KEPT]
        looks = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for name in names
        ]
        filled = [row[0] for row in connection.execute(sql.SQL(" UNION ALL ").join(looks))]
        tables = [sql.Identifier(name) for name in filled]
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
        for table in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(table))
        connection.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # what waits to be looked at holds up the triggers
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
        connection.execute(
            "SELECT setval(pg_get_serial_sequence(quote_ident(table_name), column_name), 1, false)"
            " FROM information_schema.columns WHERE is_identity = 'YES' AND table_name = ANY(%s)",
            [filled],
        )
