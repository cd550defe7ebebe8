"""A device is lost and its owner cannot come in to remove the passkey: two people of the office end them all.

Whoever looks after the office asks, with a reason; another such person, or the privacy officer, agrees.
Nobody has a part in it about themselves. The member then signs in by password and makes a new passkey.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.access import MemberFacts
from backend.passkeys import keeping
from backend.passkeys.models import Ending, Passkey
from backend.people import anybody
from backend.people.acting import current, hands_of, same_hands
from backend.people.errors import NotNow
from backend.people.models import Member

LOOKS_AFTER, AUDITS = "run_jobs", "audit"
LONGEST_REASON = 200


@dataclass(frozen=True)
class Holder:
    """A member of the office, and how many passkeys their account has."""

    member: Member
    passkeys: int


def may_ask(member: MemberFacts, now: datetime) -> bool:
    """Whether the member looks after the office of their controller."""
    return anybody.may(member, LOOKS_AFTER, now).allowed


def may_agree(member: MemberFacts, now: datetime) -> bool:
    """Whether the member may be the second person."""
    return may_ask(member, now) or anybody.may(member, AUDITS, now).allowed


def holders(controller: str, now: datetime) -> list[Holder]:
    """The members of a controller who sign in, those without a passkey first."""
    rows = Member.objects.filter(
        current(timezone.localdate(now)), controller=controller, user__is_active=True
    )
    found = list(
        rows.select_related("user", "organisation").order_by("organisation_id", "kana", "name", "id")
    )
    users = [row.user_id for row in found]
    good = Passkey.objects.filter(user__in=users, ended_at=None).values_list("user_id", flat=True)
    count = Counter(good)
    return sorted((Holder(row, count[row.user_id or 0]) for row in found), key=lambda one: one.passkeys > 0)


def waiting(controller: str) -> list[Ending]:
    """What waits for a second person, the oldest first."""
    rows = Ending.objects.filter(controller=controller, decided_at=None)
    return list(rows.select_related("user", "asked_by__user").order_by("id"))


def holder(which: UUID, controller: str, now: datetime) -> Holder | None:
    """One of them."""
    return next((one for one in holders(controller, now) if one.member.id == which), None)


def ask(row: Holder, *, by: Member, reason: str, now: datetime) -> Ending:
    """Ask that all passkeys of a member end. Raises `NotNow`."""
    if row.member.user_id is None or not row.passkeys:
        raise NotNow(_("This member has no passkey."))
    if row.member.user_id == by.user_id:
        raise NotNow(_("Somebody else must ask this for you."))
    try:
        with transaction.atomic():
            return Ending.objects.create(
                user_id=row.member.user_id,
                controller=by.controller,
                reason=reason[:LONGEST_REASON],
                asked_by=by,
                asked_at=now,
            )
    except IntegrityError:
        raise NotNow(_("This waits for a second person already.")) from None


def decide(which: int, *, agree: bool, by: Member, now: datetime) -> None:
    """Agree as the second person, or decline. Raises `NotNow`."""
    with transaction.atomic():
        rows = Ending.objects.select_for_update(of=("self",)).select_related("user", "asked_by__user")
        row = rows.filter(pk=which, controller=by.controller, decided_at=None).first()
        if row is None:
            raise NotNow(_("Somebody else decided first."))
        if agree and not agrees(row, by, now):
            raise NotNow(_("Somebody other than who asked for it, and than the member, must agree."))
        row.decided_by, row.decided_at, row.agreed = by, now, agree
        row.save()
        if agree:
            for key in Passkey.objects.select_for_update().filter(user=row.user, ended_at=None):
                keeping.end(key, by=by.user, now=now)
            keeping.end_sessions(row.user)


def agrees(row: Ending, by: Member, now: datetime) -> bool:
    """Whether the member can be the second person: neither who asked for it nor whose passkeys they are."""
    return row.user_id != by.user_id and not same_hands(row.asked_by, by, timezone.localdate(now))


def to_agree(member: MemberFacts, now: datetime) -> QuerySet[Ending]:
    """What somebody else asked for and waits for a second person, to be counted."""
    rows = Ending.objects.filter(controller=member.controller, decided_at=None)
    own = hands_of(UUID(member.id), timezone.localdate(now))
    mine = Member.objects.filter(pk=member.id).exclude(user=None).values("user")
    return rows.exclude(asked_by__in=own).exclude(user__in=mine) if may_agree(member, now) else rows.none()
