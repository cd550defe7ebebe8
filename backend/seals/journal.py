"""Proof of the journal: what happened to rows that are no steps of a case, and that they still are as left.

The database itself keeps the journal, at the commit of whatever wrote (`tsunagu_journal` in the migrations,
put on the tables by `backend.config.privileges`): nothing the program writes can be forgotten, and the
application's role can write no entry of its own. Here every chain is computed again from its bytes, and each
row compared with the last entry about it. The chains are leaves of the nightly seal like those of cases.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from psycopg import sql

from backend.cases import verifying
from backend.config.privileges import JOURNALED, JOURNALED_ROWS

_JOURNALS = "SELECT id, name, seq, head FROM seals_journal"
_ENTRIES = """
    SELECT journal, seq, "table", "row", body, prev, hash FROM seals_entry ORDER BY journal, seq
"""
# Each row beside the last entry about it, with the columns that entry knew: a column added since is no edit.
_ROWS = """
    WITH last AS (
        SELECT DISTINCT ON ("row") "row", salt, convert_from(body, 'UTF8')::jsonb AS said
        FROM seals_entry WHERE "table" = {name} ORDER BY "row", at DESC, seq DESC)
    SELECT coalesce(last."row", t.{key}::text), last.said ->> 'what', last.said ->> 'mac', last.salt,
           CASE WHEN t.{key} IS NOT NULL THEN
               (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(t))
                WHERE last.said IS NULL OR last.said -> 'columns' ? key)::text END
    FROM last FULL JOIN (SELECT * FROM {table} stored WHERE {rows}) t ON t.{key}::text = last."row"
"""


@verifying.also
def journal() -> verifying.Proof:
    """Every entry of every journal, and every row they tell of."""
    journals = {row[0]: row[1:] for row in _read(_JOURNALS)}
    broken, count = list[str](), 0
    for own, rows in groupby(_read(_ENTRIES), key=lambda row: row[0]):
        entries = list(rows)
        count += len(entries)
        wrong = _chain_wrong(own, journals.pop(own, None), entries)
        broken += [wrong] if wrong else []
    broken += [f"journal {name}: its entries are gone" for name, seq, _head in journals.values() if seq]
    if not broken:  # what a broken journal says of its rows proves nothing
        broken += [wrong for table in JOURNALED for wrong in _rows_wrong(table)]
    return verifying.Proof("entries of the journal", count, tuple(broken))


def _chain_wrong(own: UUID, known: Any, entries: list[Any]) -> str:
    """The first entry that does not follow from the one before, or ""."""
    name = known[0] if known else str(own)
    prev = sha256(b"tsunagu/journal/1\0" + own.bytes).digest()
    for expected, (_own, seq, table, row, stored, before, head) in enumerate(entries, start=1):
        body = bytes(stored)
        follows = sha256(b"tsunagu/entry/1\0" + prev + len(body).to_bytes(8, "big") + body).digest()
        if seq != expected:
            return f"journal {name} entry {expected}: it is missing"
        if (bytes(before), bytes(head)) != (prev, follows):
            return f"journal {name} entry {expected}: it does not follow from the one before and its body"
        said = json.loads(body)
        if [said[part] for part in ("journal", "seq", "table", "row")] != [str(own), seq, table, row]:
            return f"journal {name} entry {expected}: its copies differ from its body"
        prev = bytes(head)
    if known is None or known[1] != len(entries) or bytes(known[2]) != prev:
        return f"journal {name} entry {len(entries) + 1}: the last entries are missing"
    return ""


def _rows_wrong(table: str) -> Iterator[str]:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    key = sql.Identifier(str(model._meta.pk.column))
    rows = sql.SQL(JOURNALED_ROWS.get(table, "true").format(row="stored"))
    named = {"name": sql.Literal(table), "table": sql.Identifier(table), "key": key, "rows": rows}
    statement = sql.SQL(_ROWS).format(**named)
    for row, what, mac, salt, content in _read(statement):
        gone = what is None or what == "delete"
        if gone and content is not None:
            yield f"{table} {row}: written behind the program's back, the journal does not know it"
        elif not gone and content is None:
            yield f"{table} {row}: deleted behind the program's back"
        elif not gone and sha256(bytes(salt) + content.encode()).hexdigest() != mac:
            yield f"{table} {row}: changed behind the program's back"


def _read(statement: Any) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        yield from iter(cursor.fetchone, None)
