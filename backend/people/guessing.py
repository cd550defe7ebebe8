"""Guessing at the door is slowed: whoever fails again and again waits, longer each time, but never for long.

Counted are the name typed, whether or not there is such an account, and the address the request comes from;
for programs and for the challenges of passkeys the address again. A terminal at which somebody signed in
before is counted by itself: so nobody can make a worker wait by failing elsewhere under their name.

An attempt is counted before the password is looked at and taken back when it was right, so that a hundred at
once are a hundred. Whoever has to wait is told so without a look at the password, which would answer a guess.
"""

import ipaddress
import logging
import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

from backend.people.models import Tries

Kind = Literal["name", "terminal", "address", "token", "report", "card", "challenge"]

TERMINAL = "tsunagu_terminal"
_SALT = "tsunagu/terminal"
_TERMINAL_DAYS, _TERMINAL_NAMES = 180, 8
_KEPT = timedelta(days=1)
log = logging.getLogger("backend.people")


@dataclass(frozen=True, slots=True)
class Rule:
    """How many failures cost nothing, the longest wait, and how soon one failure is forgotten (seconds)."""

    free: int
    longest: int
    forgotten: int
    first: int = 1

    def wait(self, failed: int) -> int:
        """Seconds to wait after so many failures: the first, then twice as long, up to the longest."""
        return 0 if failed < self.free else min(self.first * 2 ** min(failed - self.free, 30), self.longest)


# A whole town hall may come from one address, so an address is given more.
RULES: dict[Kind, Rule] = {
    "name": Rule(5, 300, 900),
    "terminal": Rule(5, 300, 900),
    "address": Rule(30, 60, 60),
    "token": Rule(10, 60, 60),
    "card": Rule(4, 900, 900, first=900),  # a PIN has four digits: three more tries, then 15 minutes
    # Every door that is shown asks for a challenge, a town hall's all at once, and none of them is a guess:
    # they are counted by themselves and shut no door.
    "challenge": Rule(300, 60, 1),
    "report": Rule(5, 3600, 600),  # public reports: whoever sends more is asked a question, never turned away
}


@dataclass(frozen=True, slots=True)
class Key:
    """What an attempt is counted under."""

    kind: Kind
    value: str

    @property
    def hash(self) -> str:
        return salted_hmac(f"tsunagu/tries/{self.kind}", self.value, algorithm="sha256").hexdigest()


def signing_in(request: HttpRequest, name: str) -> tuple[Key, ...]:
    """What an attempt to sign in under a name is counted under."""
    terminal = _terminal(request)
    if terminal and _name(name) in terminal[1]:
        return (Key("terminal", f"{terminal[0]} {_name(name)}"),)
    return Key("name", _name(name)), Key("address", address_of(request))


def asking(request: HttpRequest) -> tuple[Key, ...]:
    """What the asking for a challenge is counted under."""
    return (Key("challenge", address_of(request)),)


def attempt(keys: Iterable[Key], now: datetime) -> int:
    """Count an attempt; or, when one of the keys has to wait, count nothing and return the seconds left."""
    by_hash = {key.hash: key for key in keys}
    _forget(now)
    with transaction.atomic():
        fresh = [Tries(key=found, at=now) for found in sorted(by_hash)]
        Tries.objects.bulk_create(fresh, ignore_conflicts=True)
        rows = list(Tries.objects.select_for_update().filter(key__in=by_hash).order_by("key"))
        waits = {by_hash[row.key].kind: _left(row, RULES[by_hash[row.key].kind], now) for row in rows}
        left = max(waits.values(), default=0)
        if left == 0:
            for row in rows:
                row.failed, row.at = _remembered(row, RULES[by_hash[row.key].kind], now) + 1, now
            Tries.objects.bulk_update(rows, ["failed", "at"])
    if left:
        log.warning("signing in is slowed: %s", ", ".join(sorted(kind for kind in waits if waits[kind])))
    return left


def succeeded(keys: Iterable[Key], now: datetime) -> None:
    """Take the attempt back: it was right. The name or terminal begins anew, an address has one less."""
    for key in keys:
        if key.kind == "address":
            with transaction.atomic():
                for row in Tries.objects.select_for_update().filter(key=key.hash, failed__gt=0):
                    row.failed -= 1
                    row.save(update_fields=["failed"])
        else:
            Tries.objects.filter(key=key.hash).delete()


def left(key: Key) -> int:
    """How many more tries cost no waiting."""
    failed = Tries.objects.filter(key=key.hash).values_list("failed", flat=True).first() or 0
    return max(0, RULES[key.kind].free - failed)


def know_terminal(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Remember in a signed cookie that the name was signed in at this terminal."""
    number, names = _terminal(request) or (get_random_string(22), [])
    newest = [_name(name), *(known for known in names if known != _name(name))][:_TERMINAL_NAMES]
    response.set_cookie(
        TERMINAL,
        signing.dumps([number, newest], salt=_SALT),
        max_age=_TERMINAL_DAYS * 86400,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: by the outermost of our own proxies, or the connection itself.

    What stands further left in the header was written by the client and proves nothing. An IPv6 client owns
    its whole network of 64 bits.
    """
    given = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if 0 < settings.PROXIES <= len(forwarded):
        given = forwarded[-settings.PROXIES].strip()
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return given[:64]
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _name(name: str) -> str:
    """A name as counted: every way to write it is one, and the cookie does not tell it."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return salted_hmac("tsunagu/tries/name-typed", folded, algorithm="sha256").hexdigest()[:22]


def _terminal(request: HttpRequest) -> tuple[str, list[str]] | None:
    try:
        number, names = signing.loads(
            request.COOKIES.get(TERMINAL, ""), salt=_SALT, max_age=_TERMINAL_DAYS * 86400
        )
    except signing.BadSignature:
        return None
    return str(number), [str(name) for name in names]


def _remembered(row: Tries, rule: Rule, now: datetime) -> int:
    gone = max(0, int((now - row.at).total_seconds())) // rule.forgotten
    return max(0, row.failed - gone)


def _left(row: Tries, rule: Rule, now: datetime) -> int:
    """Seconds still to wait; a clock set back makes nobody wait longer than the longest."""
    wait = rule.wait(row.failed)
    return min(wait, max(0, math.ceil(wait - (now - row.at).total_seconds())))


def _forget(now: datetime) -> None:
    """Drop some rows nobody tried for a day; those in use meanwhile are left to the next attempt."""
    old = Tries.objects.filter(at__lt=now - _KEPT)
    with transaction.atomic():
        few = list(old.select_for_update(skip_locked=True).values_list("key", flat=True)[:100])
        if few:
            Tries.objects.filter(key__in=few).delete()
