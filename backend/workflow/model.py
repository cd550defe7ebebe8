"""A workflow as the program means it: frozen, ordered, the same whether read from YAML or from the store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from backend.definitions.canonical import content_hash
from backend.definitions.yaml_text import Located
from backend.workflow.durations import Duration, Offset

StateKind = Literal["new", "ours", "theirs", "done", "stopped"]
EffectKind = Literal["letter", "notice", "webhook", "start_case"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Japanese and English."""

    ja: str
    en: str

    def in_language(self, lang: str) -> str:
        return self.en if lang == "en" else self.ja


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a state must be left.

    `within` is the target, `legal` the limit that cannot be extended, `cite` its source. Both count from
    entering the state, or with `since="opened"` from the receipt of the case (as statutory clocks do).
    `until` names a fact that holds a date: while it does, the end of that day is the target instead.
    `escalate` is the ladder when this deadline is the one that counts; empty means the ladder of the state.
    """

    within: Duration
    legal: Duration | None = None
    cite: str | None = None
    since: Literal["entered", "opened"] = "entered"
    until: str = ""
    escalate: tuple["Escalation", ...] = ()


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody is reminded at an offset from the deadline; with `letter`, by that letter too.

    `to` is an addressee or role; empty means the assignee, or the owner role while there is none.
    """

    at: Offset
    to: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A role that is told when the deadline is over by `after`."""

    after: Duration
    to: str


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand. An open state has an owner (a role), a deadline and an escalation ladder.

    `title` is for staff, `citizen` for the person concerned, `not_yet` for a state still ahead. `due_by`
    holds deadlines for an urgency, which replace `due`, and for imminent danger or a kind of abuse, which
    come besides: of all that apply the earliest counts.
    """

    name: str
    title: Text
    citizen: Text
    not_yet: Text
    kind: StateKind
    owner: str = ""
    due: Deadline | None = None
    due_by: Mapping[str, Deadline] = field(default_factory=dict)
    remind: tuple[Reminder, ...] = ()
    escalate: tuple[Escalation, ...] = ()
    final: bool = False


@dataclass(frozen=True, slots=True)
class SchemaGuard:
    """A guard written as JSON Schema over `{case, answers, member}`, and what to say when it fails."""

    schema: Mapping[str, Any]
    says: Text


Guard = str | SchemaGuard


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows a step after commit, once.

    `name` is the letter, the phrase of a notice, the webhook or the workflow to start; `to` the addressee;
    `when` the name of a guard that must hold for the effect to happen.
    """

    kind: EffectKind
    name: str = ""
    to: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A way from some states to one state.

    `to` None stays where it is and leaves the clock running; `to` the same state enters it anew. `consult`
    names what is looked up before the guards: `do` functions and guards find it in `Situation.known`.
    `prove_again`: whoever does it on a page shows first that it is they, unless they did a moment ago.
    """

    name: str
    title: Text
    cls: str
    from_: tuple[str, ...]
    to: str | None
    form: str | None = None
    guards: tuple[Guard, ...] = ()
    do: tuple[str, ...] = ()
    then: tuple[Effect, ...] = ()
    consult: tuple[str, ...] = ()
    needs_reason: bool = False
    confirm: Text | None = None
    prove_again: bool = False

    def target(self, state: str) -> str:
        """The state after doing this in `state`."""
        return self.to or state


@dataclass(frozen=True, slots=True)
class Start:
    """How a case begins."""

    action: str
    title: Text
    cls: str
    state: str
    form: str | None = None
    guards: tuple[Guard, ...] = ()
    do: tuple[str, ...] = ()
    then: tuple[Effect, ...] = ()
    consult: tuple[str, ...] = ()

    def as_action(self) -> Action:
        """The start as an action from nowhere."""
        return Action(
            self.action,
            self.title,
            self.cls,
            (),
            self.state,
            self.form,
            self.guards,
            self.do,
            self.then,
            self.consult,
        )


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a case is kept: years from the 1 April after the fiscal year it ended in, and by which rule.

    Where a child was abused it is kept at least until the person is `until_age` years old; 0 for no such
    rule.
    """

    years: int
    cite: str
    until_age: int = 0


@dataclass(frozen=True)
class Workflow:
    """What can happen to a case, in the order it was written.

    `purpose` says in one sentence what it is for and when to choose it, to somebody who has never seen one.
    `forms` and `letters` pin the versions (name → hash) this version was published with.
    """

    name: str
    title: Text
    start: Start
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    forms: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    purpose: Text = Text("", "")
    retain: Retention | None = None
    origin: Located | None = field(default=None, compare=False, repr=False)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical content: the name of this version."""
        return content_hash(self.to_content())

    def to_content(self) -> dict[str, Any]:
        """Plain data that `from_content` reads back; lists keep the order, absent means default."""
        from backend.workflow.content import written  # noqa: PLC0415 - content builds on this module

        return written(self)

    @staticmethod
    def from_content(content: Mapping[str, Any]) -> "Workflow":
        """The workflow that `to_content` wrote."""
        from backend.workflow.content import read  # noqa: PLC0415 - content builds on this module

        return read(content)

    def pinned(self, forms: Mapping[str, str], letters: Mapping[str, str]) -> "Workflow":
        """This workflow with the versions of the forms and letters it uses."""
        used_forms, used_letters = self.form_names(), self.letter_names()
        return replace(
            self,
            forms={name: forms[name] for name in sorted(used_forms)},
            letters={name: letters[name] for name in sorted(used_letters)},
        )

    def action(self, name: str) -> Action:
        """An action by name, the start included. Raises KeyError."""
        return self.start.as_action() if name == self.start.action else self.actions[name]

    def every_action(self) -> Iterator[Action]:
        """The start, then the actions in order."""
        yield self.start.as_action()
        yield from self.actions.values()

    def leaving(self, state: str) -> tuple[Action, ...]:
        """The actions possible in a state, in order."""
        return tuple(action for action in self.actions.values() if state in action.from_)

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """Every (from, action, to); an action that stays is an edge to the same state."""
        for action in self.actions.values():
            for state in action.from_:
                yield state, action.name, action.target(state)

    def qualified(self, state: str) -> str:
        """`referral.triaged`: how the state is stored."""
        return f"{self.name}.{state}"

    def form_names(self) -> frozenset[str]:
        return frozenset(action.form for action in self.every_action() if action.form)

    def letter_names(self) -> frozenset[str]:
        sent = {
            effect.name for action in self.every_action() for effect in action.then if effect.kind == "letter"
        }
        reminded = {reminder.letter for state in self.states.values() for reminder in state.remind}
        return frozenset((sent | reminded) - {""})
