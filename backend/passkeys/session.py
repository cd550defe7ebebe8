"""What a session proves: by which door somebody came in, when they last showed that it is they, and when they
last used it.

Nothing of it is taken from the browser. A session nobody marked proves a password, the least there is.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from backend.people.models import BY_CARD, Member

Door = Literal["passkey", "password", "card"]
# A passkey is unlocked by its owner; a card is held and its PIN known.
TWO_FACTORS: frozenset[str] = frozenset({"passkey", "card"})
_DOOR, _SHOWN, _ADDING, _USED = "door", "shown_at", "adding_since", "used_at"
_TO_ADD = timedelta(minutes=10)
_SELDOM = timedelta(minutes=1)  # use is written down no more often than that


def came_by(request: HttpRequest, door: Door) -> None:
    """Say how the session began, or what it gained since: after a passkey it is one of two factors."""
    request.session[_DOOR] = door
    shown(request, timezone.now())


def shown(request: HttpRequest, now: datetime) -> None:
    """Say that somebody just showed again that it is they."""
    request.session[_SHOWN] = now.timestamp()


def fresh(request: HttpRequest, now: datetime) -> bool:
    """Whether that was within the minutes the office asks for; where it asks for none, always."""
    minutes = timedelta(minutes=settings.FRESH_MINUTES)
    return not minutes or _within(request.session.get(_SHOWN), minutes, now)


def go_on(request: HttpRequest, now: datetime) -> None:
    """From now on the session lasts its whole time again."""
    request.session[_USED] = now.timestamp()


def used(request: HttpRequest, now: datetime) -> None:
    """Say that somebody is at work, so that the session goes on."""
    if not _within(request.session.get(_USED), _SELDOM, now):
        go_on(request, now)


def seconds_left(request: HttpRequest, now: datetime) -> int:
    """How long the session lasts at least while nobody uses it."""
    at = request.session.get(_USED)
    return max(0, int(at + settings.SESSION_COOKIE_AGE - now.timestamp())) if isinstance(at, float) else 0


def lacks_second(request: HttpRequest, members: Iterable[Member]) -> bool:
    """Whether the office demands a second factor of one of these members and the session has none."""
    if not settings.SECOND_FACTOR or request.session.get(_DOOR) in TWO_FACTORS:
        return False
    return any(member.role not in BY_CARD for member in members)


def allow_adding(request: HttpRequest, now: datetime) -> None:
    """Whoever just showed that it is they may add a passkey for some minutes."""
    request.session[_ADDING] = now.timestamp()


def may_add(request: HttpRequest, now: datetime) -> bool:
    """Whether the minutes are not over; a card shown at the door is all its holder has to show."""
    if request.session.get(_DOOR) == "card" and _within(request.session.get(_SHOWN), _TO_ADD, now):
        return True
    return _within(request.session.get(_ADDING), _TO_ADD, now)


def end_adding(request: HttpRequest) -> None:
    """One passkey for each time."""
    request.session.pop(_ADDING, None)


@receiver(user_logged_in, dispatch_uid="passkeys.session")
def _begun(request: HttpRequest, **_named: Any) -> None:
    shown(request, timezone.now())
    used(request, timezone.now())


def _within(at: object, most: timedelta, now: datetime) -> bool:
    return isinstance(at, float) and 0 <= now.timestamp() - at <= most.total_seconds()
