"""What the queue carries: ids of effects, nothing else."""

from celery import shared_task

from backend.cases import effects


@shared_task(name="effects.run", ignore_result=True)  # type: ignore[untyped-decorator]
def run_effects(ids: list[int]) -> None:
    """Run those of the effects that are still ready and due.

    A message lost, doubled or late changes nothing.
    """
    effects.run_due(ids=ids, most=len(ids))
