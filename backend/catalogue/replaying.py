"""The past decided again under other policies: what would have come out otherwise, by rule.

Every decision was kept with its facts (backend.cases.decisionlog). It is put to the changed policies and to
those in use, so that what today's policies decide otherwise anyway is not laid at the change's door.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from backend.access import Decision, PolicyBook, Ruling, decide, rule
from backend.access.provision import ProvisionFacts
from backend.access.recorded import Inputs, read
from backend.cases.decisionlog import DecisionLog
from backend.cases.models import Case

EXAMPLES = 3
CHUNK = 2000
MOST_KEPT = 100_000  # answers, so that memory is bounded whatever the log holds
Told = tuple[str, tuple[str, ...]]  # an outcome, and the rules it rests on
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Example:
    """One decision that would be another: no name, only the case's number ("" for none), day and action."""

    case: str
    at: str
    action: str


@dataclass
class Group:
    """Decisions that change in the same way. `already` counts those the policies in use decide so as well."""

    was: str
    would: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    count: int = 0
    already: int = 0
    rows: list[tuple[UUID | None, datetime, str]] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


@dataclass
class Replay:
    """What would differ. `unread` counts what could not be put again, by why; `unknown` the decisions that
    kept a fact no policy can ask for any more.
    """

    decided: int = 0
    same: int = 0
    groups: dict[tuple[str, ...], Group] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def differ(self) -> int:
        return sum(group.count for group in self.groups.values())

    @property
    def already(self) -> int:
        return sum(group.already for group in self.groups.values())

    def sorted(self) -> list[Group]:
        """The groups, the largest first."""
        return sorted(self.groups.values(), key=lambda it: (-it.count, it.was, it.would, it.lost, it.gained))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What both books say to a question, or why it cannot be put again."""

    would: Told = ("", ())
    now: Told = ("", ())
    unknown: tuple[str, ...] = ()
    problem: str = ""


def replay(
    changed: PolicyBook,
    in_use: PolicyBook,
    rows: QuerySet[DecisionLog],
    *,
    progress: Progress = lambda *_: None,
) -> Replay:
    """Put every one of these decisions to both books. The same question is put once."""
    found, total = Replay(), rows.count()
    answers: dict[str, _Answer] = {}
    for number, row in enumerate(rows.order_by("id").iterator(chunk_size=CHUNK), 1):
        key = json.dumps([row.action, row.inputs], sort_keys=True)
        if key not in answers:
            if len(answers) == MOST_KEPT:
                answers.clear()
            answers[key] = _again(row, changed, in_use)
        _count(found, row, answers[key])
        if number % CHUNK == 0 or number == total:
            progress(number, total)
    _number(found)
    return found


def _again(row: DecisionLog, changed: PolicyBook, in_use: PolicyBook) -> _Answer:
    try:
        inputs = read(row.inputs)
        return _Answer(_told(inputs, row.action, changed), _told(inputs, row.action, in_use), inputs.unknown)
    except (TypeError, LookupError, ValueError, AttributeError) as error:
        return _Answer(problem=f"{type(error).__name__}: {error}")


def _told(inputs: Inputs, action: str, book: PolicyBook) -> Told:
    """What a book says. Raises ValueError where it cannot say anything."""
    found: Decision | Ruling
    if isinstance(inputs.resource, ProvisionFacts):
        found = rule(inputs.member, inputs.resource, today=inputs.today, book=book)
        outcome = found.outcome.value
    else:
        found = decide(
            inputs.member,
            action,
            inputs.resource,
            today=inputs.today,
            context=inputs.context,
            book=book,
            areas=inputs.areas,
        )
        outcome = "allow" if found.allowed else "deny"
    if found.errors:
        raise ValueError(found.errors[0])
    return outcome, tuple(sorted(found.rules))


def _count(found: Replay, row: DecisionLog, answer: _Answer) -> None:
    found.decided += 1
    found.unknown.update(answer.unknown)
    if answer.problem:
        found.unread[answer.problem] += 1
        return
    outcome, rules = answer.would
    if outcome == row.outcome:
        found.same += 1
        return
    lost, gained = set(row.rules) - set(rules), set(rules) - set(row.rules)
    group = Group(row.outcome, outcome, tuple(sorted(lost)), tuple(sorted(gained)))
    group = found.groups.setdefault((group.was, group.would, *group.lost, "", *group.gained), group)
    group.count += 1
    group.already += answer.now[0] == outcome
    if len(group.rows) < EXAMPLES:
        group.rows.append((row.case, row.at, row.action))


def _number(found: Replay) -> None:
    """Give the examples the numbers of their cases."""
    wanted = {case for group in found.groups.values() for case, _, _ in group.rows if case}
    numbers: Mapping[UUID, str] = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "number"))
    for group in found.groups.values():
        group.examples = [
            Example(numbers.get(case, "") if case else "", f"{timezone.localdate(at):%Y-%m-%d}", action)
            for case, at, action in group.rows
        ]
