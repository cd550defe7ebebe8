"""きょうの見守り: the households a member watches, which of them are due, and what was found last.

Only what the policies let the member see of each: name, place, what to know at the door, the last results.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend import access
from backend.access import MemberFacts
from backend.cases import pinned
from backend.cases.models import Blob, Case, Step
from backend.cases.reading import case_facts
from backend.cases.visible import Sight, day

PLAN, VISIT = "watch_plan", "visit"
ALARM, RECORD = "raise_alarm", "record_watch"
SEEN = "watch_flag"
LOOK_BACK = timedelta(days=100)
_EVERY = {"daily": 1, "weekly": 7, "fortnightly": 14, "monthly": 28}


@dataclass(frozen=True)
class Visited:
    """One visit as those who watch may know it: when, what was found, by which way, and when next."""

    at: datetime
    result: str
    mode: str
    retry_on: date | None
    by: UUID
    seq: int

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Home:
    """One household on the list; the earlier visits newest first."""

    case: Case
    name: str
    place: str
    approach: str
    frequency: str
    visits: tuple[Visited, ...]

    @property
    def last(self) -> Visited | None:
        return next(iter(self.visits), None)

    def last_way(self) -> str:
        """The way of the last visit that had one; a visit in person where nobody has been yet."""
        return next((visit.mode for visit in self.visits if visit.mode), "met")

    def done(self, today: date) -> bool:
        """Whether somebody was there today and nothing remains for today."""
        last = self.last
        return last is not None and last.day == today and last.result != "absent"

    def due(self, today: date) -> bool:
        """Whether a visit is to be made today: the day agreed on has come, or the planned time has passed."""
        last = self.last
        if last is None:
            return True
        if last.result == "absent" and last.retry_on is not None:
            return last.retry_on <= today
        every = _EVERY.get(self.frequency)
        return every is not None and last.day + timedelta(days=every) <= today


def homes(member: MemberFacts, now: datetime) -> list[Home]:
    """The households the member watches and may visit now, those due first, by place and name."""
    cases = watched([member], now)[member.id]
    plans, visits = _plans(cases), _visits(cases, now)
    sight, today = Sight(member, now), timezone.localdate(now)
    found = [_home(case, sight, plans.get(case.id, {}), visits.get(case.id, ())) for case in cases]
    return sorted(found, key=lambda home: (not home.due(today), home.place, home.name))


def watched(members: Collection[MemberFacts], now: datetime) -> dict[str, list[Case]]:
    """The cases on the list of each of these members (by id), read at once."""
    known = {member.id: member for member in members}
    theirs = reduce(or_, (Q(watchers__contains=[name]) for name in known), Q(assignee__in=known))
    found: dict[str, list[Case]] = {name: [] for name in known}
    for case in Case.objects.filter(theirs, is_open=True).select_related("person", "area"):
        for name in known.keys() & {*case.watchers, str(case.assignee_id)}:
            listed = access.decide(known[name], "list", case_facts(case, now), today=day(now)).allowed
            if listed and action_of(case, known[name], now):
                found[name].append(case)
    return found


def home(case_id: UUID, member: MemberFacts, now: datetime) -> Home | None:
    """One household of the list; None where it is not on it."""
    return next((one for one in homes(member, now) if one.case.id == case_id), None)


def action_of(case: Case, member: MemberFacts, now: datetime, *, alarm: bool = False) -> str:
    """The action by which the member records a visit now; "" where they may not or the case has none."""
    name = ALARM if alarm else RECORD
    pin = pinned.pinned(case.definition)
    action = pin.workflow.actions.get(name)
    if action is None or case.state.partition(".")[2] not in action.from_:
        return ""
    facts = case_facts(case, now)
    allowed = access.decide(member, pin.workflow.qualified(name), facts, today=day(now)).allowed
    return name if allowed else ""


def visits_of(case: Case, now: datetime) -> tuple[Visited, ...]:
    """The visits to one case of the last months, newest first, those taken back left out."""
    return _visits([case], now).get(case.id, ())


def _home(case: Case, sight: Sight, plan: Mapping[str, Any], visits: tuple[Visited, ...]) -> Home:
    seen = sight.of(case)
    person = case.person if "identity" in seen else None
    place = case.area.name if "area" in seen else ""
    if person is not None and "contact" in seen and not case.protected and person.address:
        place = person.address
    watch = plan if SEEN in seen else {}
    return Home(
        case,
        person.name if person is not None else "",
        place,
        str(watch.get("approach", "")),
        str(watch.get("frequency", "")),
        visits if SEEN in seen else (),
    )


def _plans(cases: Iterable[Case]) -> dict[UUID, dict[str, Any]]:
    """The plan in force of each case: the newest that was written."""
    rows = Blob.objects.filter(case__in=list(cases), kind=f"answers/{PLAN}", category=SEEN)
    newest = rows.order_by("case_id", "-seq").distinct("case_id")
    return {row.case_id: json.loads(bytes(row.content)) for row in newest}


def _visits(cases: Iterable[Case], now: datetime) -> dict[UUID, tuple[Visited, ...]]:
    step = Step.objects.filter(case=OuterRef("case"), seq=OuterRef("seq"))
    recent = step.filter(recorded_at__gte=now - LOOK_BACK)
    rows = (
        Blob.objects.filter(case__in=list(cases), kind=f"answers/{VISIT}", category=SEEN)
        .annotate(
            actor=Subquery(recent.values("actor_id")[:1]), corrects=Subquery(recent.values("corrects")[:1])
        )
        .exclude(actor=None)
        .order_by("case_id", "seq")
    )
    found: dict[UUID, dict[int, Visited]] = defaultdict(dict)
    for row in rows:
        visit = _visited(json.loads(bytes(row.content)), row.actor, row.corrects or row.seq)
        if visit is None:
            continue
        if visit.result == "mistaken":
            _take_back(found[row.case_id], visit)
        else:
            found[row.case_id][visit.seq] = visit
    return {
        case: tuple(sorted(each.values(), key=lambda visit: visit.at, reverse=True))
        for case, each in found.items()
    }


def _take_back(visits: dict[int, Visited], mistaken: Visited) -> None:
    """A slip of the thumb takes back the visit its maker made before it; a correction, what it corrects."""
    own = [seq for seq, visit in visits.items() if visit.by == mistaken.by]
    taken = mistaken.seq if mistaken.seq in visits else max(own, default=0)
    visits.pop(taken, None)


def _visited(answers: Mapping[str, Any], by: UUID, seq: int) -> Visited | None:
    at = parse_datetime(str(answers.get("at", "")))
    if at is None:
        return None
    retry = answers.get("retry_on")
    return Visited(
        at,
        str(answers.get("result", "")),
        str(answers.get("mode", "")),
        date.fromisoformat(str(retry)) if retry else None,
        by,
        seq,
    )
