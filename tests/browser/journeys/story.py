"""A referral from triage to its end: the one story that is played by mouse, by finger and by keyboard."""

from backend.demo.cast import member_id
from tests.cases.conftest import answers


def course():
    """Who does what, in order, and what they answer."""
    return (
        ("caseworker", "triage", answers("triage", urgency="C")),
        ("caseworker", "record_consent", answers("consent")),
        ("supervisor", "assign", answers("assign", assigned_to=str(member_id("caseworker")))),
        ("caseworker", "refer", answers("referral_sheet", to_org="center-nakahama")),
        ("receiver", "accept", answers("accept_reply")),
        ("receiver", "record_first_contact", answers("first_contact")),
        ("receiver", "begin_support", answers("intake")),
        ("supervisor", "close", answers("closure")),
    )
