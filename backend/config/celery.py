"""The Celery application. The queue is a hint; the effect rows are the truth (`backend.cases.effects`)."""

import os
import warnings
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

# A process that publishes waits this long for a broker and never tries again; workers wait longer.
PUBLISH_SECONDS = 0.2
WORKER_SECONDS = 4.0

_AT_ONCE = {"max_retries": 0, "interval_start": 0}
_HASTE = frozenset({"read_timeout", "write_timeout", "socket_timeout", "socket_connect_timeout", *_AT_ONCE})

app = Celery("tsunagu")
app.set_default()


def configure() -> None:
    """Set everything from Django's settings.

    JSON only, late acknowledgement, one message at a time, no clocks.
    """
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        event_serializer="json",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_publish_retry=False,
        task_default_queue=settings.QUEUE,
        task_create_missing_queues=False,
        task_time_limit=600,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_timeout=PUBLISH_SECONDS,
        broker_connection_retry_on_startup=True,
        enable_utc=True,
        timezone="Asia/Tokyo",
        imports=["backend.jobs.tasks"],
        **_broker(),
    )


def _broker() -> dict[str, object]:
    if not settings.BROKER_URL:
        from backend.jobs import spool  # noqa: PLC0415 - only without a broker

        return spool.use(settings.VAR / "queue")
    from kombu.entity import Queue  # noqa: PLC0415

    amqp = settings.BROKER_URL.startswith("amqp")
    quorum = {"x-queue-type": "quorum", "x-delivery-limit": 20}
    queue = Queue(settings.QUEUE, queue_arguments=quorum if amqp else None)  # type: ignore[no-untyped-call]
    return {
        "broker_url": settings.BROKER_URL,
        "broker_transport_options": (_amqp() if amqp else _redis()) | _AT_ONCE,
        "task_queues": [queue],
        "worker_detect_quorum_queues": amqp,
    }


def _amqp() -> dict[str, object]:
    return dict.fromkeys(("read_timeout", "write_timeout"), PUBLISH_SECONDS)


def _redis() -> dict[str, object]:
    """Redis keeps what is not acknowledged under names of its own: the prefix keeps two offices apart."""
    timeouts = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), PUBLISH_SECONDS)
    return {**timeouts, "global_keyprefix": f"{settings.QUEUE}:"}


def work(*, on_ready: Callable[[], None], on_shutdown: Callable[[], None]) -> int:
    """Consume the queue in this process until told to stop; returns the exit status.

    `on_ready` is called when messages begin to arrive, `on_shutdown` when the stop begins, while the task
    at hand is still finished.
    """
    given = app.conf.broker_transport_options
    patient = {name: value for name, value in given.items() if name not in _HASTE}
    app.conf.update(broker_connection_timeout=WORKER_SECONDS, broker_transport_options=patient)
    # Celery warns root because pickled messages could run anything; this queue carries JSON alone.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker = app.Worker(
        pool_cls="solo",
        concurrency=1,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        hostname=f"tsunagu-{os.getpid()}@%h",
    )

    def consuming(**_signal: Any) -> None:
        on_ready()

    def stopping(**_signal: Any) -> None:
        on_shutdown()

    worker_ready.connect(consuming, weak=False)
    worker_shutting_down.connect(stopping, weak=False)
    worker.start()
    return int(worker.exitcode or 0)


configure()
