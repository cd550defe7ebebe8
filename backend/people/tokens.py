"""Tokens of programs that use the API: made once, kept as a hash, ended by date or by hand.

A token opens nothing by itself: at each request the account must be open and a term must cover the day.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from backend.people.models import ApiToken, User

PREFIX = "tsunagu_"  # so that scanners of repositories and mails can find one that leaked
DAYS, MOST_DAYS = 90, 366


def make(user: User, *, days: int, now: datetime) -> tuple[ApiToken, str]:
    """A new token of the user and its text, which nobody can see again."""
    text = PREFIX + secrets.token_urlsafe(32)
    ends = now + timedelta(days=days)
    return ApiToken.objects.create(user=user, hash=_hash(text), made_at=now, ends_at=ends), text


def user_of(text: str, now: datetime) -> User | None:
    """Whose token it is; None when there is none such, it has ended, or the account is closed.

    The day of use is noted, not the hour: enough to find tokens nobody needs.
    """
    wanted = ApiToken.objects.select_related("user").filter(
        hash=_hash(text), ends_at__gt=now, user__is_active=True
    )
    token = wanted.first()
    if token is None:
        return None
    today = timezone.localdate(now)
    if token.used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(used_on=today)
    return token.user


def of(user: User) -> list[ApiToken]:
    """The user's tokens, ended ones too, the newest first."""
    return list(ApiToken.objects.filter(user=user).order_by("-made_at", "-pk"))


def end(user: User, now: datetime, number: int | None = None) -> int:
    """End one token of the user, or all of them; returns how many were still good."""
    good = ApiToken.objects.filter(user=user, ends_at__gt=now)
    return (good if number is None else good.filter(pk=number)).update(ends_at=now)


def _hash(text: str) -> str:
    """256 random bits need no slow hash: there is nothing to guess."""
    return hashlib.sha256(text.encode()).hexdigest()
