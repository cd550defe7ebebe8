"""Who leads the section: sees its board, decides who stands in for whom, moves a caseload."""

from datetime import datetime

from django.conf import settings

from backend import access
from backend.access import MemberFacts, PersonFacts
from backend.cases import visible

ACTION = "oversee"


def may(member: MemberFacts, now: datetime) -> bool:
    """Whether the member leads the section of their controller."""
    anybody = PersonFacts("", member.controller, settings.ROOT_AREA, protected=False)
    return access.decide(member, ACTION, anybody, today=visible.day(now)).allowed
