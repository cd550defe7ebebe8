"""閲覧記録: who looked at whose record, and which looks a privacy officer should ask about.

A pattern is a question, not an accusation: nothing is blocked by it, and whoever reads the list is recorded
like everybody else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from backend import access
from backend.access import Decision, MemberFacts
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.cases.visible import day
from backend.people import anybody, merging
from backend.people.models import Member, Person
from backend.workflow.calendar import office

Why = Literal[
    "outside_hours", "many_in_a_row", "not_own_caseload", "own_record", "neighbour", "colleague", "same_name"
]
MANY = 20  # different persons within an hour
MOST = 500  # looks read at once, the newest
DAYS = 31
_HOUR = timedelta(hours=1)
# Whose work it is to look at cases that are not theirs.
_LOOK_AT_ALL = frozenset({"supervisor", "privacy_officer", "auditor", "system"})
LISTED, HANDED = "looks", "package"  # the kinds of a look at this list, and at what was handed over


@dataclass(frozen=True)
class Flagged:
    """A look with what is unusual about it; `person` is empty for a case of somebody not identified."""

    look: Look
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Hours:
    """When the office works."""

    opens: time
    closes: time

    @classmethod
    def of_the_city(cls) -> "Hours":
        """From `business_hours` of policies/settings.yaml."""
        hours = access.current().settings["business_hours"]
        return cls(time.fromisoformat(hours["from"]), time.fromisoformat(hours["until"]))

    def covers(self, moment: datetime) -> bool:
        local = timezone.localtime(moment)
        return office().is_business_day(local.date()) and self.opens <= local.time() <= self.closes


def looks_at(person: UUID) -> list[Look]:
    """Every look at a person's record, at those merged into it, or at a case of theirs, newest first."""
    ids = merging.ids(person)
    about = Q(person__in=ids) | Q(case__person__in=ids)
    rows = Look.objects.filter(about).select_related("member__organisation", "case", "person")
    return list(rows.order_by("-at", "-id")[:MOST])


def unusual(controller: str, since: datetime, until: datetime) -> list[Flagged]:
    """Looks at records of a controller that somebody should be asked about, newest first.

    A handful of queries, however many looks there are.
    """
    about = Q(person__controller=controller) | Q(case__controller=controller)
    rows = Look.objects.filter(about, at__gte=since, at__lt=until)
    related = ("member__organisation", "case__person", "person")
    looks = list(rows.select_related(*related).order_by("-at", "-id")[:MOST])
    seen = _Around(looks, Hours.of_the_city())
    found = (Flagged(look, tuple(seen.reasons(look))) for look in looks)
    return [one for one in found if one.why]


def person_of(look: Look) -> Person | None:
    """Whose record was looked at."""
    return look.person or (look.case.person if look.case else None)


class _Around:
    """Everything the reasons are judged by, read once."""

    def __init__(self, looks: Sequence[Look], hours: Hours) -> None:
        self.hours = hours
        members = {look.member_id: look.member for look in looks}
        self.own = _records_of(members.values())
        self.colleagues = {_squeezed(name) for name in Member.objects.values_list("name", flat=True)}
        self.busy = _busy(looks)
        self.caseload = _caseload(members, [found.id for look in looks if (found := person_of(look))])

    def reasons(self, look: Look) -> Iterable[Why]:
        if not self.hours.covers(look.at):
            yield "outside_hours"
        if (look.member_id, look.id) in self.busy:
            yield "many_in_a_row"
        person = person_of(look)
        if person is None:
            return
        # Who opens a package was handed it, whatever became of the case.
        theirs = look.kind == HANDED or person.id in self.caseload[look.member_id]
        if look.member.role not in _LOOK_AT_ALL and not theirs:
            yield "not_own_caseload"
        yield from self._related(look.member, person)

    def _related(self, member: Member, person: Person) -> Iterable[Why]:
        """How the person may be near to who looked, as far as the records tell."""
        own = self.own.get(member.id, [])
        if any(person.id == one.id or _same_home(one, person) for one in own):
            yield "own_record"
        elif any(_neighbours(one, person) for one in own):
            yield "neighbour"
        if _squeezed(person.name) in self.colleagues and _squeezed(person.name) != _squeezed(member.name):
            yield "colleague"
        if _family(person.name) and _family(person.name) == _family(member.name):
            yield "same_name"


def _records_of(members: Iterable[Member]) -> dict[UUID, list[Person]]:
    """Residents who bear a member's name and live where the office serves: perhaps the member."""
    wanted = {member.id: _squeezed(member.name) for member in members}
    keys = set(wanted.values())
    named = Person.objects.filter(name__in=_spellings(members)) if keys else Person.objects.none()
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in named:
        by_name[_squeezed(person.name)].append(person)
    return {member: by_name[key] for member, key in wanted.items() if key in by_name}


def _spellings(members: Iterable[Member]) -> set[str]:
    """A name with a space of either width and without one."""
    return {
        name
        for member in members
        for name in (member.name, member.name.replace(" ", "　"), _squeezed(member.name))
    }


def _busy(looks: Sequence[Look]) -> set[tuple[UUID, int]]:
    """Looks of members who opened the records of many different people within an hour."""
    mine: dict[UUID, list[Look]] = defaultdict(list)
    for look in sorted(looks, key=lambda one: one.at):
        mine[look.member_id].append(look)
    return {(member, look.id) for member, rows in mine.items() for look in _crowded(rows)}


def _crowded(rows: Sequence[Look]) -> Iterable[Look]:
    """The looks of one member, in order of time, that stand in an hour with too many different persons."""
    first = 0
    for last, look in enumerate(rows):
        while look.at - rows[first].at > _HOUR:
            first += 1
        window = rows[first : last + 1]
        if len({found.id for one in window if (found := person_of(one))}) >= MANY:
            yield from window


def _caseload(members: Mapping[UUID, Member], persons: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Of these persons, whom each member has, had, reported, watches or receives as their agency."""
    found: dict[UUID, set[UUID]] = {member: set() for member in members}
    rows = Case.objects.filter(person__in=set(persons)).values_list(
        "person_id", "assignee_id", "reporter_id", "receiver_id", "watchers"
    )
    agencies = defaultdict(list)
    for member in members.values():
        agencies[member.organisation_id].append(member.id)
    for person, assignee, reporter, receiver, watchers in rows:
        near = {assignee, reporter, *map(UUID, watchers), *agencies.get(receiver or "", ())}
        for member in near & found.keys():
            found[member].add(person)
    return found


def _squeezed(name: str) -> str:
    return "".join(name.split())


def _family(name: str) -> str:
    """The family name, where it is written apart."""
    parts = name.split()
    return parts[0] if len(parts) > 1 else ""


def _same_home(one: Person, other: Person) -> bool:
    return one.household_id is not None and one.household_id == other.household_id


def _neighbours(one: Person, other: Person) -> bool:
    return one.id != other.id and one.area_id is not None and one.area_id == other.area_id


def may_read(member: MemberFacts, now: datetime) -> Decision:
    """Whether the member may read who looked at the records of their controller."""
    return anybody.may(member, "audit", now)


def still_may(rows: Iterable[Look], member: MemberFacts, now: datetime) -> set[int]:
    """Of these looks, the ids of those whose record the member may audit, decided record by record."""
    return {row.id for row in rows if _audits(row, member, now)}


def _audits(row: Look, member: MemberFacts, now: datetime) -> bool:
    person = row.person
    facts = case_facts(row.case, now) if row.case else person.facts() if person else None
    return facts is not None and access.decide(member, "audit", facts, today=day(now)).allowed


def record_reading(member: MemberFacts, now: datetime, how: str) -> None:
    """Write down that the list was read."""
    Look.objects.create(member_id=UUID(member.id), kind=LISTED, subject=UUID(member.id), how=how, at=now)


def last_days(today: date, days: int = DAYS) -> tuple[datetime, datetime]:
    """From the first of the last days to the end of today, in Japan."""
    zone = timezone.get_default_timezone()
    begin = datetime.combine(today - timedelta(days=days - 1), time(), zone)
    return begin, datetime.combine(today + timedelta(days=1), time(), zone)
