"""支援措置: somebody is put under protection by one person at once, and taken out of it by two.

Under protection where they live is kept apart (`ProtectedAddress`) and every case of theirs is protected.
That no case escapes that begins in the same moment, the database sees to (a trigger, made by the migration).
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.cases.errors import NotFound, NotPossible
from backend.cases.models import Case
from backend.people import keeping, merging, versions
from backend.people.acting import same_hands
from backend.people.errors import NotNow, Refused
from backend.people.models import Member, Person, ProtectedAddress
from backend.people.versions import Kind
from backend.sharing.disclosures.guarding import GUARD, tell_keepers
from backend.sharing.disclosures.models import NamedRecipient, ProtectionEnd


def begin(person_id: UUID, *, by: Member, reason: str, now: datetime) -> None:
    """Put a person under protection. Raises `Refused`, `NotNow` for who is and for a merged record."""
    with transaction.atomic():
        person = keeping.locked(person_id)
        decision = keeping.may(by, person.facts(), now)
        if not decision.allowed:
            raise Refused(decision)
        if person.protected or person.merged_into_id is not None:
            raise NotNow(_("This person is under protection already, or the record was merged."))
        before = versions.record_of(person)
        reached = {name: getattr(person, name) for name in keeping.REACHED}
        ProtectedAddress.objects.update_or_create(person=person, defaults=reached)
        _write(person, dict.fromkeys(keeping.REACHED, ""), protected=True)
        rules = decision.rules
        versions.append(person, Kind.PROTECTED, before=before, by=by, now=now, reason=reason, rules=rules)


def waiting(person: Person) -> ProtectionEnd | None:
    """That the protection is over, as far as one has said it and nobody decided."""
    rows = ProtectionEnd.objects.select_related("asked_by__user", "asked_by__organisation")
    return rows.filter(person=person, decided_at=None).first()


def ask_end(person: Person, *, by: Member, reason: str, now: datetime) -> ProtectionEnd:
    """Say that the protection is over; a second person is told, and decides.

    Raises `NotPossible`, `NotFound`.
    """
    _require(person, by, now)
    try:
        with transaction.atomic():
            row = ProtectionEnd.objects.create(person=person, asked_by=by, asked_at=now, reason=reason)
            tell_keepers(row, by=by, now=now)
            return row
    except IntegrityError:
        raise NotPossible(_("Somebody else was first. Look at the list again.")) from None


def agree(person_id: UUID, *, by: Member, now: datetime) -> None:
    """End the protection as the second person: the address returns to the record, nobody is named any more.

    Raises `NotPossible`, `NotFound`.
    """
    with transaction.atomic():
        person, row, rules = _to_decide(person_id, by, now)
        if same_hands(row.asked_by, by, timezone.localdate(now)):
            raise NotPossible(_("Somebody other than who asked for it must agree to end a protection."))
        before = versions.record_of(person)
        guarded = ProtectedAddress.objects.filter(person=person).first()
        reached = {name: getattr(guarded, name, "") for name in keeping.REACHED}
        ProtectedAddress.objects.filter(person=person).delete()
        _write(person, reached, protected=False)
        why = row.reason
        versions.append(person, Kind.UNPROTECTED, before=before, by=by, now=now, reason=why, rules=rules)
        named = NamedRecipient.objects.filter(person=person, ended_at=None)
        named.update(ended_by=by, ended_at=now, end_reason=why)
        _decide(row, by, now, agreed=True)


def decline(person_id: UUID, *, by: Member, now: datetime) -> None:
    """Leave the protection as it is; who asked may do so too. Raises `NotPossible`, `NotFound`."""
    with transaction.atomic():
        _person, row, _rules = _to_decide(person_id, by, now)
        _decide(row, by, now, agreed=False)


DECISIONS: dict[str, Callable[..., None]] = {"agree": agree, "decline": decline}


def _require(person: Person, by: Member, now: datetime) -> tuple[str, ...]:
    decision = keeping.may(by, person.facts(), now, GUARD)
    if not decision.allowed:
        raise NotFound
    return decision.rules


def _to_decide(person_id: UUID, by: Member, now: datetime) -> tuple[Person, ProtectionEnd, tuple[str, ...]]:
    person = keeping.locked(person_id)
    rules = _require(person, by, now)
    row = waiting(person)
    if row is None:
        raise NotPossible(_("Somebody else was first. Look at the list again."))
    return person, row, rules


def _write(person: Person, reached: dict[str, str], *, protected: bool) -> None:
    """The record, and every case of the person with it."""
    for name, value in reached.items():
        setattr(person, name, value)
    person.protected = protected
    person.save()
    Case.objects.filter(person__in=merging.ids(person.pk)).update(protected=protected)


def _decide(row: ProtectionEnd, by: Member, now: datetime, *, agreed: bool) -> None:
    row.decided_by, row.decided_at, row.agreed = by, now, agreed
    row.save(update_fields=["decided_by", "decided_at", "agreed"])
