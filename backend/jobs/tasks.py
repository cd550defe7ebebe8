"""What the queue carries: ids of effects, nothing else."""

from celery import shared_task

from backend.cases import effects
from backend.jobs.alive import alive

PART = "queue"


@shared_task(name="effects.run", ignore_result=True)  # type: ignore[untyped-decorator]
def run_effects(ids: list[int]) -> None:
    """Run those of the effects that are still ready and due, until the worker is told to end.

    A message lost, doubled or late changes nothing; what is left of it is done by a sweep.
    """
    try:
        effects.run_due(ids=ids, most=len(ids), go_on=lambda: alive.going_on(PART))
    finally:
        alive.rest(PART)
