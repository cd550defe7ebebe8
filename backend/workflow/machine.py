"""Workflows as state machines: the only module that knows django-fsm.

Every version of a workflow becomes a proxy of the model that carries the state, with one transition method
per action (django-fsm collects them when the class is made, so they cannot be added later, and two workflows
with an action of the same name on one class would clash). States are qualified: `referral.triaged`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.apps.registry import Apps
from django.db.models import Model
from django.db.models.base import ModelBase
from django_fsm import FSMField, TransitionNotAllowed, can_proceed, transition

from backend.workflow.model import Action, Workflow
from backend.workflow.rules import Unmet, unmet
from backend.workflow.situation import Situation

__all__ = ["Machine", "NotPossible", "StateField", "compile_workflow"]

FIELD = "state"
_PREFIX = "act_"  # an action may be called `save` or `delete`; its method must not be


class StateField(FSMField):
    """The state of a case, qualified by its workflow (`referral.triaged`); only a transition writes it."""


class NotPossible(Exception):  # noqa: N818 - reads as what it says
    """The case is not in a state in which the action can be done, or a guard does not hold.

    `unmet` holds the guards with their sentences; it is empty when the state itself forbids it.
    """

    def __init__(self, action: str, state: str, unmet_: tuple[Unmet, ...] = ()) -> None:
        self.action, self.state, self.unmet = action, state, unmet_
        guards = ", ".join(item.guard for item in unmet_)
        super().__init__(f"{action} in {state}: {guards or 'no such way out of this state'}")


class Machine:
    """One version of a workflow, carried by django-fsm on `model`, a proxy of the case model."""

    def __init__(self, workflow: Workflow, base: type[Model]) -> None:
        self.workflow = workflow
        self.base = base
        self.model = _proxy(workflow, base)
        self._prefix = f"{workflow.name}."

    def state(self, case: Model) -> str:
        """The state without the name of the workflow. Raises ValueError for a case of another workflow."""
        qualified = str(getattr(case, FIELD))
        if not qualified.startswith(self._prefix):
            raise ValueError(f"{qualified} is not a state of the workflow {self.workflow.name}.")
        return qualified.removeprefix(self._prefix)

    def available(self, case: Model, situation: Situation | None = None) -> tuple[str, ...]:
        """The actions the state allows, in their order; with a situation, only those whose guards hold."""
        with self._on(case, situation):
            found = {found.name for found in case.get_available_state_transitions()}  # type: ignore[attr-defined]
        return tuple(name for name in self.workflow.actions if _PREFIX + name in found)

    def can(self, case: Model, action: str, situation: Situation | None = None) -> bool:
        """Whether the state allows an action and, with a situation, its guards hold."""
        if action not in self.workflow.actions:
            return False
        with self._on(case, situation):
            return can_proceed(getattr(case, _PREFIX + action))

    def apply(self, case: Model, action: str, situation: Situation | None = None) -> str:
        """Run the transition in memory (signals fire) and return the new qualified state. Saves nothing.

        Raises `NotPossible`.
        """
        if action not in self.workflow.actions:
            raise NotPossible(action, self.state(case))
        with self._on(case, situation):
            try:
                getattr(case, _PREFIX + action)()
            except TransitionNotAllowed:
                raise self._why_not(case, action, situation) from None
        return str(getattr(case, FIELD))

    def start(self) -> str:
        """The qualified state a case begins in."""
        return self.workflow.qualified(self.workflow.start.state)

    def reverse(self, action: str, from_state: str) -> str | None:
        """The action that leads back after `action` left `from_state`, if the workflow has one."""
        reached = self.workflow.actions[action].target(from_state)
        back = (other.name for other in self.workflow.leaving(reached) if other.to == from_state)
        return next(back, None) if reached != from_state else None

    def _why_not(self, case: Model, action: str, situation: Situation | None) -> NotPossible:
        state = self.state(case)
        found = self.workflow.actions[action]
        if state not in found.from_ or situation is None:
            return NotPossible(action, state)
        return NotPossible(action, state, unmet(found, situation))

    @contextmanager
    def _on(self, case: Model, situation: Situation | None) -> Iterator[None]:
        """The case as an instance of this machine's proxy, for as long as django-fsm looks at it."""
        self.state(case)
        was = case.__class__
        case.__class__ = self.model
        case.__dict__["_situation"] = situation
        try:
            yield
        finally:
            case.__class__ = was
            del case.__dict__["_situation"]


_machines: dict[tuple[type[Model], str], Machine] = {}
_lock = threading.Lock()


def compile_workflow(workflow: Workflow, base: type[Model]) -> Machine:
    """The machine of a workflow version on a model with a `StateField` called `state`; made once."""
    key = (base, workflow.hash)
    machine = _machines.get(key)
    if machine is None:
        with _lock:  # two threads must not make two classes of one name
            machine = _machines.get(key) or _machines.setdefault(key, Machine(workflow, base))
    return machine


def _proxy(workflow: Workflow, base: type[Model]) -> type[Model]:
    name = f"{workflow.name.title().replace('_', '')}Case{workflow.hash[:12]}"
    # A registry of its own keeps the proxy out of migrations, content types and permissions.
    meta = type("Meta", (), {"proxy": True, "app_label": base._meta.app_label, "apps": Apps()})
    body: dict[str, Any] = {
        "__module__": __name__,
        "__qualname__": name,
        "__doc__": f"A case of the workflow {workflow.name}, version {workflow.hash}.",
        "Meta": meta,
    }
    for action in workflow.actions.values():
        body[_PREFIX + action.name] = _method(workflow, action, name)
    return cast(type[Model], ModelBase(name, (base,), body))


def _method(workflow: Workflow, action: Action, owner: str) -> Callable[..., None]:
    def run(self: Model) -> None:
        """The state changes; everything else is the door's work."""

    # django-fsm keeps transitions in sets by qualified name: without a true one they would be lost.
    run.__name__ = _PREFIX + action.name
    run.__qualname__ = f"{owner}.{run.__name__}"
    run.__doc__ = f"{action.title.en}: {', '.join(action.from_)} → {action.to or 'the same state'}."
    decorate = transition(
        field=FIELD,
        source=[workflow.qualified(state) for state in action.from_],
        target=workflow.qualified(action.to) if action.to else None,
        conditions=[_condition(action)] if action.guards else [],
        custom={"title": action.title, "class": action.cls, "form": action.form},
    )
    decorated: Callable[..., None] = decorate(run)
    return decorated


def _condition(action: Action) -> Callable[[Model], bool]:
    def guards_hold(case: Model) -> bool:
        situation = case.__dict__.get("_situation")
        return situation is None or not unmet(action, situation)

    return guards_hold
