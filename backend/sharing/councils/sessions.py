"""Asking about meetings from outside: for a provision, and for the register of what was shared about whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from backend.cases.models import Case
from backend.people.models import Member
from backend.sharing.councils.models import Copy, Session, SessionMember

State = Session.State


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The meeting that bears on a provision, as `ProvisionFacts` carries it; empty where there is none.

    `listed`: the recipient is a member who signed secrecy. `agenda`: the person is on the agenda.
    """

    session: str = ""
    basis: str = ""
    listed: bool = False
    agenda: bool = False


def joint(requester: UUID, recipient: Member | str) -> QuerySet[Session]:
    """The meetings, planned or open, of which both are members, the next first.

    The recipient is a member, or the code of an organisation of which one is.
    """
    mine, theirs = SessionMember.objects.filter(member=requester), _of(recipient)
    rows = Session.objects.filter(case__in=mine.values("session"), state__in=(State.PLANNED, State.OPEN))
    return rows.filter(case__in=theirs.values("session")).order_by("held_on", "starts", "case")


def facts_of(session: UUID, person: UUID, recipient: Member | str, today: date) -> SessionFacts:
    """What a meeting is to a provision; nothing once it was cancelled, or closed before that day."""
    found = Session.objects.exclude(state=State.CANCELLED).filter(pk=session).first()
    if found is None or (found.closed_at is not None and timezone.localdate(found.closed_at) < today):
        return SessionFacts()
    return SessionFacts(
        found.state,
        found.basis,
        listed=_of(recipient).filter(session=found).exclude(acknowledged_at=None).exists(),
        agenda=found.agenda.filter(person=person).exists(),
    )


def _of(recipient: Member | str) -> QuerySet[SessionMember]:
    rows = SessionMember.objects.all()
    if isinstance(recipient, str):
        return rows.filter(organisation=recipient)
    return rows.filter(member=recipient)


@dataclass(frozen=True, slots=True)
class SharedInSession:
    """What was shared about a person with the members an organisation has in a meeting: never its words, only
    what and on what basis. `source` is the case the paper is about.
    """

    person: UUID
    at: datetime
    session: str
    title: str
    basis: str
    source: Case
    organisation: str
    paper: str
    categories: tuple[str, ...]


def shared_about(persons: Collection[UUID], controller: str) -> list[SharedInSession]:
    """Everything of a controller shared about these persons in meetings, oldest first, in one query.

    What the organisation that made a paper has of it itself was not told to anybody.
    """
    rows: QuerySet[Copy, Any] = (
        Copy.objects.filter(paper__item__person__in=persons, paper__item__controller=controller)
        .exclude(holder__organisation=F("paper__made_by__organisation"))
        .select_related("paper__item__session__case", "paper__item__case", "holder")
        .order_by("shared_at", "number")
    )
    found: dict[tuple[UUID, str], SharedInSession] = {}
    for row in rows:
        paper, item, organisation = row.paper, row.paper.item, row.holder.organisation_id
        found.setdefault(
            (paper.id, organisation),
            SharedInSession(
                person=item.person_id,
                at=row.shared_at,
                session=item.session.case.number,
                title=item.session.title,
                basis=item.session.basis,
                source=item.case,
                organisation=organisation,
                paper=paper.title,
                categories=tuple(paper.categories),
            ),
        )
    return list(found.values())
