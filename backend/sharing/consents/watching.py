"""閲覧記録: who looked at whose record, and which looks a privacy officer should ask about.

A pattern is a question, not an accusation: nothing is blocked by it, and whoever reads the list is recorded
like everybody else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from operator import attrgetter
from typing import Literal, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
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
MOST = 500  # looks read at once
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
    rows = Look.objects.filter(about).prefetch_related("member__organisation", "case__person", "person")
    return list(rows.order_by("-at", "-id")[:MOST])


def unusual(controller: str, since: datetime, until: datetime) -> list[Flagged]:
    """Looks at records of a controller that somebody should be asked about, newest first."""
    return unusual_before(None, controller, since, until, MOST)[0]


def unusual_before(
    before: int | None, controller: str, since: datetime, until: datetime, most: int
) -> tuple[list[Flagged], int | None]:
    """The newest unusual looks before the one of that id, and the id to go on before; None at the end.

    A handful of queries, however many looks there are: only those told are read in full. Each is judged by
    the hours around it, wherever the reading begins and ends.
    """
    ours = Look.objects.filter(Q(person__controller=controller) | Q(case__controller=controller))
    rows = ours.filter(_older_than(ours, before), at__gte=since, at__lt=until).order_by("-at", "-id")
    glances = _glances(rows[: MOST + 1])
    judged = glances[:MOST]
    if not judged:
        return [], None
    first, last = judged[-1].at, judged[0].at
    beside = Q(at__range=(first - _HOUR, first)) | Q(at__range=(last, last + _HOUR))
    seen = _Around(judged, _glances(ours.filter(beside)))
    unusual = ((glance.id, why) for glance in judged if (why := tuple(seen.reasons(glance))))
    found = list(islice(unusual, most + 1))
    told = dict(found[:most])
    if len(found) > most:
        return _in_full(told, seen.members), found[most - 1][0]
    return _in_full(told, seen.members), judged[-1].id if len(glances) > MOST else None


def _older_than(rows: QuerySet[Look], before: int | None) -> Q:
    """What stands after the look of that id when the newest comes first; several may be of one moment."""
    if before is None:
        return Q()
    at = Subquery(rows.filter(id=before).values("at"))
    return Q(at__lt=at) | Q(at=at, id__lt=before)


def _in_full(told: Mapping[int, tuple[Why, ...]], members: Mapping[UUID, Member]) -> list[Flagged]:
    """The looks of these ids as they are told, in that order."""
    looks = Look.objects.prefetch_related("case__person", "person").in_bulk(told)
    for look in looks.values():
        look.member = members[look.member_id]
    return [Flagged(looks[one], why) for one, why in told.items()]


def person_of(look: Look) -> Person | None:
    """Whose record was looked at."""
    return look.person or (look.case.person if look.case else None)


class _Glance(NamedTuple):
    """As much of a look as it is judged by; `person` is whose record it was, if that is known."""

    id: int
    at: datetime
    kind: str
    member: UUID
    person: UUID | None


def _glances(rows: QuerySet[Look]) -> list[_Glance]:
    told = rows.values_list("id", "at", "kind", "member_id", Coalesce("person_id", "case__person_id"))
    return list(map(_Glance._make, told))


class _Around:
    """Everything the reasons for some looks are judged by, read once."""

    def __init__(self, judged: Sequence[_Glance], beside: Iterable[_Glance]) -> None:
        self.hours = Hours.of_the_city()
        members = Member.objects.select_related("organisation")
        self.members = members.in_bulk({glance.member for glance in judged})
        about = {glance.person for glance in judged if glance.person}
        self.persons = Person.objects.only("name", "household_id", "area_id").in_bulk(about)
        self.own = _records_of(self.members.values())
        self.colleagues = {_squeezed(name) for name in Member.objects.values_list("name", flat=True)}
        self.busy = _busy({*judged, *beside})
        self.caseload = _caseload(self.members, about)

    def reasons(self, glance: _Glance) -> Iterable[Why]:
        if not self.hours.covers(glance.at):
            yield "outside_hours"
        if glance.id in self.busy:
            yield "many_in_a_row"
        if glance.person is None:
            return
        member = self.members[glance.member]
        # Who opens a package was handed it, whatever became of the case.
        theirs = glance.kind == HANDED or glance.person in self.caseload[member.id]
        if member.role not in _LOOK_AT_ALL and not theirs:
            yield "not_own_caseload"
        yield from self._related(member, self.persons[glance.person])

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


def _busy(glances: Iterable[_Glance]) -> set[int]:
    """The looks of members who opened the records of many different people within an hour."""
    mine: dict[UUID, list[_Glance]] = defaultdict(list)
    for glance in sorted(glances, key=attrgetter("at")):
        mine[glance.member].append(glance)
    return {glance.id for rows in mine.values() for glance in _crowded(rows)}


def _crowded(rows: Sequence[_Glance]) -> Iterable[_Glance]:
    """The looks of one member, in order of time, that stand in an hour with too many different persons.

    The hour slides over the looks: each enters it once, leaves it once and is told once.
    """
    lately: dict[UUID | None, datetime] = {}  # when each person was looked at last
    first = told = 0
    for last, glance in enumerate(rows):
        if glance.person is not None:
            lately[glance.person] = glance.at
        while glance.at - rows[first].at > _HOUR:
            gone = rows[first]
            if lately.get(gone.person) == gone.at:
                del lately[gone.person]
            first += 1
        if len(lately) >= MANY:
            yield from rows[max(first, told) : last + 1]
            told = last + 1


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
    about = {row.id: row.case or row.person for row in rows}
    audited = {record for record in about.values() if record is not None and _audits(record, member, now)}
    return {look for look, record in about.items() if record in audited}


def _audits(record: Case | Person, member: MemberFacts, now: datetime) -> bool:
    facts = case_facts(record, now) if isinstance(record, Case) else record.facts()
    return access.decide(member, "audit", facts, today=day(now)).allowed


def record_reading(member: MemberFacts, now: datetime, how: str) -> None:
    """Write down that the list was read."""
    Look.objects.create(member_id=UUID(member.id), kind=LISTED, subject=UUID(member.id), how=how, at=now)


def last_days(today: date, days: int = DAYS) -> tuple[datetime, datetime]:
    """From the first of the last days to the end of today, in Japan."""
    zone = timezone.get_default_timezone()
    begin = datetime.combine(today - timedelta(days=days - 1), time(), zone)
    return begin, datetime.combine(today + timedelta(days=1), time(), zone)
