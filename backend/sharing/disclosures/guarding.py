"""Who may know where a person under protection is (DV等支援措置): a list for each person, kept by two people.

One names a recipient with a reason and a last day, a second confirms, and either ends it alone. Nothing is
deleted. What the list lets out is decided elsewhere: rulings ask it (`provisions`), and so does every look at
the address behind a package (`addresses`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import access
from backend.access import MemberFacts
from backend.cases import visible
from backend.cases.errors import NotFound, NotPossible
from backend.cases.models import Case, Notice
from backend.people import anybody
from backend.people.acting import current, hands_of, same_hands
from backend.people.models import Member, Person, Role
from backend.sharing.disclosures.models import NamedRecipient, ProtectionEnd

GUARD = "guard"
NAMED, ENDING = "guard_named", "guard_ending"  # notices: what waits for a second person
LONGEST = timedelta(days=366)  # 支援措置 holds for a year and is renewed
MOST = 200


@dataclass(frozen=True)
class Guarded:
    """A person under protection: their cases' numbers, how many are named and wait, whether its end waits."""

    person: Person
    numbers: tuple[str, ...]
    named: int
    waiting: int
    ending: bool


def may(member: MemberFacts, person: Person, now: datetime) -> bool:
    """Whether the member keeps the list of this person."""
    return access.decide(member, GUARD, person.facts(), today=visible.day(now)).allowed


def may_any(member: MemberFacts, now: datetime) -> bool:
    """Whether the member keeps the lists of their controller at all."""
    return anybody.may(member, GUARD, now, protected=True).allowed


def protected(member: MemberFacts, now: datetime) -> list[Guarded]:
    """The protected persons whose lists the member keeps, who waits for a second person first."""
    rows = Person.objects.filter(protected=True, controller=member.controller).order_by("created_at", "id")
    kept = [person for person in rows[:MOST] if may(member, person, now)]
    numbers: dict[UUID, list[str]] = {person.id: [] for person in kept}
    for person, number in _cases(kept).values_list("person_id", "number"):
        numbers[person].append(number)
    lines = _open(kept, timezone.localdate(now))
    ending = _ending(kept)
    found = [
        Guarded(
            person,
            tuple(numbers[person.id]),
            sum(line.person_id == person.id and line.witness_id is not None for line in lines),
            sum(line.person_id == person.id and line.witness_id is None for line in lines),
            person.id in ending,
        )
        for person in kept
    ]
    return sorted(found, key=lambda one: not (one.waiting or one.ending))


def _cases(persons: Sequence[Person]) -> QuerySet[Case]:
    return Case.objects.filter(person__in=persons, is_open=True).order_by("opened_at", "id")


def _open(persons: Sequence[Person], today: date) -> list[NamedRecipient]:
    return list(NamedRecipient.objects.filter(person__in=persons, ended_at=None, valid_until__gte=today))


def _ending(persons: Sequence[Person]) -> set[UUID]:
    """Those whose protection is said to be over, and nobody decided."""
    rows = ProtectionEnd.objects.filter(person__in=persons, decided_at=None)
    return set(rows.values_list("person_id", flat=True))


def find(person_id: UUID, member: MemberFacts, now: datetime) -> Guarded:
    """One protected person whose list the member keeps. Raises `NotFound` for any other."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None or not may(member, person, now):
        raise NotFound
    lines = _open([person], timezone.localdate(now))
    named = sum(line.witness_id is not None for line in lines)
    numbers = tuple(_cases([person]).values_list("number", flat=True))
    return Guarded(person, numbers, named, len(lines) - named, bool(_ending([person])))


def lines_of(person: Person) -> list[NamedRecipient]:
    """Everybody who is or was on the list of a person, what is open first."""
    related = ("organisation", "member", "named_by__user", "witness", "ended_by")
    rows = NamedRecipient.objects.filter(person=person).select_related(*related)
    return sorted(rows, key=lambda one: (one.ended_at is not None, -one.named_at.timestamp()))


def line_of(person: Person, pk: int) -> NamedRecipient:
    """One line of that person's list. Raises `NotFound`."""
    found = NamedRecipient.objects.select_related("named_by__user").filter(person=person, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def whom_to_ask(controller: str, today: date) -> list[Member]:
    """Who keeps the lists of a controller: its supervisors and privacy officers in office."""
    roles = (Role.SUPERVISOR, Role.PRIVACY_OFFICER)
    rows = Member.objects.filter(current(today), controller=controller, role__in=roles)
    return list(rows.select_related("organisation").order_by("-role", "valid_from", "id"))


def tell_keepers(row: NamedRecipient | ProtectionEnd, *, by: Member, now: datetime) -> None:
    """Tell those who could be the second person that something waits for one; in the row's transaction."""
    kind, today = NAMED if isinstance(row, NamedRecipient) else ENDING, timezone.localdate(now)
    others = [one for one in whom_to_ask(row.person.controller, today) if not same_hands(by, one, today)]
    Notice.objects.bulk_create(
        Notice(member=one, kind=kind, key=f"{kind}/{row.pk}/{one.id}", created_at=now) for one in others
    )


def named_to_confirm(member: MemberFacts, now: datetime) -> QuerySet[NamedRecipient]:
    """Who is named by somebody else and waits for a second person, to be counted."""
    rows = NamedRecipient.objects.filter(
        witness=None, ended_at=None, valid_until__gte=timezone.localdate(now)
    )
    return _kept(rows, member, now).exclude(named_by__in=_hands(member, now))


def ends_to_decide(member: MemberFacts, now: datetime) -> QuerySet[ProtectionEnd]:
    """The protections somebody else said to be over, to be counted."""
    rows = ProtectionEnd.objects.filter(decided_at=None)
    return _kept(rows, member, now).exclude(asked_by__in=_hands(member, now))


def _hands(member: MemberFacts, now: datetime) -> QuerySet[Member]:
    return hands_of(UUID(member.id), timezone.localdate(now))


def _kept(rows: QuerySet[Any], member: MemberFacts, now: datetime) -> QuerySet[Any]:
    keeps = may_any(member, now)
    return rows.filter(person__controller=member.controller) if keeps else rows.none()


def propose(
    person: Person,
    organisation: str,
    *,
    by: Member,
    reason: str,
    until: date,
    now: datetime,
    member: UUID | None = None,
) -> NamedRecipient:
    """Ask that an organisation, or one member of it, may know where somebody is; a second person confirms.

    Raises `NotPossible` for whom the list names already, and for a last day that is over or too far away.
    """
    today = timezone.localdate(now)
    if not today <= until <= today + LONGEST:
        raise NotPossible(_("The last day must lie within a year: protection is renewed yearly."))
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        open_ = NamedRecipient.objects.filter(person=person, ended_at=None, valid_until__gte=today)
        if open_.filter(organisation=organisation, member=member).exists():
            raise NotPossible(_("This recipient is on the list. End that line first."))
        named = NamedRecipient.objects.create(
            person=person,
            organisation_id=organisation,
            member_id=member,
            reason=reason,
            named_by=by,
            named_at=now,
            valid_until=until,
        )
        tell_keepers(named, by=by, now=now)
        return named


def confirm(named: NamedRecipient, *, by: Member, now: datetime) -> None:
    """The second person agrees; from now on the recipient may know. Raises `NotPossible`."""
    if same_hands(named.named_by, by, timezone.localdate(now)):
        raise NotPossible(_("Somebody other than who named the recipient must confirm it."))
    waiting = NamedRecipient.objects.filter(pk=named.pk, witness=None, ended_at=None)
    # Somebody else may have confirmed or ended it since the page was drawn.
    if waiting.update(witness=by, witnessed_at=now) != 1:
        raise NotPossible(_("Somebody else was first. Look at the list again."))


def end(named: NamedRecipient, *, by: Member, reason: str, now: datetime) -> None:
    """Take a recipient off the list, at once and by one person alone. Raises `NotPossible`."""
    running = NamedRecipient.objects.filter(pk=named.pk, ended_at=None)
    if running.update(ended_by=by, ended_at=now, end_reason=reason) != 1:
        raise NotPossible(_("Somebody else was first. Look at the list again."))
