"""`tsunagu bench door`: the first six steps of a referral through the door, by hand, and by the ORM.

The three take turns within one run and write to the same database, so what the machine does meanwhile falls
on all of them alike; what counts is the ratio.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock
from uuid import uuid4

from django.db import connections, transaction

from backend.bench import rivals
from backend.bench.steps import first_six
from backend.cases import actions, statements
from backend.catalogue import loading

Lap = Callable[[], None]
NAMES = ("door", "by hand", "django-fsm + ORM")


@dataclass(frozen=True)
class Figures:
    """One contender: steps per second over all clients, and the time of one step in milliseconds."""

    name: str
    per_second: float
    p50: float
    p99: float


def story() -> None:
    """The first six steps of a referral, each as its own transaction."""
    done = None
    for act in first_six():
        key = uuid4().hex
        if done is None:
            done = actions.start("referral", actor=act.member, answers=act.answers, key=key)
        else:
            done = actions.perform(
                done.case,
                act.action,
                actor=act.member,
                answers=act.answers,
                revision=done.revision,
                key=key,
            )


def record() -> list[rivals.Values]:
    """The parameters of the writing statements of one story, for the rivals to repeat.

    What projections write with a step stands `beside` it: statements and their parameters.
    """
    kept: list[rivals.Values] = []
    real = statements.rows

    def keep(statement: str, values: rivals.Values) -> Any:
        if "hash" in values:
            kept.append({**values, "beside": []})
        elif kept and "INSERT INTO" in statement and statement != statements.load_case():
            kept[-1]["beside"].append((statement, values))
        return real(statement, values)

    with mock.patch.object(statements, "rows", keep), transaction.atomic():
        story()
        transaction.set_rollback(True)
    return kept


def measure(clients: int, rounds: int) -> list[Figures]:
    """Run every contender with that many processes, in turns, `rounds` stories a turn and client."""
    recorded = record()
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, queue = context.Barrier(clients), context.Queue()
    workers = [
        context.Process(target=_client, args=(recorded, rounds, barrier, queue)) for _ in range(clients)
    ]
    for worker in workers:
        worker.start()
    results = [queue.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    return [_figures(name, [result[name] for result in results]) for name in NAMES]


def _client(recorded: list[rivals.Values], rounds: int, barrier: Any, queue: Any) -> None:
    connections.close_all()
    loading.use()
    names = [act.action for act in first_six()]
    with rivals.raw_connection() as raw:
        laps: dict[str, Lap] = {
            NAMES[0]: story,
            NAMES[1]: partial(rivals.by_hand, raw, recorded),
            NAMES[2]: partial(rivals.by_orm, recorded, names),
        }
        times: dict[str, list[float]] = {name: [] for name in NAMES}
        for number in range(-2, rounds):  # two turns to warm up
            for name in NAMES:
                barrier.wait()
                began = time.perf_counter()
                for _ in range(5):
                    laps[name]()
                if number >= 0:
                    times[name].append((time.perf_counter() - began) / (5 * len(recorded)))
    queue.put(times)


def _figures(name: str, clients: list[list[float]]) -> Figures:
    every = sorted(second * 1000 for client in clients for second in client)
    per_second = sum(1 / statistics.median(client) for client in clients)
    return Figures(name, per_second, statistics.median(every), every[int(len(every) * 0.99)])
