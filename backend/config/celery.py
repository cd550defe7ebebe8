"""The Celery application. The queue is a hint; the effect rows are the truth (`backend.cases.effects`)."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")

# A process that publishes waits this long for a broker and never tries again; workers wait longer.
PUBLISH_SECONDS = 0.2
WORKER_SECONDS = 4.0

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
        task_default_queue="effects",
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
    quorum = {"x-queue-type": "quorum", "x-delivery-limit": 20}
    from kombu import Queue  # noqa: PLC0415

    options = {"read_timeout": PUBLISH_SECONDS, "write_timeout": PUBLISH_SECONDS}
    amqp = settings.BROKER_URL.startswith("amqp")
    return {
        "broker_url": settings.BROKER_URL,
        "broker_transport_options": options if amqp else {"socket_timeout": PUBLISH_SECONDS},
        "task_queues": [Queue("effects", queue_arguments=quorum if amqp else None)],
        "worker_detect_quorum_queues": amqp,
    }


def for_worker() -> Celery:
    """The application as a worker uses it: patient with the broker."""
    options = {
        name: value
        for name, value in app.conf.broker_transport_options.items()
        if name not in ("read_timeout", "write_timeout", "socket_timeout")
    }
    app.conf.update(broker_connection_timeout=WORKER_SECONDS, broker_transport_options=options)
    return app


configure()
