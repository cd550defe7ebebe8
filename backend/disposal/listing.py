"""廃棄簿: one person lists what is over, another approves; anything can be held back until it is destroyed.

Nothing here destroys: `carrying_out` does, and only what the database finds approved.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import access
from backend.access import DisposalFacts, MemberFacts
from backend.cases import visible
from backend.cases.errors import NotFound, NotPossible, Refused
from backend.cases.models import Case, Notice
from backend.disposal import needing
from backend.disposal.models import DisposalItem, DisposalList, Hold
from backend.people.acting import current, hands_of, same_hands
from backend.people.models import Member, Role

LIST, APPROVE = "dispose", "approve_disposal"
NOTICE = "disposal"
MOST = 500  # cases of one list: one transaction destroys them

Kind = DisposalItem.Kind


class Over(Protocol):
    """A case whose retention is over, as the retention run proposed it."""

    case: Case
    ends_on: date
    cite: str


def facts_of(row: DisposalList) -> DisposalFacts:
    """A list as policies see it."""
    return DisposalFacts(str(row.pk), row.controller, row.made_account)


def may(member: MemberFacts, action: str, now: datetime, row: DisposalList | None = None) -> bool:
    """Whether the member may do this to a list, or to lists of their controller at all."""
    return _decided(member, action, now, row).allowed


def _decided(
    member: MemberFacts, action: str, now: datetime, row: DisposalList | None = None
) -> access.Decision:
    facts = facts_of(row) if row else DisposalFacts("every", member.controller, "")
    return access.decide(member, action, facts, today=visible.day(now))


def _require(by: Member, action: str, now: datetime, row: DisposalList | None = None) -> None:
    """Raises `Refused`."""
    decision = _decided(by.facts(), action, now, row)
    if not decision.allowed:
        raise Refused(decision)


def on_a_list(cases: Iterable[UUID]) -> set[UUID]:
    """Those of the cases that stand on a list nobody declined or carried out."""
    rows = DisposalItem.objects.filter(list__declined_at=None, list__done_at=None, subject__in=list(cases))
    return {found for found in rows.values_list("subject", flat=True) if found}


def make(over: Iterable[Over], *, by: Member, now: datetime) -> DisposalList:
    """List cases whose retention is over, and the persons nobody needs then; the supervisors are told.

    What is held back is left out. Raises `Refused`, and `NotPossible` where nothing is left.
    """
    _require(by, LIST, now)
    rows = {one.case.id: one for one in over if one.case.controller == by.controller}
    with transaction.atomic():
        # One list of a controller at a time, so that no case comes onto two.
        list(Member.objects.select_for_update().filter(pk=by.pk))
        listed = on_a_list(rows)
        free = [own for own, why in needing.held_back(set(rows) - listed).items() if not why][:MOST]
        if not free:
            raise NotPossible(_("Nothing can be listed: everything is held back or on a list already."))
        made = DisposalList.objects.create(
            controller=by.controller, made_by=by, made_account=by.facts().account, made_at=now
        )
        items = [_item(made, rows[own]) for own in free]
        items += [DisposalItem(list=made, kind=Kind.PERSON, subject=own) for own in needing.persons_of(free)]
        DisposalItem.objects.bulk_create(sorted(items, key=lambda one: (one.kind, one.number)))
        _tell(made, by, now)
        return made


def _item(made: DisposalList, one: Over) -> DisposalItem:
    closed = timezone.localdate(one.case.closed_at) if one.case.closed_at else None
    return DisposalItem(
        list=made,
        kind=Kind.CASE,
        subject=one.case.id,
        number=one.case.number,
        workflow=one.case.workflow,
        closed_on=closed,
        ends_on=one.ends_on,
        cite=one.cite,
    )


def _tell(made: DisposalList, by: Member, now: datetime) -> None:
    """The supervisors of the controller, but for whoever made the list."""
    today = timezone.localdate(now)
    heads = Member.objects.filter(current(today), role=Role.SUPERVISOR, controller=made.controller)
    Notice.objects.bulk_create(
        Notice(member=one, kind=NOTICE, key=f"{NOTICE}/{made.pk}/{one.id}", created_at=now)
        for one in heads.exclude(pk=by.pk)
    )


def approve(list_id: UUID, *, by: Member, now: datetime) -> DisposalList:
    """Agree as the second person. Raises `NotFound`, `Refused`, `NotPossible`."""
    with transaction.atomic():
        row = _undecided(list_id, by)
        _require(by, APPROVE, now, row)
        if row.made_by is None or same_hands(row.made_by, by, timezone.localdate(now)):
            raise NotPossible(_("Somebody other than who made the list must approve it."))
        row.approved_by, row.approved_account, row.approved_at = by, by.facts().account, now
        row.save(update_fields=["approved_by", "approved_account", "approved_at"])
        return row


def to_approve(member: MemberFacts, now: datetime) -> QuerySet[DisposalList]:
    """The lists somebody else made and nobody decided, to be counted."""
    waits = DisposalList.objects.filter(controller=member.controller, approved_at=None, declined_at=None)
    own = hands_of(UUID(member.id), timezone.localdate(now))
    return waits.exclude(made_by__in=own) if may(member, APPROVE, now) else waits.none()


def decline(list_id: UUID, *, by: Member, reason: str, now: datetime) -> DisposalList:
    """Give a list up: nothing on it is destroyed, and its cases can be listed again. Raises as `approve`."""
    with transaction.atomic():
        row = _undecided(list_id, by)
        _require(by, LIST, now, row)
        row.declined_by, row.declined_at, row.decline_reason = by, now, reason[:200]
        row.save(update_fields=["declined_by", "declined_at", "decline_reason"])
        return row


def _undecided(list_id: UUID, by: Member) -> DisposalList:
    rows = DisposalList.objects.select_for_update(of=("self",)).select_related("made_by__user")
    row = rows.filter(pk=list_id, controller=by.controller).first()
    if row is None:
        raise NotFound
    if row.approved_at is not None or row.declined_at is not None:
        raise NotPossible(_("Somebody else was first. Look at the list again."))
    return row


def hold(case_id: UUID, *, why: str, reason: str, by: Member, now: datetime) -> Hold:
    """Keep a case from being destroyed, at any time before it is.

    Raises `NotFound`, `Refused`, `NotPossible`.
    """
    _require(by, LIST, now)
    case = Case.objects.filter(pk=case_id, controller=by.controller).first()
    if case is None:
        raise NotFound
    try:
        with transaction.atomic():
            # Waits for a destruction under way, which then has won.
            if not Case.objects.select_for_update().filter(pk=case.pk).exists():
                raise NotFound
            return Hold.objects.create(
                case=case,
                controller=case.controller,
                why=why,
                reason=reason[:400],
                placed_by=by,
                placed_at=now,
            )
    except IntegrityError:
        raise NotPossible(_("It is held back already.")) from None


def release(hold_id: int, *, by: Member, reason: str, now: datetime) -> None:
    """End a hold. Raises `Refused`, `NotFound`, and `NotPossible` where it ended already."""
    _require(by, LIST, now)
    rows = Hold.objects.filter(pk=hold_id, controller=by.controller)
    if not rows.exists():
        raise NotFound
    if rows.filter(ended_at=None).update(ended_by=by, ended_at=now, end_reason=reason[:400]) != 1:
        raise NotPossible(_("Somebody else was first. Look at the list again."))


def lists(controller: str) -> QuerySet[DisposalList]:
    """The lists of a controller, newest first."""
    rows = DisposalList.objects.filter(controller=controller)
    return rows.select_related("made_by", "approved_by", "declined_by", "certificate").order_by(
        "-made_at", "id"
    )
