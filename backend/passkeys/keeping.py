"""What somebody does with their own passkeys: look at them, name them, remove them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from backend.passkeys.models import Event, Passkey
from backend.people.models import User

LONGEST_NAME = 60
SHOWN = 20


def events(user: User) -> list[Event]:
    """What happened lately, the newest first."""
    rows = Event.objects.filter(passkey__user=user).select_related("passkey")
    return list(rows.order_by("-id")[:SHOWN])


def rename(user: User, which: UUID, name: str, now: datetime) -> bool:
    """Call a passkey otherwise; False where there is none such."""
    with transaction.atomic():
        row = _own(user, which)
        if row is not None:
            row.name = name
            row.save(update_fields=["name"])
            Event.objects.create(passkey=row, kind=Event.Kind.RENAMED, at=now, by=user)
    return row is not None


def remove(user: User, which: UUID, now: datetime) -> bool:
    """End a passkey, and every session of the user: whoever found the device signs in with it no more."""
    with transaction.atomic():
        row = _own(user, which)
        if row is not None:
            end(row, by=user, now=now)
            end_sessions(user)
    return row is not None


def end(row: Passkey, *, by: User | None, now: datetime) -> None:
    """From now on it opens nothing."""
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    Event.objects.create(passkey=row, kind=Event.Kind.REMOVED, at=now, by=by)


def end_sessions(user: User) -> None:
    """Every session that began before ends at its next request."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    user.refresh_from_db(fields=["session_round"])


def _own(user: User, which: UUID) -> Passkey | None:
    return Passkey.objects.select_for_update().filter(pk=which, user=user, ended_at=None).first()
