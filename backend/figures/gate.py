"""Who leads the section: sees its board, decides who stands in for whom, moves a caseload."""

from datetime import datetime

from backend.access import MemberFacts
from backend.people import anybody

ACTION = "oversee"


def may(member: MemberFacts, now: datetime) -> bool:
    """Whether the member leads the section of their controller."""
    return anybody.may(member, ACTION, now).allowed
