"""The erasure ledger: ids of what was destroyed, in a file apart from the database and its backups.

A backup from before a disposal holds what was destroyed. The ledger is how a restored system knows: a line
before anything is destroyed names the ids, another after the commit says that it happened. Without the second
the first means nothing, so a disposal that was killed is not repeated on a backup. Ids only, and they lead
to nothing but a backup. Single contents erased in a case that goes on are named by their steps.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from backend.disposal.models import Certificate, DisposalList, Erasure


@dataclass(frozen=True)
class Erased:
    """One list that was carried out: who decided, its certificate, and the ids that must not come back.

    For contents of one case, `case` with `contents` as the step that erased them names them; no certificate.
    """

    list: str
    controller: str
    made_by: str
    made_account: str
    made_at: str
    approved_by: str
    approved_account: str
    approved_at: str
    cases: tuple[str, ...]
    persons: tuple[str, ...]
    number: int = 0
    at: str = ""
    case: str = ""
    contents: tuple[Mapping[str, Any], ...] = ()

    @property
    def held(self) -> str:
        """How much of what, for the terminal."""
        if self.case:
            return f"{len(self.contents)} contents of a case"
        return f"{len(self.cases)} cases, {len(self.persons)} persons"


def of_list(row: DisposalList, cases: list[UUID], persons: list[UUID]) -> Erased:
    """What a disposal list is about to destroy."""
    return Erased(
        **_approved(row),
        made_by=str(row.made_by_id),
        made_account=row.made_account,
        made_at=row.made_at.isoformat(),
        cases=tuple(map(str, cases)),
        persons=tuple(map(str, persons)),
    )


def of_contents(row: Erasure) -> Erased:
    """What is about to be erased in a case."""
    return Erased(
        **_approved(row),
        made_by=str(row.asked_by_id),
        made_account=row.asked_account,
        made_at=row.asked_at.isoformat(),
        cases=(),
        persons=(),
        case=str(row.case_id),
        contents=tuple(row.contents),
    )


def _approved(row: DisposalList | Erasure) -> dict[str, Any]:
    return {
        "list": str(row.pk),
        "controller": row.controller,
        "approved_by": str(row.approved_by_id),
        "approved_account": row.approved_account,
        "approved_at": row.approved_at.isoformat() if row.approved_at else "",
    }


def intend(what: Erased) -> None:
    """Write down what is about to be destroyed. Raises OSError; then nothing may be destroyed."""
    _add(asdict(what))


def settle() -> int:
    """Say of every intention that happened that it did; how many were not said yet."""
    intended, done = _read()
    unsaid = [UUID(own) for own in set(intended) - set(done)]
    rows = Certificate.objects.filter(pk__in=unsaid)
    for row in rows:
        _add({"list": str(row.pk), "number": row.number, "at": row.at.isoformat()})
    erased = Erasure.objects.filter(pk__in=unsaid, done_at__isnull=False)
    for own in erased:
        _add({"list": str(own.pk), "at": own.done_at.isoformat() if own.done_at else ""})
    return len(rows) + len(erased)


def erased() -> list[Erased]:
    """Everything that was destroyed, in the order it was."""
    intended, done = _read()
    told = [_told({**intended[own], **said}) for own, said in done.items() if own in intended]
    return sorted(told, key=lambda one: datetime.fromisoformat(one.at))


def _told(line: Mapping[str, Any]) -> Erased:
    many = {name: tuple(line[name]) for name in ("cases", "persons", "contents") if name in line}
    return Erased(**{**line, **many})


def come_back() -> list[Erased]:
    """Those of which something is in this database: a backup from before their destruction was restored."""
    told = erased()
    there = _there([own for one in told for own in (*one.cases, *one.persons)]) if told else set()
    again = _contents_there([one for one in told if one.case])
    return [one for one in told if one.list in again or there.intersection((*one.cases, *one.persons))]


def _contents_there(told: list[Erased]) -> set[str]:
    """Those of which some content is there; one query for all."""
    statement = """
        SELECT DISTINCT named.list
        FROM jsonb_to_recordset(%(named)s::jsonb)
            AS named(list text, "case" uuid, seq integer, ordinal integer)
        JOIN cases_blob b ON b.case_id = named."case" AND b.seq = named.seq AND b.ordinal = named.ordinal
    """
    named = [
        {"list": one.list, "case": one.case, "seq": part["seq"], "ordinal": part["ordinal"]}
        for one in told
        for part in one.contents
    ]
    if not named:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(statement, {"named": json.dumps(named)})
        return {row[0] for row in cursor.fetchall()}


def _there(ids: list[str]) -> set[str]:
    statement = """
        SELECT id::text FROM cases_case WHERE id = ANY(%(ids)s::uuid[])
        UNION ALL SELECT id::text FROM people_person WHERE id = ANY(%(ids)s::uuid[])
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": ids})
        return {row[0] for row in cursor.fetchall()}


def _file() -> Path:
    return Path(settings.ERASURES)


def _add(line: Mapping[str, Any]) -> None:
    """One line, flushed to the disk; after a line that was cut off it begins anew."""
    path = _file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = f"{json.dumps(line)}\n".encode()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        cut_off = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, b"\n" + data if cut_off else data)
        os.fsync(handle)
    finally:
        os.close(handle)


def _read() -> tuple[dict[str, Any], dict[str, Any]]:
    """Intentions and what happened, by list. A line that was cut off was never acted upon."""
    intended: dict[str, Any] = {}
    done: dict[str, Any] = {}
    lines = _file().read_bytes().splitlines() if _file().exists() else []
    for line in lines:
        try:
            said = json.loads(line)
            (intended if "cases" in said else done)[said["list"]] = said
        except (ValueError, KeyError, TypeError):
            continue
    return intended, done
