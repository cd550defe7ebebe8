"""A database of one's own for a while: made by the owner, used with the rights of the application."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import conninfo, sql

from backend.config import embedded
from backend.config.prepare import prepare_database

_KEPT = ("django_migrations", "django_content_type", "auth_permission", "definitions_published")


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
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _use(name)
        prepare_database(verbosity=0)
        yield name
    finally:
        _use(before)
        # On a server whose owner may not end the application's sessions, one that lingers keeps it.
        lingering = suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse)
        with psycopg.connect(owner_address(before), autocommit=True) as connection, lingering:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _use(name: str) -> None:
    connections.close_all()
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name


def empty_database() -> None:
    """Empty every table but published definitions, as the owner, with the triggers off meanwhile."""
    with psycopg.connect(owner_address()) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [sql.Identifier(row[0]) for row in rows if row[0] not in _KEPT]
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(tables)))
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
