"""What a step will write besides itself: timers of the state entered and effects of the action."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.cases.chain import utc
from backend.workflow import deadlines
from backend.workflow.model import Deadline, State


@dataclass(frozen=True, slots=True)
class PlannedTimer:
    """A timer to be written: `kind` is due, remind or escalate; `stage` names its place on the ladder."""

    kind: str
    stage: str
    at: datetime
    to: str

    def entry(self) -> dict[str, str]:
        return {"kind": self.kind, "stage": self.stage, "at": utc(self.at), "to": self.to}


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    """An effect to be written; its payload holds ids and definition hashes only."""

    kind: str
    target: str
    payload: dict[str, str]

    def entry(self) -> dict[str, Any]:
        return {"kind": self.kind, "target": self.target, "payload": self.payload}


def due_at(
    state: State, facts: Mapping[str, Any], *, urgency: str, entered: datetime, opened: datetime
) -> datetime | None:
    """By when this state must be left: the earliest of the clocks that apply, None in a final state."""
    applying = {urgency, "imminent" if facts.get("imminent") else "", str(facts.get("abuse", ""))}
    clocks = [deadline for name, deadline in state.due_by.items() if name in applying]
    if not clocks:
        clocks = [state.due] if state.due else []
    return min((_moment(clock, entered, opened) for clock in clocks), default=None)


def _moment(deadline: Deadline, entered: datetime, opened: datetime) -> datetime:
    return deadlines.add(opened if deadline.since == "opened" else entered, deadline.within)


def plan_timers(state: State, due: datetime | None) -> list[PlannedTimer]:
    """The deadline of a state with its reminders and escalations."""
    if due is None:
        return []
    timers = [PlannedTimer("due", "due", due, state.owner)]
    for reminder in state.remind:
        at = deadlines.moment(due, reminder.at)
        timers.append(PlannedTimer("remind", str(reminder.at), at, reminder.to or state.owner))
    for step in state.escalate:
        timers.append(PlannedTimer("escalate", str(step.after), deadlines.add(due, step.after), step.to))
    return timers


def columns(timers: Iterable[PlannedTimer], effects: Iterable[PlannedEffect]) -> dict[str, list[Any]]:
    """Both as the arrays that the writing statement unnests."""
    timers, effects = list(timers), list(effects)
    return {
        "timer_kinds": [timer.kind for timer in timers],
        "timer_stages": [timer.stage for timer in timers],
        "timer_ats": [timer.at for timer in timers],
        "timer_roles": [timer.to for timer in timers],
        "effect_kinds": [effect.kind for effect in effects],
        "effect_targets": [effect.target for effect in effects],
        "effect_payloads": [json.dumps(effect.payload, sort_keys=True) for effect in effects],
    }
