"""The door of a person's record: registered, corrected, never overwritten without a version of what it was.

Decided by the policies, for the person as they are registered; where a protected person lives is kept apart
from the record and shown to nobody who writes it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import access
from backend.access import PersonFacts
from backend.people import versions
from backend.people.errors import Changed, NotNow, Refused
from backend.people.models import Member, Person, ProtectedAddress
from backend.people.recorded import PersonChange
from backend.people.versions import SHIELDED, Kind

KEEP = "keep_person"
REACHED = ("zip", "address", "phone")
WISHES = ("large_type", "ruby")  # how letters to them are set
EDITABLE = ("name", "kana", "sex", "birth_date", *REACHED, "contact_hours", "area_id", "deceased_on", *WISHES)


def may(member: Member, person: PersonFacts, now: datetime, action: str = KEEP) -> access.Decision:
    """Whether the member may keep this record."""
    return access.decide(member.facts(), action, person, today=access.day(timezone.localdate(now)))


def may_register(member: Member, now: datetime) -> access.Decision:
    """Whether the member may register a person with their controller."""
    return may(member, PersonFacts("new", member.controller, "", protected=False), now)


def register(given: Mapping[str, Any], *, by: Member, reason: str, now: datetime) -> Person:
    """A new record of the member's controller. Raises `Refused`."""
    person = Person(controller=by.controller, **_wanted(given))
    decision = may(by, person.facts(), now)
    if not decision.allowed:
        raise Refused(decision)
    with transaction.atomic():
        person.save(force_insert=True)
        versions.append(
            person, Kind.REGISTERED, before={}, by=by, now=now, reason=reason, rules=decision.rules
        )
    return person


def edit(
    person_id: UUID, given: Mapping[str, Any], *, seen: int, by: Member, reason: str, now: datetime
) -> PersonChange | None:
    """A new version of a record from the fields given; None where nothing differs.

    `seen` is the version the member looked at. Where the person is protected, an address or telephone given
    replaces the guarded one. Raises `Refused`, `Changed`, `NotNow`.
    """
    with transaction.atomic():
        person = locked(person_id)
        decision = may(by, person.facts(), now)
        if not decision.allowed:
            raise Refused(decision)
        if person.merged_into_id is not None:
            raise NotNow(_("This record was merged into another. Correct the one that was kept."))
        if versions.revision(person) != seen:
            raise Changed(versions.changed_since(person, seen))
        before, wanted = versions.record_of(person), _wanted(given)
        shielded = _shield(person, wanted) if person.protected else {}
        for name, value in wanted.items():
            setattr(person, name, value)
        if versions.record_of(person) == before and not shielded:
            return None
        person.save()
        return versions.append(
            person,
            Kind.EDITED,
            before=before,
            by=by,
            now=now,
            reason=reason,
            rules=decision.rules,
            more={SHIELDED: shielded} if shielded else None,
        )


def locked(person_id: UUID) -> Person:
    """The person's row, locked until the transaction ends."""
    return Person.objects.select_for_update(of=("self",)).get(pk=person_id)


def _wanted(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in EDITABLE if name in given}


def _shield(person: Person, wanted: dict[str, Any]) -> dict[str, Any]:
    """Take where somebody lives out of what is written to the record; returns what it was and became.

    Nothing typed leaves the guarded address as it is: nobody who writes here has seen it.
    """
    typed = {name: wanted.pop(name, "") for name in REACHED}
    wanted.pop("area_id", None)
    if not any(typed.values()):
        return {}
    row = ProtectedAddress.objects.filter(person=person).first() or ProtectedAddress(person=person)
    before = {name: getattr(row, name) for name in REACHED}
    for name, value in typed.items():
        if value:
            setattr(row, name, value)
    row.save()
    return {"before": before, "after": {name: getattr(row, name) for name in REACHED}}
