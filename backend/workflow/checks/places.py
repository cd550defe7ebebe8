"""What rules go through, each thing with its place in the file; and the names a workflow may use."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from backend.definitions.yaml_text import Step
from backend.workflow.model import Action, Effect, State, Workflow

Path = tuple[Step, ...]
Said = tuple[Path, str, str]


@dataclass(frozen=True)
class LetterNeeds:
    """What a letter needs of the workflow that sends it.

    `answers` must be asked by the form of every action that sends it, `optional` by that of at least one.
    `to` are the words for whom it is written to; empty: for anybody.
    """

    answers: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """The names a workflow may use. None: this kind is not known here and not checked.

    `permitted` are the action classes, and the qualified actions, that some policy permits to somebody.
    """

    forms: Mapping[str, Collection[str]] | None = None
    letters: Mapping[str, LetterNeeds] | None = None
    permitted: Collection[str] | None = None
    guards: Collection[str] = ()
    do: Collection[str] = ()
    consult: Collection[str] = ()
    workflows: Collection[str] | None = None
    webhooks: Collection[str] = ()

    def asked(self, action: Action) -> Collection[str] | None:
        """The properties the action's form asks; None where the form is not known."""
        if action.form is None:
            return ()
        return self.forms.get(action.form) if self.forms is not None else None


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


def not_asked(action: Action) -> str:
    """Why an answer is not there, as the end of a sentence."""
    return f"the form {action.form!r} does not ask" if action.form else "no form asks"
