"""Proof that no version of a person's record was changed, lost or passed by.

Each chain is computed again from its stored bytes, each content held against its commitment, and the record
against its newest version: a name or address altered behind the program's back is named. Content that was
erased by law is empty and proves nothing but that it was there.
"""

import json
from collections.abc import Iterator
from itertools import groupby

from backend.cases import verifying
from backend.people import versions
from backend.people.models import Person
from backend.people.recorded import PersonChange


@verifying.also
def persons() -> verifying.Proof:
    """Every version of every person's record."""
    rows = PersonChange.objects.order_by("person_id", "seq").iterator(chunk_size=1000)
    count, broken = 0, list[str]()
    for _person, group in groupby(rows, lambda row: row.person_id):
        changes = list(group)
        count += len(changes)
        found = next(_broken(changes), "")
        broken += [found] if found else []
    return verifying.Proof("versions of persons", count, tuple(broken))


def _broken(changes: list[PersonChange]) -> Iterator[str]:
    person = Person.objects.get(pk=changes[0].person_id)
    before = versions.genesis(person)
    for expected, row in enumerate(changes, start=1):
        here = f"person {row.person_id} version {row.seq}"
        body, data, salt = bytes(row.body), bytes(row.content), bytes(row.salt)
        if row.seq != expected:
            yield f"{here}: version {expected} is gone"
        if bytes(row.prev) != before or bytes(row.hash) != versions.change_hash(before, body):
            yield f"{here}: it does not follow from the one before"
        told = json.loads(body)
        columns = (str(row.person_id), row.seq, row.kind, str(row.by_id), row.at.isoformat())
        if columns != tuple(told[name] for name in ("person", "seq", "kind", "by", "at")):
            yield f"{here}: a column is not what its body says"
        if versions.commitment(salt, row.reason.encode()) != told["reason"]:
            yield f"{here}: the reason is not the one that was given"
        if data and versions.commitment(salt, data) != told["content"]:
            yield f"{here}: the content is not the one that was kept"
        before = bytes(row.hash)
    newest = bytes(changes[-1].content)
    # A field added to records since says nothing of how it was.
    if newest:
        after = json.loads(newest)["after"]
        now = versions.record_of(person)
        wrong = sorted(name for name in after if name in now and after[name] != now[name])
        if wrong:
            yield f"person {person.pk}: {', '.join(wrong)} changed beside the versions"
