"""Proof of whose record a case is: each step that says so commits to it.

A case put to another record behind the program's back, or to one no step ever named, is told. Records that
were merged are one.
"""

import json
from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from backend.cases import verifying
from backend.cases.chain import SUBJECT
from backend.people.models import Person

Merged = Mapping[UUID, UUID | None]  # a record, and the one it was merged into
_CASES = f"""
    SELECT c.id, c.number, c.person_id, said.content
    FROM cases_case c LEFT JOIN LATERAL (
        SELECT content FROM cases_blob b WHERE b.case_id = c.id AND b.kind = '{SUBJECT}'
        ORDER BY seq DESC LIMIT 1
    ) said ON true
    WHERE c.person_id IS NOT NULL OR said.content IS NOT NULL
    ORDER BY c.id
"""  # noqa: S608 - a constant of the program


@verifying.also
def subjects() -> verifying.Proof:
    """Every case that is somebody's."""
    merged = dict(Person.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
    count, broken = 0, list[str]()
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CASES)
        for case, number, person, content in iter(cursor.fetchone, None):
            count += 1
            wrong = _wrong(person, content, merged)
            broken += [f"{verifying.named(number, case)}: {wrong}"] if wrong else []
    return verifying.Proof("subjects", count, tuple(broken))


def _wrong(person: UUID | None, content: bytes | None, merged: Merged) -> str:
    """What does not agree about one case, or ""."""
    if content is None:
        return "no step says whose record it is"
    said = json.loads(bytes(content))["person"]
    same = _kept(UUID(said) if said else None, merged) == _kept(person, merged)
    return "" if same else "it is not the record its steps name"


def _kept(person: UUID | None, merged: Merged) -> UUID | None:
    while person is not None and merged.get(person):
        person = merged[person]
    return person
