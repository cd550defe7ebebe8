"""From a case, an action and its answers to what must be written. No SQL but what an action's `consult`
looks up, so that it can be tried at will.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from backend.access import MemberFacts
from backend.answers.form import Form
from backend.cases import consulting
from backend.cases.chain import Content
from backend.cases.consulting import Asked
from backend.cases.errors import AnswersWrong, NotPossible
from backend.cases.models import Case
from backend.cases.pinned import Pinned
from backend.cases.planning import PlannedEffect
from backend.definitions.canonical import canonical
from backend.workflow import deadlines, rules
from backend.workflow.deadlines import TimerSpec
from backend.workflow.model import Action, State
from backend.workflow.situation import Situation

# Facts that have a column of their own, because lists are filtered and sorted by them.
COLUMNS = {
    "assignee": "assignee_id",
    "receiver": "receiver_id",
    "person": "person_id",
    "area": "area_id",
    "controller": "controller",
    "urgency": "urgency",
    "watchers": "watchers",
    "protected": "protected",
}


@dataclass(frozen=True)
class Move:
    """What one action changes: `changes` are case attributes, `facts` what the action learned."""

    action: str
    source: str
    target: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""
    form_hash: str = ""
    contents: tuple[Content, ...] = ()
    timers: tuple[TimerSpec, ...] = ()
    effects: tuple[PlannedEffect, ...] = ()
    replan: bool = False
    corrects: int | None = None
    erases: Mapping[str, Any] | None = None

    def refers_to(self) -> dict[str, Any]:
        """The ids of other rows this move sets; they must exist."""
        names = ("assignee_id", "receiver_id", "person_id", "area_id")
        return {name: self.changes[name] for name in names if self.changes.get(name)}


def situation(
    case: Case | None,
    member: MemberFacts,
    answers: Mapping[str, Any],
    now: datetime,
    known: Mapping[str, Any] | None = None,
) -> Situation:
    """What guards and `do` functions may look at."""
    seen: dict[str, Any] = {}
    if case is not None:
        seen = {
            "state": case.state.partition(".")[2],
            "urgency": case.urgency,
            "facts": case.facts,
            "assignee": str(case.assignee_id or ""),
            "receiver": case.receiver_id or "",
            "person": str(case.person_id or ""),
            "area": case.area_id,
            "controller": case.controller,
            "opened_at": case.opened_at,
            "held": case.held_at is not None,
        }
    who = {
        "id": member.id,
        "account": member.account,
        "role": member.role,
        "organisation": member.organisation,
        "controller": member.controller,
    }
    return Situation(case=seen, answers=answers, member=who, now=now, known=known)


def checked(form: Form, answers: Mapping[str, Any]) -> None:
    """Raise `AnswersWrong` with every problem at once."""
    problems = form.check(dict(answers))
    if problems:
        raise AnswersWrong(problems)


def contents_of(form: Form, answers: Mapping[str, Any]) -> list[Content]:
    """The answers as content, one piece for each data category."""
    kind = f"answers/{form.name}"
    return [Content(kind, category, canonical(part)) for category, part in form.split(dict(answers)).items()]


def require_guards(action: Action, looked_at: Situation) -> None:
    """Raise `NotPossible` with the sentences of every guard that does not hold."""
    missing = rules.unmet(action, looked_at)
    if missing:
        lang = get_language() or "ja"
        raise NotPossible(" ".join(found.says.in_language(lang) for found in missing), missing)


def settled(case: Case, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as changes of the case: those with a column there, the rest merged into `facts`."""
    changes: dict[str, Any] = {COLUMNS[name]: value for name, value in facts.items() if name in COLUMNS}
    for name in ("assignee_id", "receiver_id", "person_id"):
        if name in changes:
            changes[name] = changes[name] or None
    rest = {name: value for name, value in facts.items() if name not in COLUMNS}
    if rest:
        changes["facts"] = {**case.facts, **rest}
    return changes


def entering(pin: Pinned, state: State, case: Case, changes: Mapping[str, Any], now: datetime) -> Move:
    """The changes and timers of entering a state at `now`."""
    facts = {
        **changes.get("facts", case.facts),
        "urgency": changes.get("urgency", case.urgency),
    }
    due = deadlines.due(state, facts, entered=now, opened=case.opened_at)
    timers = deadlines.timers(state, due, entered=now) if due else []
    entered = {
        **changes,
        "kind": state.kind,
        "owner_role": state.owner,
        "is_open": not state.final,
        "entered_at": now,
        "due_at": due.at if due else None,
        "closed_at": now if state.final else None,
    }
    name = pin.workflow.qualified(state.name)
    return Move("", "", name, entered, timers=tuple(timers), replan=True)


def move(
    pin: Pinned, action: Action, case: Case, member: MemberFacts, answers: Mapping[str, Any], now: datetime
) -> Move:
    """What an action of the workflow does to `case`.

    Raises `NotPossible` (a guard says no) and `AnswersWrong` (the form says no).
    """
    before = case.receiver_id
    contents: list[Content] = []
    form_name = form_hash = ""
    if action.form:
        form, form_hash = pin.form(action.form)
        form_name = action.form
        checked(form, answers)
        contents = contents_of(form, answers)
    elif answers:
        raise NotPossible(f"{action.name} takes no answers.")
    known = consulting.looked_up(action, Asked(case, member, answers, now)) if action.consult else {}
    looked_at = situation(case, member, answers, now, known)
    require_guards(action, looked_at)
    facts = rules.learned(action, looked_at)
    changes = settled(case, facts)
    if "facts" in changes:
        contents.append(Content("facts", "consultation", canonical(changes["facts"])))
    receiver = changes.get("receiver_id") or before
    base = Move("", "", case.state, changes)
    if action.to is not None:
        base = entering(pin, pin.workflow.states[action.to], case, changes, now)
    return replace(
        base,
        action=pin.workflow.qualified(action.name),
        source=case.state or "",
        form=form_name,
        form_hash=form_hash,
        contents=tuple(contents),
        effects=tuple(_effects(pin, action, looked_at.knowing(facts), str(receiver or ""))),
    )


def _effects(pin: Pinned, action: Action, looked_at: Situation, receiver: str) -> list[PlannedEffect]:
    planned = []
    for effect in rules.effects(action, looked_at):
        payload = {"to": effect.to}
        if effect.to == "receiver":
            # Frozen now: the same step may take the case away from them, and they must hear of that.
            payload["receiver"] = receiver
        if effect.kind == "letter":
            payload["definition"] = pin.workflow.letters[effect.name]
        planned.append(PlannedEffect(effect.kind, effect.name or effect.to, payload))
    return planned
