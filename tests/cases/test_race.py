"""Clients that race for one case: exactly one wins, the others are told."""

import multiprocessing
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import Conflict, DoorError
from backend.cases.models import Case, Step
from backend.cases.verifying import verify
from backend.demo.cast import member_id
from tests.cases.conftest import answers

RACERS = 8


def attempt(case: UUID, key: str, given: dict[str, Any]) -> str:
    """What the door says to one racer who saw revision 1."""
    try:
        done = actions.perform(
            case, "triage", actor=member_id("caseworker"), answers=given, revision=1, key=key
        )
    except DoorError as error:
        return error.code
    finally:
        connection.close()
    return "repeated" if done.repeated else "won"


@pytest.fixture
def committed(committed_db: None, report: Callable[..., Done]) -> Done:
    return report()


def in_threads(racers: list[tuple[Any, ...]]) -> list[str]:
    said: list[str] = []
    barrier = threading.Barrier(len(racers))

    def race(*given: Any) -> None:
        barrier.wait()
        said.append(attempt(*given))

    threads = [threading.Thread(target=race, args=given) for given in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_of_racing_threads_exactly_one_wins(committed: Done) -> None:
    given = answers("triage", urgency="C")

    said = in_threads([(committed.case, uuid4().hex, given) for _ in range(RACERS)])

    assert sorted(said) == ["conflict"] * (RACERS - 1) + ["won"]
    assert Step.objects.filter(case=committed.case).count() == 2
    assert not verify().broken


def test_threads_that_repeat_one_request_all_get_the_one_step(committed: Done) -> None:
    given = answers("triage", urgency="C")

    said = in_threads([(committed.case, "pressed-twice", given) for _ in range(RACERS)])

    assert sorted(said) == ["repeated"] * (RACERS - 1) + ["won"]
    assert Step.objects.filter(case=committed.case).count() == 2


def run_apart(gate: Any, queue: Any, case: UUID, given: dict[str, Any]) -> None:
    connections.close_all()
    gate.wait()
    queue.put(attempt(case, uuid4().hex, given))


def test_of_racing_processes_exactly_one_wins(committed: Done) -> None:
    connections.close_all()
    apart = multiprocessing.get_context("fork")
    gate, queue = apart.Barrier(4), apart.Queue()
    given = answers("triage", urgency="C")

    racers = [apart.Process(target=run_apart, args=(gate, queue, committed.case, given)) for _ in range(4)]
    for racer in racers:
        racer.start()
    said = [queue.get(timeout=60) for _ in racers]
    for racer in racers:
        racer.join()

    assert sorted(said) == ["conflict"] * 3 + ["won"]
    assert Case.objects.get(pk=committed.case).revision == 2
    assert not verify().broken


def test_two_new_cases_at_once_get_two_numbers(committed_db: None, report: Callable[..., Done]) -> None:
    numbers: list[str] = []

    def begin() -> None:
        numbers.append(report().number)
        connection.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(numbers)) == 4


def test_a_lock_held_too_long_is_a_conflict_not_a_wait(committed: Done) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    holder = connections.create_connection("default")
    holder.set_autocommit(False)
    with holder.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [committed.case])

    with pytest.raises(Conflict):
        actions.perform(
            committed.case,
            "triage",
            actor=member_id("caseworker"),
            answers=answers("triage", urgency="C"),
            revision=1,
            key=uuid4().hex,
        )
    holder.rollback()
    holder.close()
