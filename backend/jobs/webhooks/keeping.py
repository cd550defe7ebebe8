"""Who keeps a controller's subscriptions: the action `keep_channel`, asked for a list and for each row."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from backend import access
from backend.access import ChannelFacts, MemberFacts
from backend.cases import visible
from backend.cases.errors import NotFound, NotPossible
from backend.jobs.models import Delivery, Subscription
from backend.jobs.webhooks import calling, delivering
from backend.people.models import Member

ACTION = "keep_channel"


def may_any(member: MemberFacts, now: datetime) -> bool:
    """Whether the member keeps the channels of their own controller."""
    own = ChannelFacts(member.controller, member.controller)
    return access.decide(member, ACTION, own, today=visible.day(now)).allowed


def kept(member: MemberFacts, now: datetime) -> list[Subscription]:
    """The subscriptions the member keeps, the newest first."""
    rows = _rows().filter(access.visible_q(member, "channel", visible.day(now), action=ACTION))
    return [row for row in rows.order_by("-made_at", "id") if _may(member, row, now)]


def find(subscription: UUID, member: MemberFacts, now: datetime) -> Subscription:
    """One subscription. Raises `NotFound` for one that is not the member's to keep."""
    row = _rows().filter(id=subscription).first()
    if row is None or not _may(member, row, now):
        raise NotFound
    return row


def subscribe(wanted: Subscription, by: Member, now: datetime) -> Subscription:
    """Keep a new subscription of the member's controller. Raises `NotPossible`, `NotFound`."""
    wanted.controller, wanted.made_by, wanted.made_at = by.controller, by, now
    if not _may(by.facts(), wanted, now):
        raise NotFound
    try:
        keep(wanted)
    except calling.NotAllowed:
        raise NotPossible(
            _("This address is not allowed here; it must be listed in TSUNAGU_WEBHOOK_ORIGINS.")
        ) from None
    return wanted


def keep(wanted: Subscription) -> None:
    """Store a new subscription, whoever asked. Raises `calling.NotAllowed` for what could never be called."""
    calling.check(wanted.url)
    wanted.save()


def end(row: Subscription, by: Member | None, now: datetime) -> None:
    """Tell it nothing more, what waits included; `by` is None at the command line.

    Raises `NotPossible` where it ended already.
    """
    running = Subscription.objects.filter(id=row.id, ended_at=None)
    if running.update(ended_at=now, ended_by=by) != 1:
        raise NotPossible(_("Somebody else was first. Look at the list again."))


def renew(row: Subscription) -> None:
    """A new secret; the old one signs nothing more."""
    Subscription.objects.filter(id=row.id).update(secret_number=F("secret_number") + 1)
    row.refresh_from_db(fields=["secret_number"])


def replay(row: Subscription, delivery: UUID) -> None:
    """Send a delivery once more, under the same id.

    Raises `NotFound`, `NotPossible` while it is on its way.
    """
    found = Delivery.objects.filter(subscription=row, id=delivery).first()
    if found is None:
        raise NotFound
    if row.ended_at is not None:
        raise NotPossible(_("The subscription has ended."))
    if not delivering.replay(found):
        raise NotPossible(_("It is on its way already."))


def _rows() -> QuerySet[Subscription]:
    return Subscription.objects.select_related("organisation", "made_by", "ended_by")


def _may(member: MemberFacts, row: Subscription, now: datetime) -> bool:
    facts = ChannelFacts(str(row.id), row.controller)
    return access.decide(member, ACTION, facts, today=visible.day(now)).allowed
