"""When a person is mailed by the runs: not at night, and not many times a day. Both are data (settings.yaml).

What is held stays ready and goes out with the first run that may send it, as one mail. A case of urgency A is
told at night too, once in a night: somebody may be in danger.
"""

from datetime import datetime, time

from django.utils import timezone

from backend import access
from backend.cases.models import Notice
from backend.runs.models import Digest

URGENT = "urgent"  # the channel of what may not wait for the morning


def quiet(moment: datetime) -> bool:
    """Whether it is night in the office; hours that begin and end at once are none."""
    hours = access.current().settings["quiet_hours"]
    begins, ends = time.fromisoformat(hours["from"]), time.fromisoformat(hours["until"])
    local = timezone.localtime(moment).time()
    return begins <= local < ends if begins <= ends else not ends <= local < begins


def full(address: str, moment: datetime) -> bool:
    """Whether the address was mailed as often today as it may be, whichever of its offices that was for."""
    sent = Digest.objects.filter(member__email=address, sent_at__date=timezone.localdate(moment))
    return sent.count() >= int(access.current().settings["mails_a_day"])


def wake_for_danger(waiting: list[Digest], moment: datetime) -> None:
    """Beside the waiting digest of whoever was told today of a case of urgency A, a mail that may go now."""
    since = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    urgent = Notice.objects.filter(
        member__in=[digest.member_id for digest in waiting],
        read_at=None,
        created_at__gte=since,
        case__urgency="A",
        case__is_open=True,
    )
    members = set(urgent.values_list("member", flat=True))
    rows = [
        Digest(member_id=digest.member_id, business_date=digest.business_date, channel=URGENT)
        for digest in waiting
        if digest.member_id in members
    ]
    Digest.objects.bulk_create(rows, ignore_conflicts=True)
