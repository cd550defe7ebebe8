"""Real processes: killed, raced and slept past their lease."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection

from backend.cases.models import Effect, Notice
from tests.operations import office

pytestmark = pytest.mark.usefixtures("committed_db")


SETTINGS = {"DJANGO_SETTINGS_MODULE": "backend.config.settings"}


def environment(**extra: str) -> dict[str, str]:
    """What a process of this test's own office needs."""
    from backend.config.embedded import address

    here = settings.DATABASES["default"]
    folder, name = here["HOST"], here["NAME"]
    given = os.environ.get("DATABASE_URL", "")
    base = given.replace(f"/{given.rpartition('/')[2].partition('?')[0]}", f"/{name}")
    url = address(folder, here["USER"], name) if str(folder).startswith("/") else base
    return {**os.environ, "DATABASE_URL": url, "TSUNAGU_SWEEP_SECONDS": "1", **SETTINGS, **extra}


def start(*arguments: str, **extra: str) -> subprocess.Popen[str]:
    code = "from backend.config.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment(**extra), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


@pytest.fixture
def worker(tmp_path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts workers with a queue of their own; ends what is left of them."""
    running = []

    def begin(**extra: str) -> subprocess.Popen[str]:
        process = start("worker", TSUNAGU_VAR=str(tmp_path), **extra)
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def states() -> list[str]:
    connection.close()
    return list(Effect.objects.exclude(kind="mail").order_by("id").values_list("state", flat=True))


def test_killed_between_commit_and_wake_the_notice_still_comes_once(worker, tmp_path):
    case = office.case(assignee=office.member(email=""))
    doing = (
        "import django; django.setup()\n"
        "from django.db import transaction; from django.utils import timezone\n"
        "from backend.cases.models import Effect; from backend.cases.wake import effects_ready\n"
        "with transaction.atomic():\n"
        f"    made = Effect.objects.create(case_id='{case.id}', seq=1, kind='notice', target='assignee',"
        " payload={'to': 'assignee'}, not_before=timezone.now())\n"
        "    transaction.on_commit(lambda: effects_ready.send(sender=None, effects=[made.id]))\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", doing], check=False,
        env=environment(TSUNAGU_KILL_POINT="P6", TSUNAGU_VAR=str(tmp_path)),
    )  # fmt: skip
    assert (killed.returncode, states()) == (137, ["ready"])

    worker()

    assert until(lambda: states() == ["done"])
    assert Notice.objects.count() == 1


def test_a_worker_is_woken_by_the_queue_long_before_its_sweep(worker, tmp_path):
    process = worker(TSUNAGU_SWEEP_SECONDS="300")
    assert "sweeping every 300" in process.stdout.readline()
    time.sleep(2)
    effect = office.effect("notice", "assignee", of=office.case(assignee=office.member(email="")))
    wake = (
        "import django; django.setup()\n"
        "from backend.cases.wake import effects_ready\n"
        f"effects_ready.send(sender=None, effects=[{effect.id}])\n"
    )

    subprocess.run(
        [sys.executable, "-c", wake], check=True,
        env=environment(TSUNAGU_VAR=str(tmp_path)),
    )  # fmt: skip

    assert until(lambda: states() == ["done"], 30)


def test_two_workers_racing_do_each_effect_once(worker):
    case = office.case(assignee=office.member(email=""))
    for number in range(60):
        office.effect("notice", "assignee", of=case, ordinal=number)

    worker(), worker()

    assert until(lambda: set(states()) == {"done"})
    assert Notice.objects.count() == 60
    assert set(Effect.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.parametrize("point", ["P9", "P11"])
def test_a_worker_killed_while_at_work_loses_nothing(worker, point):
    office.effect("notice", "assignee", of=office.case(assignee=office.member(email="")))
    assert worker(TSUNAGU_KILL_POINT=point).wait(30) == 137
    assert (states(), Notice.objects.count()) == (["claimed"], 0)

    Effect.objects.update(lease_until=office.timezone.now() - office.timedelta(seconds=1))
    worker()

    assert until(lambda: states() == ["done"])
    assert Notice.objects.count() == 1


def test_a_worker_ends_in_order_when_told_to(worker):
    process = worker()
    assert "sweeping" in process.stdout.readline()
    time.sleep(2)

    process.send_signal(signal.SIGTERM)

    assert process.wait(15) == 0


@pytest.fixture
def queue_at(monkeypatch) -> Iterator[Callable[..., None]]:
    """Points this process at another queue for one test."""
    import kombu.pools

    from backend.config import celery
    from backend.jobs import waking

    def reset() -> None:
        kombu.pools.reset()
        celery.app._pool = celery.app.amqp._producer_pool = None
        celery.configure()

    def point(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)
        monkeypatch.setattr(waking, "breaker", waking._Breaker())
        reset()

    yield point
    monkeypatch.undo()
    reset()


@pytest.mark.parametrize("answers", [True, False], ids=["accepts and says nothing", "refuses"])
def test_a_broker_that_is_down_delays_nobody(queue_at, answers):
    import socket

    from backend.jobs import waking

    with socket.create_server(("127.0.0.1", 0)) as broker:
        port = broker.getsockname()[1]
        if not answers:
            broker.close()
        queue_at(BROKER_URL=f"amqp://office@127.0.0.1:{port}//")
        waking._task()
        began = time.monotonic()

        for _step in range(5):
            waking.publish([1])

        assert time.monotonic() - began < 0.6
        assert not waking.breaker.open()


def test_the_queue_carries_ids_alone_and_is_private(tmp_path, queue_at):
    from backend.jobs import waking

    queue_at(VAR=tmp_path)
    waking.publish([41, 42])

    [message] = (tmp_path / "queue" / "messages").glob("*.msg")
    assert message.stat().st_mode & 0o077 == 0
    assert (tmp_path / "queue").stat().st_mode & 0o077 == 0
    assert "effects.run" in message.read_text()
