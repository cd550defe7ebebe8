"""The last line of the day (17時を過ぎました): what must go today, and what can wait until the morning."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from django.utils import timezone

from backend.pages import wording
from backend.pages.acting import Acting
from backend.pages.desk import later
from backend.pages.seeing import Seen
from backend.workflow import calendar

BEGINS = time(17, 0)


@dataclass(frozen=True)
class Evening:
    """How many deadlines of today are left, and which cases can be put off until which morning."""

    due_today: int
    can_wait: tuple[Seen, ...]
    morning: str


def evening(acting: Acting, due_today: int, shown: Iterable[Seen]) -> Evening | None:
    """The line of a working day that is nearly over; None before, and on days the office is closed."""
    local = timezone.localtime(acting.now)
    if local.time() < BEGINS or not calendar.office().is_business_day(local.date()):
        return None
    morning = later.until("tomorrow", acting.today)
    waiting = tuple(seen for seen in shown if not later.refusal(seen, morning))
    return Evening(due_today, waiting, wording.day(timezone.localdate(morning), acting.lang))
