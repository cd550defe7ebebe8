"""The history of a person's record: written with every change, read as differences, proved by `verify`."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from hmac import new as hmac
from typing import Any

from django.conf import settings

from backend.definitions.canonical import canonical
from backend.people.models import Member, Person
from backend.people.recorded import PersonChange

Kind = PersonChange.Kind
Record = dict[str, Any]

# What a version keeps of a person, with the data category each belongs to (policies/categories.yaml).
CATEGORIES: Mapping[str, str] = {
    "name": "identity",
    "kana": "identity",
    "sex": "identity",
    "birth_date": "identity",
    "deceased_on": "identity",
    "zip": "contact",
    "address": "contact",
    "phone": "contact",
    "contact_hours": "contact",
    "large_type": "contact",
    "ruby": "contact",
    "area_id": "area",
    "household_id": "household",
    "relation": "household",
    "protected": "identity",
    "also": "identity",
    "merged_into_id": "identity",
}
SHIELDED = "protected_address"
_GENESIS, _CHANGE, _CONTENT = (
    b"tsunagu/person/1\0",
    b"tsunagu/person-change/1\0",
    b"tsunagu/person-content/1\0",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a change: what it was and what it became."""

    field: str
    before: Any
    after: Any

    @property
    def category(self) -> str:
        return CATEGORIES.get(self.field, SHIELDED)


@dataclass(frozen=True)
class Version:
    """One change as it is shown: who, when, why, and what differs."""

    change: PersonChange
    differences: tuple[Difference, ...]


def record_of(person: Person) -> Record:
    """Everything a version keeps of a person, as canonical JSON can hold it."""
    return {name: _plain(getattr(person, name)) for name in CATEGORIES}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | bool):
        return value
    return list(value) if isinstance(value, list) else str(value)


def append(
    person: Person,
    kind: PersonChange.Kind,
    *,
    before: Record,
    by: Member,
    now: datetime,
    reason: str = "",
    rules: tuple[str, ...] = (),
    more: Mapping[str, Any] | None = None,
) -> PersonChange:
    """Keep a change of a person, whose row is locked and written. `more` is kept too and never shown.

    A record that was there before its versions began gets one that says how it was.
    """
    last = PersonChange.objects.filter(person=person).order_by("-seq").first()
    if last is None and kind is not Kind.REGISTERED:
        first = {"before": {}, "after": before}
        last = _write(person, Kind.TAKEN, None, first, by=by, now=now, reason="", rules=())
    content = {"before": before, "after": record_of(person), **({"more": dict(more)} if more else {})}
    return _write(person, kind, last, content, by=by, now=now, reason=reason, rules=rules)


def _write(
    person: Person,
    kind: PersonChange.Kind,
    last: PersonChange | None,
    content: Mapping[str, Any],
    *,
    by: Member,
    now: datetime,
    reason: str,
    rules: tuple[str, ...],
) -> PersonChange:
    data, salt = canonical(content), secrets.token_bytes(32)
    seq = last.seq + 1 if last else 1
    prev = bytes(last.hash) if last else genesis(person)
    body = canonical(
        {
            "v": 1,
            "person": str(person.pk),
            "seq": seq,
            "kind": str(kind),
            "by": str(by.pk),
            "at": now.astimezone(UTC).isoformat(),
            "rules": list(rules),
            "content": commitment(salt, data),
            "reason": commitment(salt, reason.encode()),
        }
    )
    return PersonChange.objects.create(
        person=person,
        seq=seq,
        kind=kind,
        by=by,
        at=now,
        reason=reason,
        content=data,
        salt=salt,
        body=body,
        prev=prev,
        hash=change_hash(prev, body),
    )


def genesis(person: Person) -> bytes:
    """The `prev` of a person's first change; it names the installation and the person."""
    return sha256(_GENESIS + settings.INSTALLATION.encode() + b"\0" + person.pk.bytes).digest()


def change_hash(prev: bytes, body: bytes) -> bytes:
    """SHA-256 over the change before and the body of this one."""
    return sha256(_CHANGE + prev + len(body).to_bytes(8, "big") + body).digest()


def commitment(salt: bytes, content: bytes) -> str:
    """HMAC-SHA-256 of content under its salt, in hex."""
    return hmac(salt, _CONTENT + len(content).to_bytes(8, "big") + content, sha256).hexdigest()


def revision(person: Person) -> int:
    """The number of the newest version; 0 before the first change."""
    last = PersonChange.objects.filter(person=person).order_by("-seq").values_list("seq", flat=True).first()
    return last or 0


def history(person: Person) -> list[Version]:
    """Every version of a record, newest first, with what each changed."""
    rows = PersonChange.objects.filter(person=person).select_related("by").order_by("-seq")
    return [Version(row, tuple(_differences(json.loads(bytes(row.content))))) for row in rows]


def changed_since(person: Person, seq: int) -> tuple[str, ...]:
    """The fields that differ from what they were at a version."""
    rows = PersonChange.objects.filter(person=person, seq__gt=seq).order_by("seq")
    first = rows.first()
    if first is None:
        return ()
    content, new = json.loads(bytes(first.content)), record_of(person)
    old = content["before"] or content["after"]
    return tuple(name for name in CATEGORIES if name in old and old[name] != new[name])


def _differences(content: Mapping[str, Any]) -> Iterator[Difference]:
    before, after = content["before"], content["after"]
    if not before:
        return
    for name in CATEGORIES:
        # Content written before a field existed says nothing of it.
        if name in before and before[name] != after.get(name):
            yield Difference(name, before[name], after.get(name))
    if content.get("more", {}).get(SHIELDED):
        yield Difference(SHIELDED, None, None)
