"""How well the decision tables guard the policies: which mutants change what no row expects.

Cedar is asked once per question about every mutant at once, each as a permit of its own; what the question
would have come to is put together from that as Cedar does it: an error refuses, a forbid that holds stops, a
permit that holds allows. The same is done for the policies as they are and must come to what was decided.
"""

import multiprocessing
import os
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Any

import cedarpy

from backend.access.areas import Areas
from backend.access.book import PolicyBook, Slice, policy_set
from backend.access.deciding import ask_report, context_of
from backend.access.decisions import Question, RowResult
from backend.access.facts import LetterFacts
from backend.access.mutants import Mutant, mutants
from backend.access.reading import REPORT, Policy

_FAILING = re.compile(r"policy `([^`]*)`")
_CHUNK = 25  # rows a process takes at once
_ATTEMPTS = 1500  # situations tried for each kind of question, to tell a survivor from the policy

Progress = Callable[[int, int, int], None]  # rows decided, of how many, mutants noticed so far


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a question comes to: allowed or not, by which policies; or nothing, because a policy failed."""

    allowed: bool
    rules: frozenset[str]
    failed: bool = False


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
        return f"mutation score {min(shown, '99.9') if self.survivors and shown == '100' else shown} %"


@dataclass
class _Bench:
    """One kind of question (an action on a type of thing, or a report) and the mutants that speak of it."""

    book: PolicyBook
    numbered: Mapping[str, Mutant]
    key: tuple[str, str]
    own: Mapping[str, Policy] = field(init=False)
    speaking: Mapping[str, Mutant] = field(init=False)
    _ask: Callable[[Question, Areas], cedarpy.AuthzResult] = field(init=False)

    def __post_init__(self) -> None:
        action, entity_type = self.key
        report = action == REPORT
        family = set(self.book.vocabulary.family(action))

        def speaks(policy: Policy) -> bool:
            return (policy.file == REPORT) == report and policy.speaks_of(family, entity_type)

        every = self.book.report if report else self.book.policies
        self.own = {policy.id: policy for policy in every if speaks(policy)}
        self.speaking = {
            name: mutant
            for name, mutant in self.numbered.items()
            if mutant.removed & self.own.keys() or (mutant.changed and speaks(mutant.changed))
        }
        changed = {
            name: it.changed for name, it in self.speaking.items() if it.changed and speaks(it.changed)
        }
        asked = [_as_permit(name, policy) for name, policy in (*self.own.items(), *changed.items())]
        if report:
            handle = policy_set(asked)
            self._ask = lambda question, areas: ask_report(question.member, handle)
        else:
            cut = Slice(action, entity_type, asked, self.book.vocabulary)
            self._ask = lambda question, areas: _ask(cut, self.book, question, areas)

    def verdicts(self, question: Question, areas: Areas) -> Iterator[tuple[str, Verdict]]:
        """The verdict of the policies (under the name ""), then of every mutant that holds otherwise here."""
        answer = self._ask(question, areas)
        holding = set(answer.diagnostics.reasons)
        failing = {name for error in answer.diagnostics.errors for name in _FAILING.findall(error)}
        now = {key: it for key, it in self.own.items() if it.since <= question.today <= it.until}
        before = [it for key, it in now.items() if key in holding]
        yield "", verdict(before, failed=bool(failing & now.keys()))
        for name, mutant in self.speaking.items():
            after = [it for it in before if it.id not in mutant.removed]
            changed, failed = mutant.changed, bool((failing & now.keys()) - mutant.removed)
            if changed is not None and changed.since <= question.today <= changed.until:
                after += [changed] if name in holding else []
                failed = failed or name in failing
            if failed or _held(after) != _held(before):
                yield name, verdict(after, failed=failed)


def _held(policies: Iterable[Policy]) -> set[tuple[str, str]]:
    return {(policy.id, policy.effect) for policy in policies}


def verdict(holding: Iterable[Policy], *, failed: bool) -> Verdict:
    """What Cedar decides when exactly these policies hold."""
    if failed:
        return Verdict(allowed=False, rules=frozenset(), failed=True)
    holding = list(holding)
    stops = frozenset(policy.id for policy in holding if not policy.permits)
    permits = frozenset(policy.id for policy in holding if policy.permits)
    return Verdict(allowed=bool(permits) and not stops, rules=stops or permits)


def _ask(cut: Slice, book: PolicyBook, question: Question, areas: Areas) -> cedarpy.AuthzResult:
    if question.resource is None:
        raise ValueError(f"{question.action} asks about nothing")
    context = context_of(book, question.today, question.context)
    (answer,) = cut.ask(question.member, question.resource, areas, [context])
    return answer


def _as_permit(name: str, policy: Policy) -> Policy:
    """The policy under another name and as a permit, so that Cedar names it whenever it holds."""
    return replace(policy, id=name, json={**policy.json, "effect": "permit"}, effect="permit")


class Scoring:
    """The mutants of a book (or those given) against rows of its tables that are decided as they say."""

    def __init__(
        self, book: PolicyBook, rows: Iterable[RowResult], found: Iterable[Mutant] | None = None
    ) -> None:
        self.book = book
        self.rows = [row for row in rows if row.question.resource or _is_report(book, row)]
        given = mutants((*book.policies, *book.report), book.vocabulary) if found is None else found
        self.numbered = {f"mutant-{number}": mutant for number, mutant in enumerate(given)}
        self._benches: dict[tuple[str, str], _Bench] = {}

    def score(self, *, jobs: int = 0, progress: Progress = lambda *_: None) -> Score:
        """Decide every row under every mutant, with that many processes (0: one for each core).

        Raises ValueError when the policies as they are come to something else than was decided.
        """
        jobs = jobs or os.cpu_count() or 1
        noticed, done = set[str](), 0
        for rows, found in self._spread(self.noticed, self._chunks(), jobs):
            noticed, done = noticed | found, done + len(rows)
            progress(done, len(self.rows), len(noticed))
        alive = tuple(name for name in self.numbered if name not in noticed)
        survivors = {name: Survivor(self.numbered[name]) for name in alive}
        work = [(key, alive) for key in sorted({self._key(row) for row in self.rows})] if alive else []
        for _, found in self._spread(self.reasons, work, jobs):
            for name, (situation, held_by) in found.items():
                was = survivors[name]
                survivors[name] = replace(
                    was, situation=was.situation or situation, held_by=was.held_by | held_by
                )
        return Score(len(self.numbered), tuple(survivors.values()))

    def noticed(self, numbers: Sequence[int]) -> set[str]:
        """The mutants that some of these rows (all of one kind of question) notice."""
        found: set[str] = set()
        for row in (self.rows[number] for number in numbers):
            bench = self._bench(self._key(row))
            verdicts = bench.verdicts(row.question, row.areas)
            _, before = next(verdicts)
            if before != Verdict(
                row.decision.allowed, frozenset(row.decision.rules), failed=bool(row.decision.errors)
            ):
                raise ValueError(f"{row.place}: {row.situation}: decided {row.decision}, worked out {before}")
            expected = Verdict(row.expected, frozenset(row.reasons))
            found |= {name for name, after in verdicts if after != expected}
        return found

    def reasons(self, work: tuple[tuple[str, str], Sequence[str]]) -> dict[str, tuple[str, frozenset[str]]]:
        """Why mutants live: a situation near a row they decide otherwise, and what holds them elsewhere."""
        key, alive = work
        bench = _Bench(self.book, {name: self.numbered[name] for name in alive}, key)
        found: dict[str, tuple[str, frozenset[str]]] = {}
        near = [row for row in self.rows if self._key(row) == key] if bench.speaking else []
        for row, changes, question in _varied(near, self.rows):
            verdicts = bench.verdicts(question, row.areas)
            _, before = next(verdicts)
            told = f"{row.place} with " + ", ".join(f"{fact} = {value!r}" for fact, value in changes.items())
            for name, after in verdicts:
                situation, held_by = found.get(name, ("", frozenset[str]()))
                differs = after != before
                found[name] = (
                    situation or (told if differs else ""),
                    held_by if differs else held_by | before.rules,
                )
        return found

    def _key(self, row: RowResult) -> tuple[str, str]:
        if row.question.resource is None or _is_report(self.book, row):
            return (REPORT, "Case")
        return (row.question.action, row.question.resource.entity)

    def _bench(self, key: tuple[str, str]) -> _Bench:
        if key not in self._benches:
            self._benches[key] = _Bench(self.book, self.numbered, key)
        return self._benches[key]

    def _chunks(self) -> list[tuple[int, ...]]:
        """Rows of one kind of question together: their policies are parsed once."""
        by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            by_key[self._key(row)].append(number)
        return [
            tuple(numbers[at : at + _CHUNK])
            for numbers in by_key.values()
            for at in range(0, len(numbers), _CHUNK)
        ]

    def _spread(
        self, task: Callable[[Any], Any], work: Sequence[Any], jobs: int
    ) -> Iterator[tuple[Any, Any]]:
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


def _is_report(book: PolicyBook, row: RowResult) -> bool:
    return book.class_of(row.question.action) == REPORT


def _varied(
    near: Sequence[RowResult], rows: Sequence[RowResult]
) -> Iterator[tuple[RowResult, dict[str, Any], Question]]:
    """Situations that differ from a row in one to three facts, with values other rows have."""
    pools: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.question.flat().items():
            values = pools.setdefault(name, [])
            values += [value] if value not in values else []
    if not near:
        return
    chosen = random.Random(20261124)  # noqa: S311 - the same situations every time
    for number in range(_ATTEMPTS):
        row = chosen.choice(near)
        known = sorted(set(row.question.flat()) - {"does", "who.id"})
        names = chosen.sample(known, 1 + number % 3)
        changes = {name: chosen.choice(pools[name]) for name in names}
        yield row, changes, _changed(row.question, changes)


def _changed(question: Question, changes: Mapping[str, Any]) -> Question:
    """The question with other facts, by the names `Question.flat` gives them."""
    who = {name[4:]: value for name, value in changes.items() if name.startswith("who.")}
    to = {name[3:]: value for name, value in changes.items() if name.startswith("to.")}
    rest = {name: value for name, value in changes.items() if "." not in name and name != "today"}
    thing = question.resource
    if isinstance(thing, LetterFacts):
        own = {name: value for name, value in to.items() if name in {"definition", "status"}}
        thing = replace(
            thing, case=replace(thing.case, **{k: v for k, v in to.items() if k not in own}), **own
        )
    elif thing is not None:
        thing = replace(thing, **to)
    return Question(
        replace(question.member, **who),
        question.action,
        thing,
        changes.get("today", question.today),
        {**question.context, **rest},
    )
