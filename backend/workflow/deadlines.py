"""When things are due: periods by the Civil Code (138–143), hour clocks, fiscal years, timers of a state.

All moments are aware datetimes; days are days in Japan.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from backend.workflow.calendar import DAY, Calendar, office
from backend.workflow.durations import Duration, Offset
from backend.workflow.guards import JST
from backend.workflow.model import Deadline, State

END_OF_DAY = time(23, 59, 59)
_A_RENEWAL, _TERM = date(2025, 12, 1), 3  # years
TimerKind = Literal["due", "remind", "escalate"]
MORNING = time(6, 0)  # when the day's reminders are due, so that the morning run finds them


@dataclass(frozen=True, slots=True)
class Due:
    """The target of a deadline, its legal limit if it has one, and the deadline they come from."""

    at: datetime
    legal: datetime | None
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class TimerSpec:
    """A timer to be written when a state is entered.

    `stage` counts within the kind from 0. `to` is an addressee or role ("" = the assignee, or the owner role
    while there is none); `letter` the letter that goes out besides the notice.
    """

    kind: TimerKind
    stage: int
    at: datetime
    to: str = ""
    letter: str = ""


def add(start: datetime, length: Duration, calendar: Calendar | None = None) -> datetime:
    """The end of a period that begins at `start`.

    Minutes and hours run on through nights and holidays. Days, business days and months leave out the first
    day (140), end with their last day at 23:59:59 in Japan (141), and if the office is closed that day, with
    the next day it works (142); months go by the calendar (143).
    """
    if length.by_the_clock:
        return start + _elapsed(length)
    calendar = calendar or office()
    return at(end_day(start.astimezone(JST).date(), length, calendar), END_OF_DAY)


def end_day(first: date, length: Duration, calendar: Calendar) -> date:
    """The last day of a period of days, business days or months whose first, uncounted day is `first`."""
    if length.unit == "business_days":
        return calendar.after(first, length.amount)
    if length.unit == "months":
        return calendar.on_or_after(_months_later(first, length.amount))
    return calendar.on_or_after(first + DAY * length.amount)


def _months_later(first: date, months: int) -> date:
    """The day before the corresponding day (143): counting begins on the day after `first`."""
    begin = first + DAY
    index = begin.year * 12 + begin.month - 1 + months
    year, month = divmod(index, 12)
    last = monthrange(year, month + 1)[1]
    if begin.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, begin.day) - DAY


def at(day: date, clock: time) -> datetime:
    """A moment of a day in Japan."""
    return datetime.combine(day, clock, JST)


def _elapsed(length: Duration) -> timedelta:
    return timedelta(minutes=length.amount) if length.unit == "minutes" else timedelta(hours=length.amount)


def due(
    state: State,
    facts: Mapping[str, Any],
    *,
    entered: datetime,
    opened: datetime,
    calendar: Calendar | None = None,
) -> Due | None:
    """By when a case that entered `state` must leave it: the earliest of the deadlines that apply.

    A target never lies beyond its legal limit. None for a state without deadline.
    """
    calendar = calendar or office()
    found = [
        _due(deadline, facts, opened if deadline.since == "opened" else entered, entered, calendar)
        for deadline in _applying(state, facts)
    ]
    return min(found, key=lambda item: item.at, default=None)


def set_by_law(state: State, facts: Mapping[str, Any]) -> Deadline | None:
    """Of the deadlines that apply, the first with a legal limit or a source; None: the office set all."""
    return next((found for found in _applying(state, facts) if found.legal or found.cite), None)


def _applying(state: State, facts: Mapping[str, Any]) -> Iterator[Deadline]:
    """The deadline of the urgency (or the general one); danger, and abuse until the person was seen."""
    usual = state.due_by.get(str(facts.get("urgency")), state.due)
    if usual:
        yield usual
    if facts.get("imminent") and "imminent" in state.due_by:
        yield state.due_by["imminent"]
    abuse = str(facts.get("abuse"))
    if abuse in state.due_by and not facts.get("seen_on"):
        yield state.due_by[abuse]


def _due(
    deadline: Deadline, facts: Mapping[str, Any], start: datetime, entered: datetime, calendar: Calendar
) -> Due:
    named = facts.get(deadline.until) if deadline.until else None
    counted = at(date.fromisoformat(named), END_OF_DAY) if named else add(start, deadline.within, calendar)
    target = max(counted, entered)
    legal = add(start, deadline.legal, calendar) if deadline.legal else None
    return Due(min(target, legal) if legal else target, legal, deadline)


def timers(
    state: State, due_: Due, *, entered: datetime, calendar: Calendar | None = None
) -> list[TimerSpec]:
    """The timers of a state: the deadline itself, reminders and escalations, in the order they come.

    Reminders whose moment is already over when the state is entered are left out.
    """
    calendar = calendar or office()
    specs = [TimerSpec("due", 0, due_.at)]
    for stage, reminder in enumerate(state.remind):
        moment = offset_from(due_, reminder.at, calendar)
        if moment > entered:
            specs.append(TimerSpec("remind", stage, moment, reminder.to, reminder.letter))
    for stage, step in enumerate(due_.deadline.escalate or state.escalate):
        moment = offset_from(due_, Offset("after", step.after), calendar)
        specs.append(TimerSpec("escalate", stage, moment, step.to))
    return sorted(specs, key=lambda spec: (spec.at, spec.kind, spec.stage))


def offset_from(due_: Due, offset: Offset, calendar: Calendar | None = None) -> datetime:
    """A moment told by a deadline.

    By the clock it is exact; by days it is the morning (06:00 in Japan) of that day, so that people read it
    when they begin. `at due` is the morning of the last day, or the very moment of an hour clock.
    """
    calendar = calendar or office()
    by = offset.by
    if by is None:
        exact = due_.deadline.within.by_the_clock and not due_.deadline.until
        return due_.at if exact else at(_day(due_.at), MORNING)
    if by.by_the_clock:
        return due_.at + _elapsed(by) * (-1 if offset.side == "before" else 1)
    if offset.side == "after":
        return at(end_day(_day(due_.at), by, calendar), MORNING)
    if by.unit == "business_days":
        return at(calendar.before(_day(due_.at), by.amount), MORNING)
    return at(_day(due_.at) - DAY * (by.amount * 30 if by.unit == "months" else by.amount), MORNING)


def after_hold(
    moment: datetime, *, held: datetime, resumed: datetime, calendar: Calendar | None = None
) -> datetime:
    """Where a timer stands after the clock stopped from `held` to `resumed`.

    A moment of the clock moves by the time that passed; the end or the morning of a day moves by the
    business days that passed. A moment that was over before the hold stays. Legal limits do not stop.
    """
    if moment <= held:
        return moment
    local = moment.astimezone(JST)
    if local.timetz().replace(tzinfo=None) not in (END_OF_DAY, MORNING):
        return moment + (resumed - held)
    calendar = calendar or office()
    passed = calendar.between(_day(held), _day(resumed))
    return at(calendar.after(local.date(), passed), local.time())


def extended(until: date) -> datetime:
    """The deadline a member sets by extending it: the end of that day."""
    return at(until, END_OF_DAY)


def _day(moment: datetime) -> date:
    return moment.astimezone(JST).date()


def fiscal_year(day: date) -> int:
    """The fiscal year of a date, April to March (令和8年度 is 2026)."""
    return day.year if day.month >= 4 else day.year - 1


def term_end(day: date) -> date:
    """The last day of the term of all welfare commissioners that runs on a day.

    They are renewed every third 1 December (民生委員法10条, 一斉改選), in 2025 for one.
    """
    renewed = date(day.year - (day.year - _A_RENEWAL.year) % _TERM, _A_RENEWAL.month, _A_RENEWAL.day)
    if renewed > day:
        renewed = renewed.replace(year=renewed.year - _TERM)
    return renewed.replace(year=renewed.year + _TERM) - DAY


def fiscal_year_end(day: date, *, years_later: int = 0) -> date:
    """31 March of the fiscal year of a date, or of a later one."""
    return date(fiscal_year(day) + 1 + years_later, 3, 31)
