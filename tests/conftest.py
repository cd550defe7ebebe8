"""A real PostgreSQL for every test that asks for one.

The database of each test process is made from one template, migrated by the owner and used by the
application's
role, so that what the application may not do fails here too. `db` (pytest-django) rolls back;
`committed_db` really
commits, for tests with several connections, and is emptied by the owner afterwards.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings
from psycopg import sql

hypothesis_settings.register_profile("suite", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """Make this process's own database; drop it at the end."""
    from backend.config import embedded
    from backend.config.prepare import prepare_database

    if not os.environ.get("DATABASE_URL"):
        embedded.ensure(Path(settings.VAR))
        settings.DATABASES["default"]["HOST"] = settings.DATABASES["owner"]["HOST"] = os.environ[
            "DATABASE_URL"
        ].partition("host=")[2]
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    owner = owner_address(settings.DATABASES["owner"]["NAME"])
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = name
    with django_db_blocker.unblock():
        prepare_database(verbosity=0)
        yield
        from django.db import connections

        connections.close_all()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def owner_address(name: str) -> str:
    """The libpq address of a database for its owner."""
    owner = settings.DATABASES["owner"]
    return psycopg.conninfo.make_conninfo(
        host=owner["HOST"],
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        port=owner["PORT"] or None,
        dbname=name,
    )


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """A database in which commits stay; everything but published definitions is emptied afterwards."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections["default"].close()
        empty_database()


def empty_database() -> None:
    """Empty every table as the owner, with the append-only triggers off for its tables."""
    kept = ("django_migrations", "django_content_type", "auth_permission", "definitions_published")
    with psycopg.connect(owner_address(settings.DATABASES["owner"]["NAME"])) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [row[0] for row in rows if row[0] not in kept]
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        connection.execute(
            sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
        )
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
