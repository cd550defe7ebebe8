"""紙カードと暗証番号: how commissioners and volunteers sign in without a password to remember.

Staff make a card, print it once, and cannot see it again. The code is kept as a keyed hash and the PIN as a
slow hash of both, so that a copy of the database opens nothing. Three more tries are given after a wrong one,
then a quarter of an hour must pass; an unknown card is told the same as a wrong PIN.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from backend.field.models import Card
from backend.letters import tokens
from backend.letters.tokens import ReplyCodeError
from backend.people.acting import can_act
from backend.people.models import BY_CARD, Member, User

LENGTH, PIN_LENGTH = 8, 4
FOR = BY_CARD


@lru_cache(maxsize=1)
def _no_card() -> str:
    """Checked for an unknown card, which so takes as long."""
    return make_password(secrets.token_hex(8))


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on the card, once. It has no `repr` of its values, so that no log can show them."""

    code: str
    pin: str

    def __repr__(self) -> str:
        return "Printed(…)"


def make(member: Member, by: Member, now: datetime) -> Printed:
    """A new card for the member; those before it end. Who has no account gets one without a password."""
    code, pin = tokens.new(LENGTH), f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"
    with transaction.atomic():
        Card.objects.filter(member=member, ended_at=None).update(ended_at=now)
        if member.user_id is None:
            user = User(username=f"card-{member.id}")
            user.set_unusable_password()
            user.save()
            Member.objects.filter(pk=member.pk, user=None).update(user=user)
        Card.objects.create(
            code_hash=_hash(code.code),
            member=member,
            pin=make_password(_secret(code.code, pin)),
            made_by=by,
            made_at=now,
            ends_on=member.valid_until,
        )
    return Printed(code.shown, pin)


def user_of(code: str, pin: str, now: datetime) -> User | None:
    """Whose card it is; None for a wrong PIN, an unknown or ended card, or a term that is over, all alike."""
    try:
        typed = tokens.read(code, (LENGTH,)).code
    except ReplyCodeError:
        typed = ""
    digits = unicodedata.normalize("NFKC", pin).strip()
    card = Card.objects.select_related("member__user").filter(code_hash=_hash(typed), ended_at=None).first()
    right = check_password(_secret(typed, digits), card.pin if card else _no_card())
    today = timezone.localdate(now)
    if card is None or not right or (card.ends_on is not None and card.ends_on < today):
        return None
    return card.member.user if can_act(card.member, today) else None


def counted_as(code: str) -> str:
    """What tries are counted under: every way to write a code is one."""
    return unicodedata.normalize("NFKC", code).upper().replace("-", "").replace(" ", "")[:20]


def end(member: Member, now: datetime) -> None:
    """The card was lost, or is not needed any more."""
    Card.objects.filter(member=member, ended_at=None).update(ended_at=now)


def _hash(code: str) -> str:
    return salted_hmac("tsunagu/card", code, algorithm="sha256").hexdigest()


def _secret(code: str, pin: str) -> str:
    return f"{code}/{pin}"
