"""The speed of a decision against bare Cedar, over the questions of the shipped decision tables.

The floor has nothing left to build: the policies of the day, the schema, the entities and the request of each
question are parsed before the clock runs. A decision builds the entities and the request, asks, and puts the
reasons and obligations together. The second floor asks only the few policies a decision asks.
"""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cedarpy

from backend import access
from backend.access import decisions
from backend.access.book import PolicyBook, policy_set
from backend.access.deciding import area_of, context_of
from backend.access.decisions import RowResult
from backend.access.facts import entity

NAMES = ("decision", "bare Cedar, all policies", "bare Cedar, those asked")


@dataclass(frozen=True)
class Figures:
    """One contender: the time of one question in microseconds, over all turns.

    `ratio` says how many times as long a decision takes: the median of the turns' own ratios, so that a busy
    moment of the machine counts for both.
    """

    name: str
    p50: float
    p99: float
    ratio: float


def measure(book: PolicyBook, rounds: int) -> list[Figures]:
    """Put every question to every contender in turns, `rounds` times; two turns before that warm up."""
    laps = _laps(book)
    times: dict[str, list[float]] = {name: [] for name in NAMES}
    for number in range(-2, rounds):
        for name in NAMES:
            began = time.perf_counter()
            for lap in laps[name]:
                lap()
            if number >= 0:
                times[name].append((time.perf_counter() - began) / len(laps[name]) * 1_000_000)
    return [_figures(name, times[name], times[NAMES[0]]) for name in NAMES]


def answers(book: PolicyBook) -> list[tuple[bool, ...]]:
    """What every contender answers to every question: allowed or not."""
    laps = _laps(book)
    told = [[_allowed(lap()) for lap in laps[name]] for name in NAMES]
    return list(zip(*told, strict=True))


def _allowed(answer: Any) -> bool:
    return bool(answer.allowed)


def _laps(book: PolicyBook) -> dict[str, list[Callable[[], Any]]]:
    asked = [row for row in decisions.run_all(book) if _plain(book, row)]
    whole = _Whole(book, asked[0].question.today)
    return {
        NAMES[0]: [_decision(book, row) for row in asked],
        NAMES[1]: [whole.call(row) for row in asked],
        NAMES[2]: [_sliced(book, row) for row in asked],
    }


def _plain(book: PolicyBook, row: RowResult) -> bool:
    """A question about a thing, on the day of the tables: one set of policies answers all of them."""
    report = book.class_of(row.question.action) == "report"
    return row.question.resource is not None and not report and row.question.today == decisions.cast().today


def _decision(book: PolicyBook, row: RowResult) -> Callable[[], Any]:
    asked = row.question
    return lambda: access.decide(
        asked.member,
        asked.action,
        asked.resource,
        today=asked.today,
        context=asked.context,
        book=book,
        areas=row.areas,
    )


def _request(book: PolicyBook, row: RowResult) -> dict[str, Any]:
    asked, thing = row.question, row.question.resource
    return {
        "principal": {"type": "Member", "id": asked.member.id},
        "action": {"type": "Action", "id": asked.action},
        "resource": {"type": thing.entity, "id": thing.id} if thing else {},
        "context": json.dumps(context_of(book, asked.today, asked.context)),
    }


class _Whole:
    """The policies in force that day in one set, with handles."""

    def __init__(self, book: PolicyBook, today: int) -> None:
        self.book = book
        self.policies = policy_set(book.in_force(today))
        self.schema = cedarpy.Schema.from_str(book.vocabulary.text())

    def call(self, row: RowResult) -> Callable[[], Any]:
        member, thing = row.question.member, row.question.resource
        if thing is None:
            raise ValueError(f"{row.place} asks about nothing")
        codes = dict.fromkeys(
            code for of in (member.area or "", area_of(thing)) for code in (of, *row.areas.ancestors(of))
        )
        found = [entity(member), entity(thing), *map(row.areas.entity, codes)]
        entities = cedarpy.Entities.from_json_str(json.dumps(found), self.schema)
        request = _request(self.book, row)
        return lambda: cedarpy.is_authorized(request, self.policies, entities, self.schema)


def _sliced(book: PolicyBook, row: RowResult) -> Callable[[], Any]:
    asked = row.question
    cut = book.slice(asked.today, asked.action, asked.resource.entity) if asked.resource else None
    if cut is None:
        raise ValueError(f"{row.place} asks about nothing that is declared")
    own = cut.of_role(asked.member.role)
    entities = own.entities(asked.member, asked.resource, row.areas)
    request = _request(book, row)
    return lambda: cedarpy.is_authorized(request, own.policy_set, entities, own.schema)


def _figures(name: str, turns: list[float], ours: list[float]) -> Figures:
    every = sorted(turns)
    ratio = statistics.median(our / other for our, other in zip(ours, turns, strict=True))
    return Figures(name, statistics.median(every), every[int(len(every) * 0.99)], ratio)
