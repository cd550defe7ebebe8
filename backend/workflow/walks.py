"""Example lives of a case: read from walks.yaml, checked against the workflow, rehearsed without a database.

The real run through the door is elsewhere (it needs cases); a rehearsal knows the graph, guards, facts,
effects and deadlines, but neither policies nor forms.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import conform, nearest
from backend.definitions.source import Source
from backend.definitions.yaml_text import Located, read_yaml
from backend.workflow import rules
from backend.workflow.calendar import Calendar
from backend.workflow.content import text
from backend.workflow.deadlines import due
from backend.workflow.guards import JST
from backend.workflow.model import Action, Effect, Text, Workflow
from backend.workflow.situation import Situation
from backend.workflow.vocabulary import GENERIC_ACTIONS

SCHEMA = Path(__file__).with_name("walks.schema.json")
COLUMNS = ("assignee", "receiver", "person")  # facts that a case keeps beside the others

Answers = dict[str, Any]
Sample = Callable[[str, int], Answers]
Refusal = Literal["policy", "possible", "answers"]


@dataclass(frozen=True)
class WalkStep:
    """Somebody does something at a time; either the case becomes a state or something refuses.

    `sample` is the number of the form's accepted example that `answers` are laid over (0: none).
    """

    index: int
    at: datetime
    who: str
    action: str
    sample: int = 0
    answers: Answers = field(default_factory=dict)
    without: tuple[str, ...] = ()
    becomes: str = ""
    refused: Refusal | None = None
    because: str = ""
    sends: tuple[str, ...] | None = None
    due: datetime | None = None

    def full_answers(self, form: str | None, sample: Sample, member: Callable[[str], str] = str) -> Answers:
        """The answers to send: the example, what the step changes, what it leaves out.

        `member` turns a username of the cast into a member id; walks write `@caseworker` for it, `@source`
        for the case they begin from, and `@content` for the number of what an approver sees.
        """
        base = deepcopy(sample(form, self.sample)) if form and self.sample else {}
        merged = {**base, **self.answers}
        kept = {key: value for key, value in merged.items() if key not in self.without}
        return {key: _member(value, member) for key, value in kept.items()}


@dataclass(frozen=True)
class After:
    """The case a walk begins from: the first `steps` of a walk of another workflow, about the same person."""

    workflow: str
    walk: str
    steps: int


@dataclass(frozen=True)
class Walk:
    """One example life. `known` says whether the person is known from the start.

    With `after`, answers write `@source` for the id of the case it begins from and `@number` for its number.
    """

    name: str
    title: Text
    steps: tuple[WalkStep, ...]
    known: bool = True
    area: str = "D01-1"
    after: After | None = None


@dataclass(frozen=True)
class Walks:
    """The walks of a workflow, and where they were read from."""

    workflow: str
    walks: Mapping[str, Walk]
    located: Located


def path_of(source: Source) -> Path:
    """Where the walks of a workflow lie: beside it."""
    return source.path.with_name("walks.yaml")


def load(path: Path, shown: str | None = None) -> tuple[Walks | None, list[Finding]]:
    """The walks of a file, and what is wrong with its shape."""
    try:
        located = read_yaml(path, shown)
    except DefinitionError as error:
        return None, list(error.findings)
    findings = conform(located, SCHEMA)
    if findings:
        return None, findings
    try:
        walks = {name: _walk(name, value) for name, value in located.value["walks"].items()}
    except ValueError as error:
        return None, [located.finding(("walks",), f"a date does not exist ({error})", "correct it")]
    return Walks(located.value["workflow"], walks, located), []


def _walk(name: str, value: Mapping[str, Any]) -> Walk:
    steps = tuple(_step(index, item) for index, item in enumerate(value["steps"]))
    after = After(**value["after"]) if "after" in value else None
    known, area = value.get("person", True), value.get("area", "D01-1")
    return Walk(name, text(value["title"]), steps, known, area, after)


def _step(index: int, value: Mapping[str, Any]) -> WalkStep:
    given = value.get("answers", {})
    sample = int(given.removeprefix("sample").strip() or 1) if isinstance(given, str) else 0
    sends = value.get("sends")
    return WalkStep(
        index=index,
        at=_moment(value["on"]),
        who=value["who"],
        action=value["does"],
        sample=sample,
        answers={**({} if sample else given), **value.get("with", {})},
        without=tuple(value.get("without", ())),
        becomes=value.get("becomes", ""),
        refused=value.get("refused"),
        because=value.get("because", ""),
        sends=None if sends is None else tuple(sends),
        due=_moment(value["due"]) if "due" in value else None,
    )


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=JST)


def _member(value: Any, member: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_member(item, member) for item in value]
    if isinstance(value, dict):
        return {key: _member(item, member) for key, item in value.items()}
    name = re.fullmatch(r"@([a-z_]+)", value) if isinstance(value, str) else None
    return member(name.group(1)) if name else value


def check_names(workflow: Workflow, walks: Walks) -> list[Finding]:
    """Names in walks that the workflow does not have, and actions no walk ever does."""
    findings = []
    actions = {action.name for action in workflow.every_action()} | set(GENERIC_ACTIONS)
    done: set[str] = set()
    for walk in walks.walks.values():
        for step in walk.steps:
            place = ("walks", walk.name, "steps", step.index)
            if step.action not in actions:
                message = f"the action {step.action!r} is not known"
                findings.append(
                    walks.located.finding((*place, "does"), message, nearest(step.action, actions))
                )
            if step.becomes and step.becomes not in workflow.states:
                message = f"the state {step.becomes!r} is not known"
                remedy = nearest(step.becomes, workflow.states)
                findings.append(walks.located.finding((*place, "becomes"), message, remedy))
            if step.becomes:
                done.add(step.action)
    missing = sorted(actions - set(GENERIC_ACTIONS) - done)
    if missing:
        message = f"no walk does {', '.join(missing)}"
        findings.append(walks.located.warning(("walks",), message, "add a walk that does"))
    return findings


def rehearse(
    workflow: Workflow, walks: Walks, sample: Sample, calendar: Calendar | None = None
) -> list[Finding]:
    """Where the walks do not come out as written, without database, policies and forms."""
    findings = []
    for walk in walks.walks.values():
        for step, wrong in _Rehearsal(workflow, walk, sample, calendar).run():
            place = ("walks", walk.name, "steps", step.index)
            remedy = "correct the walk or the workflow"
            findings.append(walks.located.finding(place, f"{walk.name}: {wrong}", remedy))
    return findings


class _Rehearsal:
    """A case as plain data, led through one walk."""

    def __init__(self, workflow: Workflow, walk: Walk, sample: Sample, calendar: Calendar | None) -> None:
        self.workflow, self.walk, self.sample, self.calendar = workflow, walk, sample, calendar
        self.case: dict[str, Any] = {
            "state": "",
            "facts": {},
            "assignee": "",
            "receiver": "",
            "person": "person" if walk.known else "",
            "opened_at": walk.steps[0].at,
        }

    def run(self) -> Iterator[tuple[WalkStep, str]]:
        for step in self.walk.steps:
            if step.refused in ("policy", "answers"):
                continue
            wrong = self._generic(step) if self._is_generic(step) else self._own(step)
            for message in wrong:
                yield step, message

    def _is_generic(self, step: WalkStep) -> bool:
        action = self.workflow.actions.get(step.action)
        return step.action in GENERIC_ACTIONS and not (action and self.case["state"] in action.from_)

    def _generic(self, step: WalkStep) -> Iterator[str]:
        if step.action == "assign":
            self.case["assignee"] = step.answers.get("assigned_to", "assigned")
        if step.becomes != self.case["state"]:
            yield f"{step.action!r} leaves it in {self.case['state']!r}, not {step.becomes!r}"

    def _own(self, step: WalkStep) -> Iterator[str]:
        try:
            action = self.workflow.action(step.action)
        except KeyError:
            return  # said by check_names
        answers = step.full_answers(action.form, self.sample)
        situation = Situation(self.case, answers, {"id": step.who, "account": step.who}, step.at)
        why = self._why_not(action, situation)
        if step.refused:
            yield from self._refusal(step, why)
        elif why:
            yield f"{step.action!r} is refused by {', '.join(why)}"
        else:
            yield from self._move(step, action, situation)

    def _why_not(self, action: Action, situation: Situation) -> list[str]:
        here = self.case["state"]
        if here not in action.from_ and (action.from_ or here):
            return [f"the state {here!r}"]
        return [found.guard for found in rules.unmet(action, situation)]

    def _refusal(self, step: WalkStep, why: list[str]) -> Iterator[str]:
        if not why:
            yield f"{step.action!r} is possible, but should be refused"
        elif step.because and step.because not in why:
            yield f"{step.action!r} is refused by {', '.join(why)}, not by {step.because!r}"

    def _move(self, step: WalkStep, action: Action, situation: Situation) -> Iterator[str]:
        facts = rules.learned(action, situation)
        sent = [_told(effect) for effect in rules.effects(action, situation.knowing(facts))]
        self.case["facts"] = {**self.case["facts"], **facts}
        self.case |= {name: facts[name] for name in COLUMNS if name in facts}
        self.case["state"] = action.target(self.case["state"])
        if self.case["state"] != step.becomes:
            yield f"{step.action!r} leads to {self.case['state']!r}, not {step.becomes!r}"
        if step.sends is not None and list(step.sends) != sent:
            yield f"{step.action!r} sends {', '.join(sent) or 'nothing'}"
        if step.due:
            yield from self._deadline(step)

    def _deadline(self, step: WalkStep) -> Iterator[str]:
        state = self.workflow.states[self.case["state"]]
        opened = self.case["opened_at"]
        found = due(state, self.case["facts"], entered=step.at, opened=opened, calendar=self.calendar)
        written = f"{found.at.astimezone(JST):%Y-%m-%d %H:%M}" if found else "nothing"
        if step.due and written != f"{step.due:%Y-%m-%d %H:%M}":
            yield f"{self.case['state']!r} is due {written}, not {step.due:%Y-%m-%d %H:%M}"


def _told(effect: Effect) -> str:
    return f"{effect.kind} {effect.to if effect.kind == 'notice' else effect.name}"
