"""The same promises on every kind of queue: files, RabbitMQ with quorum queues, Redis."""

import os
import signal

import pytest

from backend.cases.models import Effect, Notice
from tests.jobs.conftest import ready, states, until
from tests.operations import office

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.slow]
NEVER = {"TSUNAGU_SWEEP_SECONDS": "300"}


def notices(count: int) -> list[Effect]:
    """Effects that tell one caseworker without an address."""
    case = office.case(assignee=office.member(email=""))
    return [office.effect("notice", "assignee", of=case, ordinal=number) for number in range(count)]


def test_a_worker_is_woken_long_before_its_sweep_and_by_five_messages_does_one_effect_once(wake, worker):
    ready(worker(**NEVER))
    first, last = notices(2)

    wake(*[[first]] * 5, [last])

    assert until(lambda: states() == ["done", "done"], 30)
    assert Notice.objects.count() == 2
    assert set(Effect.objects.values_list("attempts", flat=True)) == {1}


def test_two_workers_share_the_queue_and_do_each_effect_once(wake, worker):
    both = worker(**NEVER), worker(**NEVER)
    ready(both[0]), ready(both[1])
    effects = notices(40)

    wake(*(effects[at : at + 8] for at in range(0, 40, 8)))

    assert until(lambda: set(states()) == {"done"})
    assert Notice.objects.count() == 40


def test_what_a_killed_worker_held_is_done_by_another(wake, worker):
    killed = worker(TSUNAGU_KILL_POINT="P11", **NEVER)
    ready(killed)
    [effect] = notices(1)
    wake([effect])
    assert killed.wait(30) == 137
    assert (states(), Notice.objects.count()) == (["claimed"], 0)

    Effect.objects.update(lease_until=office.timezone.now() - office.timedelta(seconds=1))
    worker()

    assert until(lambda: states() == ["done"])
    assert Notice.objects.count() == 1


def test_a_worker_told_to_end_finishes_and_ends_in_order(wake, worker):
    process = worker(**NEVER)
    ready(process)
    effects = notices(30)
    wake(effects)

    os.kill(process.pid, signal.SIGTERM)

    assert process.wait(20) == 0
    assert set(states()) <= {"done", "ready"}
    assert Notice.objects.count() == states().count("done")
