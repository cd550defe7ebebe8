"""Asking about meetings from outside: for a provision, and for the register of what was shared about whom."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from backend.people.models import Member
from backend.sharing.councils.models import Copy, Session, SessionMember

_RANK = {Session.State.OPEN: 3, Session.State.PLANNED: 2, Session.State.CLOSED: 1}


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The meeting that bears on a provision, as `ProvisionFacts` carries it; empty where there is none.

    `listed`: the recipient is a member who signed secrecy. `agenda`: the person is on the agenda.
    """

    session: str = ""
    basis: str = ""
    listed: bool = False
    agenda: bool = False


def session_for(person: UUID, recipient: Member | str, today: date) -> SessionFacts:
    """Of the meetings about the person or with the recipient (a member, or an organisation's code), the
    nearest: open before planned before closed, both before one. A meeting closed before today bears on
    nothing.
    """
    rows = SessionMember.objects.exclude(session__state=Session.State.CANCELLED)
    mine = (
        rows.filter(organisation=recipient) if isinstance(recipient, str) else rows.filter(member=recipient)
    )
    signed = dict.fromkeys(mine.values_list("session_id", flat=True), False)
    signed |= dict.fromkeys(mine.exclude(acknowledged_at=None).values_list("session_id", flat=True), True)
    about = set(
        Session.objects.filter(agenda__person=person)
        .exclude(state=Session.State.CANCELLED)
        .values_list("case_id", flat=True)
    )
    found = [
        (
            SessionFacts(row.state, row.basis, signed.get(row.case_id, False), row.case_id in about),
            _RANK[Session.State(row.state)],
        )
        for row in Session.objects.filter(case__in=about | signed.keys())
        if row.closed_at is None or timezone.localdate(row.closed_at) == today
    ]
    best = max(found, key=lambda pair: (pair[0].agenda and pair[0].listed, pair[1]), default=None)
    return best[0] if best else SessionFacts()


@dataclass(frozen=True, slots=True)
class SharedInSession:
    """What was shared about a person with one member of a meeting: never its words, only what and on what
    basis.
    """

    at: datetime
    session: str
    title: str
    basis: str
    controller: str
    recipient: str
    organisation: str
    paper: str
    categories: tuple[str, ...]
    collected: bool


def shared_about(person: UUID) -> list[SharedInSession]:
    """Everything shared about a person in meetings, oldest first: for the register of disclosures."""
    rows = (
        Copy.objects.filter(paper__item__person=person)
        .select_related("paper__item__session__case", "holder__member", "holder__organisation")
        .order_by("shared_at", "number")
    )
    return [
        SharedInSession(
            at=row.shared_at,
            session=row.paper.item.session.case.number,
            title=row.paper.item.session.title,
            basis=row.paper.item.session.basis,
            controller=row.paper.item.controller,
            recipient=row.holder.member.name,
            organisation=row.holder.organisation.name,
            paper=row.paper.title,
            categories=tuple(row.paper.categories),
            collected=row.collected_at is not None or row.printed_at is None,
        )
        for row in rows
    ]
