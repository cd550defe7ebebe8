"""What rules go through, each thing with its place in the file; and the names a workflow may use."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from backend.definitions.yaml_text import Step
from backend.workflow.model import Action, Effect, State, Workflow

Path = tuple[Step, ...]
Said = tuple[Path, str, str]


@dataclass(frozen=True)
class LetterNeeds:
    """What a letter needs: `answers` are the properties of the action's form it prints."""

    answers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """The names a workflow may use. None: this kind is not known here and not checked."""

    forms: Mapping[str, Collection[str]] | None = None
    letters: Mapping[str, LetterNeeds] | None = None
    permitted_classes: Collection[str] | None = None
    guards: Collection[str] = ()
    do: Collection[str] = ()
    consult: Collection[str] = ()
    workflows: Collection[str] | None = None
    webhooks: Collection[str] = ()


Rule = Callable[[Workflow, Known], Iterator[Said]]


def _place(workflow: Workflow, action: Action) -> Path:
    return ("start",) if action.name == workflow.start.action else ("actions", action.name)


def states_of(workflow: Workflow) -> Iterator[tuple[Path, State]]:
    for state in workflow.states.values():
        yield ("states", state.name), state


def actions_of(workflow: Workflow) -> Iterator[tuple[Path, Action]]:
    for action in workflow.every_action():
        yield _place(workflow, action), action


def effects_of(workflow: Workflow) -> Iterator[tuple[Path, Action, Effect]]:
    for path, action in actions_of(workflow):
        for index, effect in enumerate(action.then):
            yield (*path, "then", index), action, effect
