"""Real workers, on the queue of one machine and on each broker this machine can reach."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from backend.cases.models import Effect
from tests.jobs import brokers

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
    """A command as typed at a terminal: Ctrl-C reaches it, even where the suite runs in the background."""
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        " from backend.config.cli import main; main()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment(**extra), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def python(code: str, **extra: str) -> int:
    """Run a few lines in a process of the same office; its exit status."""
    setup = "import django; django.setup()\n"
    done = subprocess.run([sys.executable, "-c", setup + code], check=False, env=environment(**extra))
    return done.returncode


@pytest.fixture
def queue_at(monkeypatch) -> Iterator[Callable[..., None]]:
    """Points this process at another queue for one test."""
    import kombu.pools

    from backend.config import celery
    from backend.jobs import waking

    def reset() -> None:
        kombu.pools.reset()
        celery.app._pool = celery.app.conf.task_queues = None
        celery.app.__dict__.pop("amqp", None)  # it knows the queues of before
        celery.configure()

    def point(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)
        monkeypatch.setattr(waking, "breaker", waking._Breaker())
        reset()

    yield point
    monkeypatch.undo()
    reset()


@pytest.fixture
def wake(any_queue, queue_at) -> Callable[..., None]:
    """Tells the workers of the queue that effects wait: a message for each list of them."""
    from backend.jobs import waking

    named = {"BROKER_URL": any_queue["CELERY_BROKER_URL"], "VAR": Path(any_queue["TSUNAGU_VAR"])}
    queue_at(**named, QUEUE=any_queue.get("TSUNAGU_QUEUE", settings.QUEUE))
    waking._task()  # loads slowly

    def tell(*messages: list[Effect]) -> None:
        for message in messages:
            waking.publish([effect.id for effect in message])
        assert waking.breaker.open()

    return tell


@pytest.fixture
def queue(tmp_path) -> dict[str, str]:
    """The queue of one machine, in files."""
    return {"TSUNAGU_VAR": str(tmp_path), "CELERY_BROKER_URL": ""}


@pytest.fixture(params=brokers.ALL, ids=lambda broker: broker.name)
def any_queue(request, tmp_path) -> Iterator[dict[str, str]]:
    """Each kind of queue in turn, under a name of its own; one that cannot be reached is skipped."""
    broker = request.param
    why_not = broker.why_not()
    if why_not:
        pytest.skip(why_not)
    name = f"test-{os.getpid()}-{time.monotonic_ns()}"
    yield {"TSUNAGU_VAR": str(tmp_path), "CELERY_BROKER_URL": broker.url, "TSUNAGU_QUEUE": name}
    broker.remove(name)


@pytest.fixture
def worker(request) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts workers on the queue of the test; ends what is left of them."""
    name = "any_queue" if "any_queue" in request.fixturenames else "queue"
    queue = request.getfixturevalue(name)
    running = []

    def begin(**extra: str) -> subprocess.Popen[str]:
        process = start("worker", **{**queue, **extra})
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def ready(process: subprocess.Popen[str]) -> None:
    """Wait until a worker says that it sweeps and listens."""
    for line in process.stdout:
        if "listening to the queue" in line:
            return
    raise AssertionError("the worker ended")


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
