"""A real PostgreSQL for every test that asks for one.

The database of each test process is migrated by the owner and used by the application's role, so that what
the application may not do fails here too. `db` (pytest-django) rolls back; `committed_db` really commits, for
tests with several connections, and is emptied by the owner afterwards.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("suite", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("suite")


def pytest_configure() -> None:
    gc.disable()  # until everything is there
    from django.conf import settings

    # The journal of a developer's own seals would say that a test's empty database is an older state.
    os.environ["TSUNAGU_SEAL_KEY"] = settings.SEAL_KEY = f"{mkdtemp(prefix='tsunagu-seal-')}/key.pem"
    settings.WHITENOISE_AUTOREFRESH = True  # else each client of each test looks through all static files
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the real one is slow on purpose


def pytest_collection_finish() -> None:
    """Thousands of tests and what they imported stay to the end; nobody looks there for garbage again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(autouse=True)
def _own_seals(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The seals of one test are not what the next one's empty database has lost."""
    settings.SEAL_KEY = str(tmp_path_factory.getbasetemp() / f"seal-{uuid4().hex}" / "key.pem")


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """The language a page was asked in is not the one the next test's commands speak."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """This process's own database, for as long as the tests run."""
    import psycopg
    from psycopg import sql

    from backend.config.scratch import owner_address, scratch_database

    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with django_db_blocker.unblock(), scratch_database(name):
        # Nobody cuts the power of this database; those that are killed are made by their own tests.
        with psycopg.connect(owner_address(), autocommit=True) as owner:
            owner.execute(
                sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name))
            )
        yield


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which commits stay; everything but published definitions is emptied afterwards."""
    from django.db import connections

    from backend.config.scratch import empty_database

    with django_db_blocker.unblock():
        yield
        connections["default"].close()
        empty_database()


@contextmanager
def shared(blocker: Any) -> Iterator[None]:
    """What is written here is there for each test of a class or a module; each takes back only its own."""
    from django.db import transaction

    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> None:
    """The areas, the organisations and the cast of the demo city; no residents."""
    request.getfixturevalue("committed_db" if "committed_db" in request.fixturenames else "db")
    load_cast()


def load_cast() -> None:
    """Write them into the database that is open."""
    from backend.demo import city, loading
    from backend.demo.cast import CAST, RUNS

    whole = _city()
    players = {player.id for player in (*CAST, *RUNS)}
    few = [row for row in whole.members if row["id"] in players]
    nobody = type(whole.residents)([], [], [], [])
    loading.load(city.City(whole.areas, whole.organisations, few, nobody))


@cache
def _city() -> Any:
    from backend.demo import city

    return city.build()
