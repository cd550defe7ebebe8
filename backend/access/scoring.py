"""How well the decision tables guard the policies: which mutants change what no row expects.

Cedar is asked once about many questions and every mutant together, each mutant as a permit of its own; what a
question would have come to is put together from that as Cedar does it: an error refuses, a forbid that holds
stops, a permit that holds allows. The same is done for the policies as they are and must come to what was
decided, so that the shortcut is proved with every run.
"""

import multiprocessing
import os
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

import cedarpy

from backend.access.areas import Areas
from backend.access.book import Part, PolicyBook, Slice, policy_set
from backend.access.deciding import ask_report, context_of
from backend.access.decisions import Bench, Row, RowResult, changed
from backend.access.mutants import Mutant, mutants
from backend.access.nearest import settled
from backend.access.provision import ProvisionFacts
from backend.access.reading import REPORT, Policy
from backend.access.ruling import weigh

_FAILING = re.compile(r"policy `([^`]*)`")
_CHUNK = 100  # rows a process takes at once
ATTEMPTS = 1500  # situations tried for each kind of question, to tell a survivor from the policy
PARTS: tuple[Part, ...] = ("duty", "policies", "fallback")

Kind = tuple[str, str]  # an action and a type of entity
Progress = Callable[[int, int, int], None]  # rows decided, of how many, mutants noticed so far


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a question comes to, as rows say it, and by which policies; or nothing: a policy failed."""

    found: str
    rules: frozenset[str]
    failed: bool = False


_FAILED = Verdict("deny", frozenset(), failed=True)


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant no row notices, and why.

    `situation` is one near a row in which it would decide otherwise, "" when none was found; `held_by` are
    the policies that decided where it held and its origin did not, or the other way round.
    """

    mutant: Mutant
    situation: str = ""
    held_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants there were, and which of them live."""

    total: int
    survivors: tuple[Survivor, ...]

    @property
    def percent(self) -> float:
        """The share of mutants some row notices, in percent; 100 where there is nothing to notice."""
        return 100 * (1 - len(self.survivors) / self.total) if self.total else 100.0

    def __str__(self) -> str:
        shown = f"{self.percent:.1f}".removesuffix(".0")
        return f"mutation score {'99.9' if self.survivors and shown == '100' else shown} %"


@dataclass(frozen=True, slots=True)
class _Case:
    """A row and the areas it is decided in."""

    row: Row
    areas: Areas


class _Set:
    """One set of policies and the mutants of them, for one kind of question."""

    def __init__(
        self, book: PolicyBook, part: Part, kind: Kind, own: Sequence[Policy], numbered: Mapping[str, Mutant]
    ) -> None:
        self.book, self.part, self.kind = book, part, kind
        family = set(book.vocabulary.family(kind[0]))
        self.own = {policy.id: policy for policy in own if policy.speaks_of(family, kind[1])}
        ids = {policy.id for policy in own}
        here = {name: mutant for name, mutant in numbered.items() if mutant.origin.id in ids}
        changes = {
            name: it.changed
            for name, it in here.items()
            if it.changed and it.changed.speaks_of(family, kind[1])
        }
        self.speaking = {
            name: it for name, it in here.items() if name in changes or it.removed & self.own.keys()
        }
        self.asked = [_as_permit(name, it) for name, it in (*self.own.items(), *changes.items())]
        # Most mutants differ from one policy in its conditions alone: they matter only where just one holds.
        self.twins = {
            name: it.origin.id
            for name, it in self.speaking.items()
            if name in changes and len(it.removed) == 1 and _frame(changes[name]) == _frame(it.origin)
        }
        self._slice: Slice | None = None
        self._report: cedarpy.PolicySet | None = None

    def answers(self, cases: Sequence[_Case]) -> list[cedarpy.AuthzResult]:
        """Which of these policies and mutants hold, for each of the questions."""
        if self.kind[0] == REPORT:
            self._report = self._report or policy_set(self.asked)
            return [ask_report(it.row.member, self._report) for it in cases]
        self._slice = self._slice or Slice(*self.kind, self.asked, self.book.vocabulary)
        pairs = [(it.row.member, self._thing(it.row)) for it in cases]
        contexts = [context_of(self.book, it.row.today, it.row.context) for it in cases]
        return self._slice.ask_all(pairs, cases[0].areas, contexts)

    def _thing(self, row: Row) -> Any:
        thing = row.thing
        return settled(thing, self.book) if isinstance(thing, ProvisionFacts) else thing

    def holding(self, answer: cedarpy.AuthzResult, today: int) -> "_Holding":
        failing = {name for error in answer.diagnostics.errors for name in _FAILING.findall(error)}
        return _Holding(self, frozenset(answer.diagnostics.reasons), frozenset(failing), today)


@dataclass(frozen=True, slots=True)
class _Holding:
    """What holds of a set in one question: the policies as they are, or with a mutant in their place."""

    of: _Set
    names: frozenset[str]
    failing: frozenset[str]
    today: int

    def plain(self) -> tuple[list[Policy], bool]:
        """The policies that hold, and whether one fails."""
        now = {name: it for name, it in self.of.own.items() if it.since <= self.today <= it.until}
        return [it for name, it in now.items() if name in self.names], bool(self.failing & now.keys())

    def same(self, name: str) -> bool:
        """Whether a mutant plainly holds where its origin does."""
        twin = self.of.twins.get(name)
        both = (name in self.names) == (twin in self.names)
        return twin is not None and both and name not in self.failing and twin not in self.failing

    def changed(self, name: str, mutant: Mutant) -> tuple[list[Policy], bool] | None:
        """The same with the mutant; None where it makes no difference to what holds."""
        before, _ = self.plain()
        after = [it for it in before if it.id not in mutant.removed]
        failed = any(
            it.since <= self.today <= it.until and key in self.failing and key not in mutant.removed
            for key, it in self.of.own.items()
        )
        new = mutant.changed
        if new is not None and new.since <= self.today <= new.until:
            after += [new] if name in self.names else []
            failed = failed or name in self.failing
        return (after, failed) if failed or _said(after) != _said(before) else None


def _frame(policy: Policy) -> tuple[str, str, int, int]:
    """What of a policy decides beside its scope and conditions."""
    return (policy.effect, policy.outcome, policy.since, policy.until)


def _said(policies: Iterable[Policy]) -> set[tuple[str, str, str]]:
    return {(policy.id, policy.effect, policy.outcome) for policy in policies}


def _as_permit(name: str, policy: Policy) -> Policy:
    """The policy under another name and as a permit, so that Cedar names it whenever it holds."""
    return replace(policy, id=name, json={**policy.json, "effect": "permit"}, effect="permit")


class _Question:
    """Everything of one kind of question: the sets that are asked in turn, and the mutants in them."""

    def __init__(self, book: PolicyBook, kind: Kind, numbered: Mapping[str, Mutant]) -> None:
        self.kind = kind
        sets: Sequence[tuple[Part, Sequence[Policy]]] = [("policies", book.policies)]
        if kind[0] == REPORT:
            sets = [("policies", book.report)]
        elif kind[1] == ProvisionFacts.entity:
            sets = [(part, getattr(book, part)) for part in PARTS]
        self.sets = [_Set(book, part, kind, own, numbered) for part, own in sets]
        self.speaking = frozenset[str]().union(*(it.speaking for it in self.sets))

    def verdicts(self, cases: Sequence[_Case]) -> Iterator[tuple[_Case, Verdict, dict[str, Verdict]]]:
        """For each question its verdict, and that of every mutant that holds otherwise there."""
        answers = [it.answers(cases) for it in self.sets]
        for case, those in zip(cases, zip(*answers, strict=True), strict=True):
            today = case.row.today
            held = [it.holding(answer, today) for it, answer in zip(self.sets, those, strict=True)]
            plain = [it.plain() for it in held]
            others: dict[str, Verdict] = {}
            for at, one in enumerate(held):
                for name, mutant in one.of.speaking.items():
                    new = None if one.same(name) else one.changed(name, mutant)
                    if new is not None:
                        others[name] = self._verdict([*plain[:at], new, *plain[at + 1 :]])
            yield case, self._verdict(plain), others

    def _verdict(self, held: Sequence[tuple[list[Policy], bool]]) -> Verdict:
        ruled = self.kind[1] == ProvisionFacts.entity
        for one, (policies, failed) in zip(self.sets, held, strict=True):
            if failed:
                return _FAILED
            stops = [policy for policy in policies if not policy.permits]
            deciding, allowed = stops or list(policies), bool(policies) and not stops
            if not ruled:
                words = "allow" if allowed else "deny"
                return Verdict(words, frozenset(policy.id for policy in deciding))
            deciding.sort(key=lambda policy: one.book.order[policy.id])
            weighed = weigh(one.part, deciding, allowed=allowed)
            if weighed is not None:
                return Verdict(weighed[0].value, frozenset(policy.id for policy in weighed[1]))
        return Verdict("deny", frozenset())


class Scoring:
    """The mutants of a book (or those given) against the rows of its tables."""

    def __init__(
        self,
        book: PolicyBook,
        benches: Iterable[Bench],
        found: Iterable[Mutant] | None = None,
        *,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.book, self.attempts = book, attempts
        decided = [(result, bench.areas) for bench in benches for result in bench.answers(book)]
        self.wrong = [result.problem for result, _ in decided if result.problem]
        self._results: list[RowResult] = [result for result, _ in decided]
        self.cases = [_Case(result.row, areas) for result, areas in decided]
        given = mutants(book.every, book.vocabulary) if found is None else found
        self.numbered = {f"mutant-{number}": mutant for number, mutant in enumerate(given)}
        self._questions: dict[Kind, _Question] = {}

    def score(self, *, jobs: int = 0, progress: Progress = lambda *_: None) -> Score:
        """Decide every row under every mutant, with that many processes (0: one for each core).

        Raises ValueError when a row is decided otherwise than it says, or the policies as they are come to
        something else here than was decided.
        """
        if self.wrong:
            raise ValueError("\n".join(self.wrong))
        jobs = jobs or os.cpu_count() or 1
        noticed, done = set[str](), 0
        for numbers, found in _spread(self.noticed, self._chunks(), jobs):
            noticed, done = noticed | found, done + len(numbers)
            progress(done, len(self.cases), len(noticed))
        alive = tuple(name for name in self.numbered if name not in noticed)
        survivors = {name: Survivor(self.numbered[name]) for name in alive}
        kinds = sorted({self._kind(case.row) for case in self.cases}) if alive else []
        for _, reasons in _spread(self.reasons, [(kind, alive) for kind in kinds], jobs):
            for name, (situation, held_by) in reasons.items():
                was = survivors[name]
                survivors[name] = replace(
                    was, situation=was.situation or situation, held_by=was.held_by | held_by
                )
        return Score(len(self.numbered), tuple(survivors.values()))

    def noticed(self, numbers: Sequence[int]) -> set[str]:
        """The mutants that some of these rows (all of one kind of question) notice."""
        found: set[str] = set()
        cases = [self.cases[number] for number in numbers]
        kind = self._kind(cases[0].row)
        if kind not in self._questions:
            self._questions[kind] = _Question(self.book, kind, self.numbered)
        verdicts = self._questions[kind].verdicts(cases)
        for number, (case, before, others) in zip(numbers, verdicts, strict=True):
            result = self._results[number]
            decided = Verdict(result.found, frozenset(result.decision.rules))
            if before != decided:
                raise ValueError(f"{case.row.place}: {case.row.situation}: {decided}, worked out {before}")
            found |= {name for name, after in others.items() if after != decided}
        return found

    def reasons(self, work: tuple[Kind, Collection[str]]) -> dict[str, tuple[str, frozenset[str]]]:
        """Why mutants live: a situation near a row they decide otherwise, and what holds them elsewhere."""
        kind, alive = work
        question = _Question(self.book, kind, {name: self.numbered[name] for name in alive})
        found: dict[str, tuple[str, frozenset[str]]] = {}
        near = [case for case in self.cases if self._kind(case.row) == kind] if question.speaking else []
        varied = list(_varied(near, [case.row for case in self.cases], self.attempts))
        told = {id(case): words for case, words in varied}
        for case, before, others in question.verdicts([case for case, _ in varied]) if varied else ():
            for name, after in others.items():
                situation, held_by = found.get(name, ("", frozenset[str]()))
                if after != before:
                    found[name] = (situation or told[id(case)], held_by)
                else:
                    found[name] = (situation, held_by | before.rules)
        return found

    def _kind(self, row: Row) -> Kind:
        if row.thing is None or self.book.class_of(row.action) == REPORT:
            return (REPORT, "Case")
        return (row.action, row.thing.entity)

    def _chunks(self) -> list[tuple[int, ...]]:
        """Rows of one kind of question and the same areas together: they are asked as one."""
        together: dict[tuple[Kind, int], list[int]] = {}
        for number, case in enumerate(self.cases):
            together.setdefault((self._kind(case.row), id(case.areas)), []).append(number)
        chunks = [
            tuple(numbers[at : at + _CHUNK])
            for numbers in together.values()
            for at in range(0, len(numbers), _CHUNK)
        ]
        return sorted(chunks, key=len, reverse=True)


def _spread(task: Callable[[Any], Any], work: Sequence[Any], jobs: int) -> Iterator[tuple[Any, Any]]:
    """Every piece of work with its result, as they come."""
    if jobs == 1:
        yield from ((piece, task(piece)) for piece in work)
        return
    # Forked, so that the policies need not be sent.
    with ProcessPoolExecutor(
        jobs, multiprocessing.get_context("fork"), initializer=_begin, initargs=(task,)
    ) as pool:
        waiting = {pool.submit(_run, piece): piece for piece in work}
        for finished in as_completed(waiting):
            yield waiting[finished], finished.result()


_task: Callable[[Any], Any] | None = None


def _begin(task: Callable[[Any], Any]) -> None:
    global _task  # noqa: PLW0603 - what this process was forked for
    _task = task


def _run(piece: Any) -> Any:
    if _task is None:
        raise RuntimeError("this process was not begun by a scoring")
    return _task(piece)


def _varied(near: Sequence[_Case], rows: Sequence[Row], attempts: int) -> Iterator[tuple[_Case, str]]:
    """Situations that differ from a row in one to three facts, with values other rows have, and how."""
    pools: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.flat().items():
            values = pools.setdefault(name, [])
            values += [value] if value not in values else []
    chosen = random.Random(20261124)  # noqa: S311 - the same situations every time
    for number in range(attempts if near else 0):
        case = chosen.choice(near)
        known = sorted(set(case.row.flat()) - {"does", "who.id"})
        changes = {name: chosen.choice(pools[name]) for name in chosen.sample(known, 1 + number % 3)}
        told = ", ".join(f"{name} = {value!r}" for name, value in changes.items())
        yield replace(case, row=_changed(case.row, changes)), f"{case.row.place} with {told}"


def _changed(row: Row, changes: Mapping[str, Any]) -> Row:
    """The row with other facts, by the names `Row.flat` gives them."""
    who = {name[4:]: value for name, value in changes.items() if name.startswith("who.")}
    to = {name[3:]: value for name, value in changes.items() if name.startswith("to.")}
    rest = {name: value for name, value in changes.items() if "." not in name and name != "today"}
    return replace(
        row,
        member=changed(row.member, who),
        thing=None if row.thing is None else changed(row.thing, to),
        today=changes.get("today", row.today),
        context={**row.context, **rest},
    )
