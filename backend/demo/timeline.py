"""The life of the whole city up to today and the story, in the order in which it happens.

Acts go through the door; what each causes (letters, notices) is done before the next, so that numbers and
dates of letters go up together, as in an office. Stopped anywhere, it goes on where it was.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
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


# A notice of a step is as old as the step; one told long ago counts as read.
_DATE_NOTICES = """
    UPDATE cases_notice AS n
    SET created_at = s.recorded_at,
        read_at = CASE WHEN s.recorded_at >= %(unread)s THEN n.read_at
                  ELSE coalesce(n.read_at, s.recorded_at + %(within)s * interval '1 second') END
    FROM cases_step AS s
    WHERE s.case_id = n.case_id AND n.key LIKE 'step/%%' AND split_part(n.key, '/', 3)::int = s.seq
          AND n.created_at <> s.recorded_at
          AND n.case_id IN (SELECT "case" FROM cases_key WHERE key LIKE 'demo/%%')
"""


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
            _do_effects(played, result)
        tell(count, len(acts))
    settle(result)
    with connection.cursor() as cursor:
        cursor.execute(_DATE_NOTICES, {"unread": today - READ_WITHIN, "within": READ_WITHIN.total_seconds()})
    return result


def settle(result: Result) -> None:
    """Do every effect that waits, whatever the clock on the wall says.

    What an interrupted demo held is waited for: its lease ends within seconds.
    """
    patience = time.monotonic() + LEASE_SECONDS + 5
    while True:
        Effect.objects.filter(state=Effect.State.READY, not_before__gt=Now()).update(not_before=Now())
        effects.rescue()
        while taken := effects.claim(lease_seconds=LEASE_SECONDS):
            result.effects[effects.run(taken[0])] += 1
        held = Effect.objects.filter(state__in=[Effect.State.CLAIMED, Effect.State.SENDING])
        if time.monotonic() > patience or not held.exists():
            return
        time.sleep(0.2)


def _do_effects(played: Played, result: Result) -> None:
    """Do what a step causes, at once."""
    ids = played.done.effects
    if played.act.at > timezone.now():  # the story goes on after today, and its effects would wait
        Effect.objects.filter(id__in=ids).update(not_before=Now())
    while taken := effects.claim(ids=ids, limit=len(ids), lease_seconds=LEASE_SECONDS):
        for effect in taken:
            result.effects[effects.run(effect)] += 1


def _morning(at: datetime, result: Result, today: datetime) -> None:
    begun = timezone.now()
    reminders.run(timezone.localdate(at), now=at)
    settle(result)
    read_at = at + READ_WITHIN if at < today - READ_WITHIN else None
    told = Notice.objects.filter(key__startswith="timer/", created_at__gte=begun)
    told.update(created_at=at, read_at=read_at)
