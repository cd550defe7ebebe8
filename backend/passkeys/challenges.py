"""Challenges: what an authenticator signs so that no old signature can be shown again.

Each is kept here as a hash until it is answered or its minutes are over. Taking one deletes its row, so that
of two answers with the same challenge one finds nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from backend.passkeys.models import Challenge
from backend.people.models import User

Purpose = Literal["sign_in", "add", "prove"]
LASTS = timedelta(minutes=5)


def ask(purpose: Purpose, user: User | None, now: datetime) -> bytes:
    """A new challenge; some whose time is over are dropped."""
    _forget(now)
    challenge = secrets.token_bytes(32)
    Challenge.objects.create(hash=_hash(challenge), purpose=purpose, user=user, ends_at=now + LASTS)
    return challenge


def take(challenge: bytes, purpose: Purpose, user: User | None, now: datetime) -> bool:
    """Whether it was asked for this, of this user, lately, and answered by nobody yet; then it is gone."""
    asked = Challenge.objects.filter(hash=_hash(challenge), purpose=purpose, user=user, ends_at__gte=now)
    gone, _by_model = asked.delete()
    return gone == 1


def _forget(now: datetime) -> None:
    """Those somebody else is dropping in this moment are left to them, so that nobody waits for anybody."""
    with transaction.atomic():
        over = Challenge.objects.select_for_update(skip_locked=True).filter(ends_at__lt=now)
        few = list(over.values_list("hash", flat=True)[:100])
        if few:
            Challenge.objects.filter(hash__in=few).delete()


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
