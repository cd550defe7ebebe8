"""The slips that come back: which letter one belongs to."""

from datetime import date

from django.utils import timezone

from backend.letters import tokens
from backend.letters.models import ReplySlip


def slip_of(code: str, *, today: date | None = None) -> ReplySlip | None:
    """The slip a reply code belongs to, while it is accepted; None for an unknown or expired one.

    Raises `ReplyCodeError` for a code that cannot be right.
    """
    token = tokens.read(code)
    slips = ReplySlip.objects.select_related("letter")
    slip = slips.filter(token_hash=token.hash).first()
    too_late = slip is not None and slip.expires_on < (today or timezone.localdate())
    return None if too_late else slip
