"""Put off until a morning (あとで): what may be, until when, and why something may not."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from backend.pages.models import Later
from backend.pages.seeing import Seen
from backend.workflow import calendar, deadlines

MORNING = time(8, 30)


def until(choice: str, today: date) -> datetime:
    """The next morning the office is open, or the first one of next week."""
    first = today + timedelta(days=1 if choice != "week" else 7 - today.weekday())
    return timezone.make_aware(datetime.combine(calendar.office().on_or_after(first), MORNING))


def refusal(seen: Seen, moment: datetime) -> str:
    """Why a case may not be put off so long; "" when it may. What the law sets a time for never may."""
    case = seen.case
    if not case.is_open:
        return _("It is closed.")
    if seen.emergency:
        return _("Life is in danger.")
    limit = deadlines.set_by_law(seen.state, {**case.facts, "urgency": case.urgency})
    if limit is not None:
        cite = f" ({limit.cite})" if limit.cite else ""
        return _("It has a legal limit and cannot be put off.") + cite
    if case.due_at is not None and case.held_at is None and case.due_at < moment:
        return _("Its deadline comes before.")
    return ""


def put_off(seen: Seen, moment: datetime) -> str:
    """Put it off for this member, or say why not."""
    because = refusal(seen, moment)
    if not because:
        Later.objects.update_or_create(member=seen.acting.member, case=seen.case, defaults={"until": moment})
    return because


def bring_back(seen: Seen) -> None:
    """Into the lists again at once."""
    Later.objects.filter(member=seen.acting.member, case=seen.case).delete()
