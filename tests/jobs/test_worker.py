"""Real processes: killed, raced and slept past their lease."""

import time

import pytest

from backend.cases.models import Case, Effect, Notice
from tests.cases.conftest import report
from tests.jobs.conftest import python, states, until
from tests.operations import office
from tests.sharing.councils.conftest import break_glass

__all__ = ["report"]

pytestmark = pytest.mark.usefixtures("committed_db")


def test_killed_between_commit_and_wake_the_notice_still_comes_once(worker, queue):
    case = office.case(assignee=office.member(email=""))
    doing = (
        "from django.db import transaction; from django.utils import timezone\n"
        "from backend.cases.models import Effect; from backend.cases.wake import effects_ready\n"
        "with transaction.atomic():\n"
        f"    made = Effect.objects.create(case_id='{case.id}', seq=1, kind='notice', target='assignee',"
        " payload={'to': 'assignee'}, not_before=timezone.now())\n"
        "    transaction.on_commit(lambda: effects_ready.send(sender=None, effects=[made.id]))\n"
    )
    killed = python(doing, TSUNAGU_KILL_POINT="P6", **queue)
    assert (killed, states()) == (137, ["ready"])

    worker()

    assert until(lambda: states() == ["done"])
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("point", ["P9", "P11"])
def test_a_worker_killed_while_at_work_loses_nothing(worker, point):
    office.effect("notice", "assignee", of=office.case(assignee=office.member(email="")))
    assert worker(TSUNAGU_KILL_POINT=point).wait(30) == 137
    assert (states(), Notice.objects.count()) == (["claimed"], 0)

    Effect.objects.update(lease_until=office.timezone.now() - office.timedelta(seconds=1))
    worker()

    assert until(lambda: states() == ["done"])
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("address", ["amqp://office@127.0.0.1:{port}//", "redis://127.0.0.1:{port}/0"])
@pytest.mark.parametrize("answers", [True, False], ids=["accepts and says nothing", "refuses"])
def test_a_broker_that_is_down_delays_nobody(queue_at, answers, address):
    import socket

    from backend.jobs import waking

    with socket.create_server(("127.0.0.1", 0)) as broker:
        port = broker.getsockname()[1]
        if not answers:
            broker.close()
        queue_at(BROKER_URL=address.format(port=port))
        waking._task()
        began = time.monotonic()

        for _step in range(20):
            waking.publish([1])

        assert time.monotonic() - began < 2  # one of them waited and not each: that would be 4
        assert not waking.breaker.open()


def test_the_queue_carries_ids_alone_and_is_private(tmp_path, queue_at):
    from backend.jobs import waking

    queue_at(VAR=tmp_path)
    waking.publish([41, 42])

    [message] = (tmp_path / "queue" / "messages").glob("*.msg")
    assert message.stat().st_mode & 0o077 == 0
    assert (tmp_path / "queue").stat().st_mode & 0o077 == 0
    assert "effects.run" in message.read_text()


def test_a_worker_does_what_needs_the_policies(committed_db, cast, worker, report):
    """A review begins through the door, where a process without policies would be refused everything."""
    opened = report()
    break_glass(opened, "caseworker")

    worker()

    assert until(lambda: set(states()) == {"done"})
    assert Case.objects.filter(workflow="glass_review").exists()
