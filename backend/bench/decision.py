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
from backend.access import Areas, Resource, decisions
from backend.access.book import PolicyBook, policy_set
from backend.access.deciding import context_of
from backend.access.decisions import Row
from backend.access.facts import area_of, entity
from backend.access.provision import ProvisionFacts
from backend.access.reading import REPORT

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
    asked = [
        (row, row.thing, bench.areas)
        for bench in decisions.benches()
        for row in bench.rows
        if _plain(book, row) and row.thing is not None and not isinstance(row.thing, ProvisionFacts)
    ]
    whole = _Whole(book, asked[0][0].today)
    return {
        NAMES[0]: [_decision(book, *each) for each in asked],
        NAMES[1]: [whole.call(*each) for each in asked],
        NAMES[2]: [_sliced(book, *each) for each in asked],
    }


def _plain(book: PolicyBook, row: Row) -> bool:
    """A question on the day of the tables and no report: one set of policies answers all of them."""
    return book.class_of(row.action) != REPORT and row.today == decisions.cast().today


def _decision(book: PolicyBook, row: Row, thing: Resource, areas: Areas) -> Callable[[], Any]:
    return lambda: access.decide(
        row.member, row.action, thing, today=row.today, context=row.context, book=book, areas=areas
    )


def _request(book: PolicyBook, row: Row, thing: Resource) -> dict[str, Any]:
    return {
        "principal": {"type": "Member", "id": row.member.id},
        "action": {"type": "Action", "id": row.action},
        "resource": {"type": thing.entity, "id": thing.id},
        "context": json.dumps(context_of(book, row.today, row.context)),
    }


class _Whole:
    """The policies in force that day in one set, with handles."""

    def __init__(self, book: PolicyBook, today: int) -> None:
        self.book = book
        self.policies = policy_set(it for it in book.policies if it.since <= today <= it.until)
        self.schema = cedarpy.Schema.from_str(book.vocabulary.text())

    def call(self, row: Row, thing: Resource, areas: Areas) -> Callable[[], Any]:
        codes = dict.fromkeys(
            code for of in (row.member.area or "", area_of(thing)) for code in (of, *areas.ancestors(of))
        )
        found = [entity(row.member), entity(thing), *map(areas.entity, codes)]
        entities = cedarpy.Entities.from_json_str(json.dumps(found), self.schema)
        request = _request(self.book, row, thing)
        return lambda: cedarpy.is_authorized(request, self.policies, entities, self.schema)


def _sliced(book: PolicyBook, row: Row, thing: Resource, areas: Areas) -> Callable[[], Any]:
    cut = book.slice(row.today, row.action, thing.entity)
    if cut is None:
        raise ValueError(f"{row.place} asks about an action nobody declared")
    own = cut.of_role(row.member.role)
    entities = own.entities(row.member, thing, areas)
    request = _request(book, row, thing)
    return lambda: cedarpy.is_authorized(request, own.policy_set, entities, own.schema)


def _figures(name: str, turns: list[float], ours: list[float]) -> Figures:
    every = sorted(turns)
    ratio = statistics.median(our / other for our, other in zip(ours, turns, strict=True))
    return Figures(name, statistics.median(every), every[int(len(every) * 0.99)], ratio)
