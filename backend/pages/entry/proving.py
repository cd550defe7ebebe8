"""Showing once more that it is oneself: by the password, or by a passkey."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from django.utils.translation import gettext as _

from backend.passkeys import ceremony, place, session
from backend.passkeys.ceremony import NotRecognisedError
from backend.people import guessing
from backend.people.guessing import Key
from backend.people.models import User

PASSWORD, CREDENTIAL = "_password", "_credential"


@dataclass(frozen=True)
class Ways:
    """How somebody can show it."""

    password: bool
    passkey: bool

    @property
    def none(self) -> bool:
        return not (self.password or self.passkey)


@dataclass(frozen=True)
class Told:
    """Why it was not shown, and the status and seconds to wait that go with it."""

    words: str
    status: int = 422
    wait: int = 0


def ways(user: User) -> Ways:
    """A password alone is nothing where the office demands more and there is more."""
    passkey = bool(ceremony.good(user))
    return Ways(user.has_usable_password() and not (passkey and settings.SECOND_FACTOR), passkey)


def prove(request: HttpRequest, user: User, now: datetime) -> Told | None:
    """Take what was posted as the proof; None when it is one. Guessing is slowed as at the door."""
    answer = request.POST.get(CREDENTIAL, "")
    if answer:
        return _by_passkey(request, user, answer, now)
    if not ways(user).password:
        return Told(_("Use your passkey for this."))
    keys = guessing.signing_in(request, user.username)
    wait = guessing.attempt(keys, now)
    if wait:
        return _waiting(wait)
    if not check_password(request.POST.get(PASSWORD, ""), user.password):
        return Told(_("The password is not right. Try again."))
    guessing.succeeded(keys, now)
    session.shown(request, now)
    return None


def _by_passkey(request: HttpRequest, user: User, answer: str, now: datetime) -> Told | None:
    keys = (Key("address", guessing.address_of(request)),)
    wait = guessing.attempt(keys, now)
    if wait:
        return _waiting(wait)
    try:
        ceremony.recognise(answer, place.origins(request), now, user)
    except NotRecognisedError:
        return Told(_("The passkey was not recognised. Try again."))
    guessing.succeeded(keys, now)
    session.came_by(request, "passkey")
    return None


def _waiting(seconds: int) -> Told:
    told = _("It went wrong several times. Wait %(seconds)s seconds, then try again.")
    return Told(told % {"seconds": seconds}, 429, seconds)
