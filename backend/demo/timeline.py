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
from backend.cases.models import Effect, Notice
from backend.demo.acts import Script
from backend.demo.playing import Played, Stage, in_order
from backend.runs import reminders

LEASE_SECONDS = 20.0  # shorter than in the office: whoever interrupted the demo starts it again at once
READ_WITHIN = timedelta(days=2)

Tell = Callable[[int, int], None]


@dataclass
class Result:
    """What playing the city did: acts done now and found done before, and what became of their effects."""

    acts: int = 0
    repeated: int = 0
    effects: Counter[Outcome] = field(default_factory=Counter)


def play(scripts: Iterable[Script], mornings: Collection[datetime], *, today: datetime, tell: Tell) -> Result:
    """Play every act and every morning's reminder run in order; `tell(done, all)` after each.

    What was told long before `today` counts as read. Raises `ActRefused` for an act that cannot be done.
    """
    stage, acts = Stage(), in_order(scripts)
    result = Result()
    settle(result)
    left = sorted(mornings)
    for count, (script, number) in enumerate(acts, 1):
        while left and left[0] <= script.acts[number].at:
            _morning(left.pop(0), result, today)
        played = stage.play(script, number)
        result.repeated += played.done.repeated
        result.acts += not played.done.repeated
        if played.done.effects:
            _do_effects(played, result, today)
        tell(count, len(acts))
    settle(result)
    return result


def settle(result: Result) -> None:
    """Do every effect that waits, whatever the clock on the wall says."""
    Effect.objects.filter(state=Effect.State.READY, not_before__gt=Now()).update(not_before=Now())
    effects.rescue()
    while taken := effects.claim(lease_seconds=LEASE_SECONDS):
        result.effects[effects.run(taken[0])] += 1


def _do_effects(played: Played, result: Result, today: datetime) -> None:
    """Do what a step causes now, and date what it told people as the step."""
    done, at = played.done, played.act.at
    if at > timezone.now():  # the story goes on after today; its effects would wait for their day
        Effect.objects.filter(id__in=done.effects).update(not_before=Now())
    for effect in effects.claim(ids=done.effects, limit=len(done.effects), lease_seconds=LEASE_SECONDS):
        result.effects[effects.run(effect)] += 1
    told = Notice.objects.filter(case=done.case, key__startswith=f"step/{done.case}/{done.seq}/")
    told.update(created_at=at, read_at=_read_at(at, today))


def _morning(at: datetime, result: Result, today: datetime) -> None:
    begun = timezone.now()
    reminders.run(timezone.localdate(at), now=at)
    settle(result)
    told = Notice.objects.filter(key__startswith="timer/", created_at__gte=begun)
    told.update(created_at=at, read_at=_read_at(at, today))


def _read_at(told: datetime, today: datetime) -> datetime | None:
    return told + READ_WITHIN if told < today - READ_WITHIN else None
