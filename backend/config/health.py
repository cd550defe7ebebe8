"""Whether this process lives (`/healthz`) and whether the office can work (`/readyz`).

Naming what is missing.

The same checks run before `tsunagu up`, `web` and `worker` start. Messages hold no address, password or
person: anybody may read them.
"""

import os
from collections.abc import Callable, Iterable
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from backend.definitions.findings import DefinitionError


def database() -> str:
    """PostgreSQL answers, in a version that knows what is asked of it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
    except DatabaseError:
        connections.close_all()
        return "PostgreSQL does not answer; check DATABASE_URL and that the server runs."
    return "" if version >= 150000 else "PostgreSQL is older than 15; upgrade the server."


@lru_cache(maxsize=1)
def _migrated() -> bool:
    """Remembered once true: the tables of this version do not go away while it runs."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LookupError
    return True


def migrations() -> str:
    """The tables are those of this version."""
    try:
        _migrated()
    except (LookupError, DatabaseError):
        return "The database is not prepared for this version; run `tsunagu prepare`."
    return ""


def definitions() -> str:
    """Workflows, forms, letters and policies can be used, and the workflows are published."""
    from backend.cases import pinned  # noqa: PLC0415 - needs the applications
    from backend.catalogue import loading  # noqa: PLC0415
    from backend.definitions.store import NotPublished  # noqa: PLC0415

    try:
        for name in loading.use().workflows:
            pinned.newest("workflow", name)
    except DefinitionError:
        return "The definitions have errors; run `tsunagu check`."
    except NotPublished:
        return "The definitions are not published; run `tsunagu prepare`."
    except DatabaseError:
        return "Whether the definitions are published cannot be seen without the database."
    return ""


def erasures() -> str:
    """Nothing that was destroyed came back with a backup."""
    from backend.disposal import erasures as ledger  # noqa: PLC0415 - needs the applications

    try:
        back = ledger.come_back()
    except DatabaseError:
        return "Whether destroyed records came back cannot be seen without the database."
    except OSError:
        return "The erasure ledger cannot be read; correct its owner, or TSUNAGU_ERASURES."
    return "The database holds what was destroyed; run `tsunagu restore-check`." if back else ""


def queue() -> str:
    """A message could be put on the queue."""
    if not settings.BROKER_URL:
        folder = settings.VAR / "queue" / "messages"
        usable = os.access(folder, os.W_OK | os.X_OK) or not folder.exists()
        return "" if usable else f"The folder {folder} cannot be written to; correct its owner."
    from backend.config.celery import app  # noqa: PLC0415 - slow to load

    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0, timeout=1)
    except Exception:  # every transport has errors of its own
        return "The broker does not answer; check CELERY_BROKER_URL. Effects are done by the workers' sweep."
    return ""


def fonts() -> str:
    """Letters can be set: their fonts are there."""
    from backend.letters.fonts import INSTALL  # noqa: PLC0415
    from backend.letters.fonts import fonts as look  # noqa: PLC0415

    missing = look().missing
    return f"Fonts for letters are missing: {', '.join(missing)}; type `{INSTALL}`." if missing else ""


CHECKS: dict[str, Callable[[], str]] = {
    check.__name__: check for check in (database, migrations, definitions, erasures, queue, fonts)
}


def missing(names: Iterable[str] = tuple(CHECKS)) -> dict[str, str]:
    """What is missing, by check: what is wrong and what to do. Empty when the office can work."""
    found = {name: CHECKS[name]() for name in names}
    return {name: problem for name, problem in found.items() if problem}


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """The office can work (200), or what it lacks (503)."""
    problems = missing()
    checks = {name: problems.get(name, "ok") for name in CHECKS}
    status = "not ready" if problems else "ready"
    return JsonResponse(
        {"status": status, "checks": checks, "missing": sorted(problems)},
        status=503 if problems else 200,
        headers={"Cache-Control": "no-store", **({"Retry-After": "5"} if problems else {})},
    )
