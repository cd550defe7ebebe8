"""The actions of a case for one member: which may be taken now, and why not the others.

The same checks in the same order as the door, without answers: what only the answers decide stays open.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal

from backend import access
from backend.access import Decision, MemberFacts
from backend.cases.generic import ELSEWHERE, GENERIC, WHEN_CLOSED, WHEN_HELD, Generic
from backend.cases.models import Case
from backend.cases.moves import situation
from backend.cases.pinned import pinned
from backend.cases.reading import case_facts
from backend.cases.visible import day
from backend.workflow import rules
from backend.workflow.model import Action, Text
from backend.workflow.rules import Unmet
from backend.workflow.situation import Situation

Obstacle = Literal["", "state", "held", "closed", "refused", "guard"]

NOT_HERE = Text(
    "いまの状態ではできません。",
    "This cannot be done in the state the case is in.",
)
HELD = Text("保留中です。先に再開してください。", "The case is on hold. Resume it first.")
CLOSED = Text("終結しています。先に再開の手続きをしてください。", "The case is closed. Reopen it first.")


@dataclass(frozen=True)
class Offer:
    """One action and whether the member may take it now.

    `obstacle` is "" when it may be taken; `why` says what stands in the way (`refused`: the decision does),
    `unmet` which guards do not hold.
    `form` names the form it asks, None when it takes no answers or, for `attach` and `correct`, its own.
    """

    name: str
    title: Text
    cls: str
    form: str | None
    needs_reason: bool
    confirm: Text | None
    obstacle: Obstacle
    why: tuple[Text, ...] = ()
    decision: Decision | None = None
    unmet: tuple[Unmet, ...] = ()

    @property
    def possible(self) -> bool:
        return not self.obstacle


def offers(case: Case, member: MemberFacts, now: datetime) -> list[Offer]:
    """Every action of the case's workflow and of the engine, the possible ones first."""
    asking = _Asking(case, member, now)
    own = {action.name for action in asking.workflow.leaving(asking.here)}
    found = [
        *(asking.of_workflow(action) for action in asking.workflow.actions.values() if _known(action, own)),
        *(asking.of_engine(it) for name, it in GENERIC.items() if name not in own and name not in ELSEWHERE),
    ]
    return sorted(found, key=lambda offer: not offer.possible)


def offer(name: str, case: Case, member: MemberFacts, now: datetime) -> Offer | None:
    """One action by its name; None when neither the workflow nor the engine has it."""
    return _Asking(case, member, now).named(name)


def first(names: Iterable[str], case: Case, member: MemberFacts, now: datetime) -> Offer | None:
    """The first of these actions the member may take now. Those after it are not asked about."""
    asking = _Asking(case, member, now)
    return next((found for name in names if (found := asking.named(name)) and found.possible), None)


def _known(action: Action, own: Container[str]) -> bool:
    """An action named like one of the engine's is the workflow's only where the workflow has it."""
    return action.name in own or action.name not in GENERIC


class _Asking:
    """One member asking about one case at one moment."""

    def __init__(self, case: Case, member: MemberFacts, now: datetime) -> None:
        self.workflow = pinned(case.definition).workflow
        self.here = case.state.partition(".")[2]
        self._case, self._member, self._now = case, member, now
        self._facts = case_facts(case, now)

    @cached_property
    def _looked_at(self) -> Situation:
        return replace(situation(self._case, self._member, {}, self._now), answers=None)

    def _decide(self, action: str) -> Decision:
        return access.decide(self._member, action, self._facts, today=day(self._now))

    def named(self, name: str) -> Offer | None:
        action = self.workflow.actions.get(name)
        if action is not None and (name not in GENERIC or self.here in action.from_):
            return self.of_workflow(action)
        return self.of_engine(GENERIC[name]) if name in GENERIC else None

    def of_workflow(self, action: Action) -> Offer:
        if self.here not in action.from_:
            return _of_action(action, "state", (NOT_HERE,))
        decision = self._decide(self.workflow.qualified(action.name))
        if not decision.allowed:
            return _of_action(action, "refused", decision=decision)
        if self._case.held_at is not None and action.name not in WHEN_HELD:
            return _of_action(action, "held", (HELD,), decision)
        unmet = rules.unmet(action, self._looked_at)
        why = tuple(Text(found.says.ja, found.says.en) for found in unmet)
        return _of_action(action, "guard" if unmet else "", why, decision, unmet)

    def of_engine(self, found: Generic) -> Offer:
        decision = self._decide(found.cls)
        obstacle, why = _in_the_way(found, self._case)
        if not decision.allowed:
            obstacle, why = "refused", ()
        return Offer(found.name, found.title, found.cls, found.form, False, None, obstacle, why, decision)


def _of_action(
    action: Action,
    obstacle: Obstacle,
    why: tuple[Text, ...] = (),
    decision: Decision | None = None,
    unmet: tuple[Unmet, ...] = (),
) -> Offer:
    return Offer(
        action.name,
        action.title,
        action.cls,
        action.form,
        action.needs_reason,
        action.confirm,
        obstacle,
        why,
        decision,
        unmet,
    )


def _in_the_way(found: Generic, case: Case) -> tuple[Obstacle, tuple[Text, ...]]:
    if not case.is_open and found.name not in WHEN_CLOSED:
        return "closed", (CLOSED,)
    if case.held_at is not None and not found.when_held:
        return "held", (HELD,)
    lacking = found.lacks(case)
    if lacking is not None:
        return "state", (lacking,)
    return "", ()
