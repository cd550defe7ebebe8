"""The register of a controller: purposes of use, entrustments and joint uses, noted and ended by its keeper.

Rulings ask it on the day they are made (`provisions`); nothing is taken over from earlier. A line is never
deleted, so that a ruling of last year can still be explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend import access
from backend.access import Decision, MemberFacts, RegisterFacts
from backend.cases import visible
from backend.cases.errors import NotPossible
from backend.cases.visible import Visible
from backend.people.models import Member, Organisation
from backend.sharing.disclosures.models import Arrangement

KEEP, LOOK = "keep_register", "view"
Kind = Arrangement.Kind


@dataclass(frozen=True)
class Noted:
    """What somebody wants the register to say."""

    kind: str
    reference: str
    organisation: Organisation | None
    purposes: Sequence[str]
    categories: Sequence[str]
    valid_from: date
    valid_until: date | None


def facts_of(row: Arrangement) -> RegisterFacts:
    """A line as policies see it: the register it stands in."""
    return RegisterFacts(str(row.pk), row.controller)


visible.declare(Arrangement, Visible("register", facts_of, lambda row: None, lambda row: None))


def may(member: MemberFacts, action: str, now: datetime) -> Decision:
    """Whether the member may look at (`LOOK`) or keep (`KEEP`) the register of their own controller."""
    own = RegisterFacts(member.controller, member.controller)
    return access.decide(member, action, own, today=visible.day(now))


def lines(member: MemberFacts, now: datetime) -> list[Arrangement]:
    """Everything the register says and said, by kind, what holds first."""
    rows: QuerySet[Arrangement] = Arrangement.objects.select_related("organisation", "noted_by", "ended_by")
    ordered = visible.visible(rows, member, now).order_by("kind", "-ended_at", "valid_from", "id")
    return visible.still(ordered, member, now)


def note(noted: Noted, *, by: Member, now: datetime) -> Arrangement:
    """Add a line. Raises `NotPossible` for what could not be true."""
    if (noted.kind == Kind.PURPOSE) == (noted.organisation is not None):
        raise NotPossible(_("An entrustment or joint use names the other party; a purpose names none."))
    if noted.valid_until is not None and noted.valid_until < noted.valid_from:
        raise NotPossible(_("The last day must not lie before the first."))
    return Arrangement.objects.create(
        kind=noted.kind,
        controller=by.controller,
        organisation=noted.organisation,
        purposes=list(noted.purposes),
        categories=list(noted.categories),
        reference=noted.reference,
        valid_from=noted.valid_from,
        valid_until=noted.valid_until,
        noted_by=by,
        noted_at=now,
    )


def end(row: Arrangement, *, by: Member, reason: str, now: datetime) -> None:
    """Rulings rest on the line no longer, from this moment. Raises `NotPossible` where it ended already."""
    running = Arrangement.objects.filter(pk=row.pk, ended_at=None)
    if running.update(ended_by=by, ended_at=now, end_reason=reason) != 1:
        raise NotPossible(_("Somebody else was first. Look at the list again."))


def correct(row: Arrangement, noted: Noted, *, by: Member, reason: str, now: datetime) -> Arrangement:
    """A correction: the line ends and another takes its place, both or neither. Raises `NotPossible`."""
    with transaction.atomic():
        end(row, by=by, reason=reason, now=now)
        return note(noted, by=by, now=now)
