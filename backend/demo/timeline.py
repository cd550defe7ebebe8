"""The life of the whole city up to today and the story, in the order in which it happens.

Acts go through the door; what each causes (letters, notices) is done before the next, so that numbers and
dates of letters go up together, as in an office. Stopped anywhere, it goes on where it was.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.utils import timezone

from backend.cases import effects
from backend.cases.effects import Outcome
from backend.cases.models import Case, Effect, Notice
from backend.demo.acts import Script
from backend.demo.playing import Stage, in_order
from backend.runs import reminders

LEASE_SECONDS = 20.0  # shorter than in the office: whoever interrupted the demo starts it again at once
READ_UNTIL_DAYS = 5  # what the city was told earlier counts as read

Tell = Callable[[int, int], None]


@dataclass
class Result:
    """What playing the city did: acts done now and found done before, and what became of their effects."""

    acts: int = 0
    repeated: int = 0
    effects: Counter[Outcome] = field(default_factory=Counter)


def play(scripts: Iterable[Script], mornings: Collection[datetime], *, tell: Tell) -> Result:
    """Play every act and every morning's reminder run in order; `tell(done, all)` after each.

    Raises `ActRefused` for an act that cannot be done.
    """
    stage, acts = Stage(), in_order(scripts)
    result = Result()
    settle(result)
    left = sorted(mornings)
    for count, (script, number) in enumerate(acts, 1):
        while left and left[0] <= script.acts[number].at:
            _morning(left.pop(0), result)
        played = stage.play(script, number)
        result.repeated += played.done.repeated
        result.acts += not played.done.repeated
        settle(result, played.done.effects)
        tell(count, len(acts))
    settle(result)
    return result


def settle(result: Result, ids: Collection[int] | None = None) -> None:
    """Do the effects of a step (all that wait, without `ids`), whatever the clock on the wall says.

    The story goes on after today; its effects would wait for their day.
    """
    if ids is not None and not ids:
        return
    waiting = Effect.objects.filter(state=Effect.State.READY)
    waiting = waiting if ids is None else waiting.filter(id__in=ids)
    waiting.filter(not_before__gt=Now()).update(not_before=Now())
    effects.rescue()
    while taken := effects.claim(ids=ids, lease_seconds=LEASE_SECONDS):
        result.effects[effects.run(taken[0])] += 1


def _morning(at: datetime, result: Result) -> None:
    reminders.run(timezone.localdate(at), now=at)
    settle(result)


def read_old_notices(now: datetime) -> int:
    """Mark what the city was told about cases that stood still for some days as read; returns how many."""
    still = Case.objects.filter(steps__isnull=False).exclude(
        steps__recorded_at__gt=now - timedelta(days=READ_UNTIL_DAYS)
    )
    return Notice.objects.filter(read_at=None, case__in=still).update(read_at=now)
