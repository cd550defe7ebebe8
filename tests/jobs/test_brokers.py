"""The same promises on every kind of queue: files, RabbitMQ with quorum queues, Redis."""

import os
import signal

import pytest

from backend.cases.models import Effect, Notice
from tests.jobs.conftest import ready, states, until, wake
from tests.operations import office

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.slow]
NEVER = {"TSUNAGU_SWEEP_SECONDS": "300"}


def notices(count: int) -> list[Effect]:
    """Effects that tell one caseworker without an address."""
    case = office.case(assignee=office.member(email=""))
    return [office.effect("notice", "assignee", of=case, ordinal=number) for number in range(count)]


def test_a_worker_is_woken_long_before_its_sweep(any_queue, worker):
    ready(worker(**NEVER))
    [effect] = notices(1)

    wake([effect], **any_queue)

    assert until(lambda: states() == ["done"], 30)


def test_a_message_that_comes_five_times_does_its_effect_once(any_queue, worker):
    ready(worker(**NEVER))
    first, last = notices(2)

    wake(*[[first]] * 5, [last], **any_queue)

    assert until(lambda: states() == ["done", "done"], 30)
    assert Notice.objects.count() == 2
    assert set(Effect.objects.values_list("attempts", flat=True)) == {1}


def test_two_workers_share_the_queue_and_do_each_effect_once(any_queue, worker):
    ready(worker(**NEVER)), ready(worker(**NEVER))
    effects = notices(40)

    wake(*(effects[at : at + 8] for at in range(0, 40, 8)), **any_queue)

    assert until(lambda: set(states()) == {"done"})
    assert Notice.objects.count() == 40


def test_what_a_killed_worker_held_is_done_by_another(any_queue, worker):
    killed = worker(TSUNAGU_KILL_POINT="P11", **NEVER)
    ready(killed)
    [effect] = notices(1)
    wake([effect], **any_queue)
    assert killed.wait(30) == 137
    assert (states(), Notice.objects.count()) == (["claimed"], 0)

    Effect.objects.update(lease_until=office.timezone.now() - office.timedelta(seconds=1))
    worker()

    assert until(lambda: states() == ["done"])
    assert Notice.objects.count() == 1


def test_a_worker_told_to_end_finishes_and_ends_in_order(any_queue, worker):
    process = worker(**NEVER)
    ready(process)
    effects = notices(30)
    wake(effects, **any_queue)

    os.kill(process.pid, signal.SIGTERM)

    assert process.wait(20) == 0
    assert set(states()) <= {"done", "ready"}
    assert Notice.objects.count() == states().count("done")
