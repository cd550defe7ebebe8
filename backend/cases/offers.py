"""The actions of a case for one member: which may be taken now, and why not the others.

The same checks in the same order as the door, without answers: what only the answers decide stays open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from backend import access
from backend.access import CaseFacts, Decision, MemberFacts
from backend.cases.generic import GENERIC, WHEN_CLOSED, WHEN_HELD, Generic
from backend.cases.models import Case
from backend.cases.moves import situation
from backend.cases.pinned import Pinned, pinned
from backend.cases.reading import case_facts
from backend.cases.visible import day
from backend.workflow import rules
from backend.workflow.model import Action, Text
from backend.workflow.situation import Situation

Obstacle = Literal["", "state", "held", "closed", "refused", "guard"]

NOT_HERE = Text(
    "いまの状態ではできません。",
    "This cannot be done in the state the case is in.",
)
HELD = Text("保留中です。先に再開してください。", "The case is on hold. Resume it first.")
NOT_HELD = Text("保留中ではありません。", "The case is not on hold.")
CLOSED = Text("終結しています。先に再開の手続きをしてください。", "The case is closed. Reopen it first.")
NO_DEADLINE = Text("延ばす期限がありません。", "There is no deadline to extend.")


@dataclass(frozen=True)
class Offer:
    """One action and whether the member may take it now.

    `obstacle` is "" when it may be taken; `why` says what stands in the way (`refused`: the decision does).
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

    @property
    def possible(self) -> bool:
        return not self.obstacle


def offers(case: Case, member: MemberFacts, now: datetime) -> list[Offer]:
    """Every action of the case's workflow and of the engine, the possible ones first."""
    pin = pinned(case.definition)
    facts = case_facts(case, now)
    looked_at = replace(situation(case, member, {}, now), answers=None)
    found = [
        *_of_workflow(pin, case, member, facts, looked_at, now),
        *_generic(pin, case, member, facts, now),
    ]
    return sorted(found, key=lambda offer: not offer.possible)


def _of_workflow(
    pin: Pinned, case: Case, member: MemberFacts, facts: CaseFacts, looked_at: Situation, now: datetime
) -> Iterator[Offer]:
    here = case.state.partition(".")[2]
    for action in pin.workflow.actions.values():
        if here not in action.from_:
            if action.name not in GENERIC:
                yield _of_action(action, "state", (NOT_HERE,))
            continue
        if case.held_at is not None and action.name not in WHEN_HELD:
            yield _of_action(action, "held", (HELD,))
            continue
        decision = access.decide(member, pin.workflow.qualified(action.name), facts, today=day(now))
        if not decision.allowed:
            yield _of_action(action, "refused", decision=decision)
            continue
        unmet = rules.unmet(action, looked_at)
        why = tuple(Text(found.says.ja, found.says.en) for found in unmet)
        yield _of_action(action, "guard" if unmet else "", why, decision)


def _of_action(
    action: Action, obstacle: Obstacle, why: tuple[Text, ...] = (), decision: Decision | None = None
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
    )


def _generic(
    pin: Pinned, case: Case, member: MemberFacts, facts: CaseFacts, now: datetime
) -> Iterator[Offer]:
    here = case.state.partition(".")[2]
    own = {action.name for action in pin.workflow.leaving(here)}
    for found in GENERIC.values():
        if found.name in own:
            continue
        decision = access.decide(member, found.cls, facts, today=day(now))
        obstacle, why = _in_the_way(found, case)
        if not decision.allowed:
            obstacle, why = "refused", ()
        yield Offer(found.name, found.title, found.cls, found.form, False, None, obstacle, why, decision)


def _in_the_way(found: Generic, case: Case) -> tuple[Obstacle, tuple[Text, ...]]:
    if not case.is_open and found.name not in WHEN_CLOSED:
        return "closed", (CLOSED,)
    if case.held_at is not None and not found.when_held:
        return "held", (HELD,)
    if found.name == "resume" and case.held_at is None:
        return "state", (NOT_HELD,)
    if found.name == "extend" and case.due_at is None:
        return "state", (NO_DEADLINE,)
    return "", ()
