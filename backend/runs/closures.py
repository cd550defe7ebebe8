"""The run of the calendar: when the office's working days change, open deadlines are counted anew, with the
reason.

A typhoon closes the city hall: the day goes into `closed` of workflows/calendar.yaml with its reason, and a
deadline that ended that day ends on the next day the office works (Civil Code 142). A deadline that somebody
set or that a hold moved is left as it is. Whoever is in charge is told, and the case keeps from when to when
and why.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language

from backend.cases import pinned
from backend.cases.addressees import addressees
from backend.cases.kill import kill_point
from backend.cases.models import Case, Notice, Timer
from backend.runs import ledger
from backend.runs.models import Moved, Run
from backend.runs.reporting import Progress, Report, silent
from backend.workflow import deadlines
from backend.workflow.calendar import Calendar, office

KIND, NOTICE = "calendar", "deadline_moved"
TOLD, ALSO = ("moved", "left", "failed"), ("notices",)
CHUNK = 200
_START = UUID(int=0)


@dataclass(frozen=True)
class Why:
    """The days that changed, in words."""

    ja: str
    en: str

    @classmethod
    def of(cls, before: Calendar, after: Calendar) -> "Why":
        days = sorted((before.closed ^ after.closed) | (before.open ^ after.open))
        known = [(day, *after.why.get(day, ("閉庁日の変更", "working days changed"))) for day in days]
        ja = "、".join(f"{day.isoformat()} {reason}" for day, reason, _en in known) or "閉庁日の変更"
        en = ", ".join(f"{day.isoformat()} {reason}" for day, _ja, reason in known) or "working days changed"
        return cls(ja[:400], en[:400])

    @property
    def words(self) -> str:
        return self.ja if get_language() == "ja" else self.en


@dataclass(frozen=True)
class Move:
    """One case whose timers are counted anew: each timer's id and moments."""

    case: Case
    timers: tuple[tuple[Timer, datetime], ...]
    why: Why

    count = 1

    @property
    def outcome(self) -> str:
        return "moved" if self.timers else "left"

    @property
    def deadline(self) -> tuple[datetime, datetime] | None:
        """From when to when the deadline itself moves."""
        found = [(timer.at, at) for timer, at in self.timers if timer.kind == "due"]
        return found[0] if found else None

    @property
    def line(self) -> str:
        return f"{self.case.number}  {self._days or 'left as it was set'}  {self.why.en}"

    @property
    def words(self) -> str:
        return f"{self._days} {self.why.words}".strip()

    @property
    def _days(self) -> str:
        moved = self.deadline or next(((timer.at, at) for timer, at in self.timers), None)
        return " → ".join(timezone.localdate(moment).isoformat() for moment in moved) if moved else ""

    def row(self) -> dict[str, Any]:
        times = [(timer.kind, timer.at.isoformat(), at.isoformat()) for timer, at in self.timers]
        return {"case": self.case.number, "timers": times, "why": self.why.en}


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Count anew what the change of the calendar since the last run moves. The first run only remembers
    it.
    """
    now = office()
    before = _remembered()
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held):
        held.result["calendar"] = (before or now).to_content()
        place: UUID | None = _START if before and before != now else None
        while place is not None:
            place = _chunk(held, before or now, now, place)
            progress(held.counts)
        held.result["calendar"] = now.to_content()  # remembered only when everything was dealt with
        held.keep()
    return Report(business_date, held.counts, kind=KIND, troubles=held.troubles, told=TOLD, also=ALSO)


def preview(business_date: date) -> list[Move]:
    """What a run would move, nothing written."""
    before, now = _remembered(), office()
    if not before or before == now:
        return []
    why, found, place = Why.of(before, now), list[Move](), _START
    while rows := _rows(place):
        found += [move for case in rows if (move := _move(case, before, now, why))]
        place = rows[-1].id
    return found


def _remembered() -> Calendar | None:
    """The calendar that deadlines were last counted by."""
    rows = Run.objects.filter(kind=KIND, result__has_key="calendar")
    rows = rows.order_by(F("finished_at").desc(nulls_last=True))
    found = rows.values_list("result", flat=True).first()
    return Calendar.from_content(found["calendar"]) if found else None


def _rows(after: UUID, *, lock: bool = False) -> list[Case]:
    rows = Case.objects.filter(id__gt=after, is_open=True, held_at=None).order_by("id")
    if lock:
        rows = rows.select_for_update(of=("self",))
    related = ("assignee__user", "assignee__deputy__user", "assignee__supervisor__user")
    return list(rows.select_related(*related)[:CHUNK])


def _chunk(held: ledger.HeldRun, before: Calendar, now: Calendar, after: UUID) -> UUID | None:
    """Deal with the next cases in one transaction; returns where it ended, None at the end."""
    counts = Counter(held.counts)
    why = Why.of(before, now)
    try:
        with transaction.atomic():
            rows = _rows(after, lock=True)
            moves = [move for case in rows if (move := _move(case, before, now, why))]
            held.counts.update(move.outcome for move in moves)
            held.counts["notices"] += _write([move for move in moves if move.timers])
            held.keep()
            kill_point("R2")
    except BaseException:
        held.counts = counts
        raise
    return rows[-1].id if rows else None


def _move(case: Case, before: Calendar, now: Calendar, why: Why) -> Move | None:
    """What moves in a case; None where the change touches nothing of it."""
    waiting = {(timer.kind, timer.stage): timer for timer in _waiting(case)}
    if not waiting:
        return None
    old, new = _counted(case, before), _counted(case, now)
    changed = {key for key in old.keys() & new.keys() & waiting.keys() if old[key] != new[key]}
    if not changed:
        return None
    moved = [(waiting[key], new[key]) for key in sorted(changed) if waiting[key].at == old[key]]
    if not moved and all(waiting[key].at == new[key] for key in changed):
        return None  # an interrupted run was here before
    return Move(case, tuple(moved), why)


def _waiting(case: Case) -> Iterator[Timer]:
    rows = list(Timer.objects.filter(case=case, done_at=None).order_by("-entry_seq"))
    yield from (row for row in rows if row.entry_seq == rows[0].entry_seq)


def _counted(case: Case, calendar: Calendar) -> dict[tuple[str, int], datetime]:
    """The timers of the case's present state, counted by a calendar."""
    workflow = pinned.pinned(case.definition).workflow
    state = workflow.states[case.state.removeprefix(f"{workflow.name}.")]
    facts = {**case.facts, "urgency": case.urgency}
    due = deadlines.due(state, facts, entered=case.entered_at, opened=case.opened_at, calendar=calendar)
    if due is None:
        return {}
    specs = deadlines.timers(state, due, entered=case.entered_at, calendar=calendar)
    return {(spec.kind, spec.stage): spec.at for spec in specs}


def _write(moves: list[Move]) -> int:
    """New moments, what they were and why, and a notice to whoever is in charge; how many notices."""
    now, notices = timezone.now(), list[Notice]()
    for move in moves:
        for timer, at in move.timers:
            Timer.objects.filter(id=timer.id).update(at=at)
        if not (found := move.deadline):
            continue
        Case.objects.filter(id=move.case.id, due_at=found[0]).update(due_at=found[1])
        entry = move.timers[0][0].entry_seq
        row = Moved.objects.create(
            case=move.case, entry_seq=entry, before=found[0], after=found[1],
            why_ja=move.why.ja, why_en=move.why.en, at=now,
        )  # fmt: skip
        for member in addressees(move.case, "assignee", timezone.localdate(now)):
            key = f"moved/{row.id}/{member.id}"
            notices.append(Notice(member=member, case=move.case, kind=NOTICE, key=key, created_at=now))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(notices)
