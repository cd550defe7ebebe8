"""Rights over everybody of a controller, asked where there is no single record: a list, a count, a page."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from backend import access
from backend.access import Decision, MemberFacts, PersonFacts


def may(member: MemberFacts, action: str, now: datetime, *, protected: bool = False) -> Decision:
    """Whether the member may do this to any record of their controller; `protected`: to a protected one."""
    anybody = PersonFacts("every", member.controller, settings.ROOT_AREA, protected=protected)
    return access.decide(member, action, anybody, today=access.day(timezone.localdate(now)))
