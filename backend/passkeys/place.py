"""Where passkeys hold: the host they are made for, and the origins whose pages may ask for them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

THIS_MACHINE = "localhost"


def origins(request: HttpRequest) -> list[str]:
    """The origins an answer may come from.

    On `localhost`, which every browser takes for its own machine, any port is as good as another.
    """
    named = [_origin(settings.SITE_URL), *settings.CSRF_TRUSTED_ORIGINS]
    here = _origin(request.build_absolute_uri("/"))
    return [*named, here] if urlsplit(here).hostname == settings.PASSKEY_HOST == THIS_MACHINE else named


def here(request: HttpRequest) -> bool:
    """Whether a browser that shows this page can use passkeys of this office."""
    origin = _origin(request.build_absolute_uri("/"))
    host = urlsplit(origin).hostname or ""
    fits = host == settings.PASSKEY_HOST or host.endswith(f".{settings.PASSKEY_HOST}")
    return fits and origin in origins(request)


def address(request: HttpRequest) -> str:
    """Where people sign in with passkeys, for somebody who is elsewhere."""
    if settings.PASSKEY_HOST != THIS_MACHINE:
        return str(settings.SITE_URL)
    port = urlsplit(request.build_absolute_uri("/")).port
    return f"http://{THIS_MACHINE}:{port}" if port else f"http://{THIS_MACHINE}"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
