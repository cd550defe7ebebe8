"""Who sends a request: by token (`Authorization: Token …`) or by the session of the pages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from backend.people import guessing, tokens
from backend.people.models import User


class TooManyWrongTokens(exceptions.Throttled):
    """Wrong tokens came from this address again and again; `wait` becomes `Retry-After`."""

    wait: int

    def __init__(self, wait: int) -> None:
        super().__init__(detail=_("Too many wrong tokens. Wait %(seconds)d seconds.") % {"seconds": wait})
        self.wait = wait


class TokenAuthentication(authentication.TokenAuthentication):
    """A token whose hash is known and which has not ended.

    A wrong one is counted by address and then told to wait. A right one never waits: there is nothing to
    guess in 256 bits, and a program with an old token must not keep out the others behind its address.
    """

    def authenticate(self, request: Request) -> Any:
        try:
            return super().authenticate(request)
        except exceptions.AuthenticationFailed:
            key = guessing.Key("token", guessing.address_of(request._request))
            wait = guessing.attempt([key], timezone.now())
            if wait:
                raise TooManyWrongTokens(wait) from None
            raise

    def authenticate_credentials(self, key: str) -> tuple[User, str]:
        user = tokens.user_of(key, timezone.now())
        if user is None:
            raise exceptions.AuthenticationFailed(_("The token is wrong or has ended. Ask for a new one."))
        return user, ""
