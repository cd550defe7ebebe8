"""Sign in, sign out, choose as whom to act."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from backend.pages.acting import CHOSEN, Asked, private, signed_in
from backend.pages.seeing import FIELD_ROLES
from backend.passkeys import place, session
from backend.passkeys.session import Door
from backend.people import guessing
from backend.people.acting import member_of
from backend.people.models import User

DOOR, _DOOR_SECONDS = "tsunagu_door", 180 * 86400


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """The door: the same words, work and waiting for an unknown name as for a wrong password.

    What was typed as the name stays.
    """
    back = within(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(back or home_of(request.user))
        return _door(request, {"next": back})
    name = request.POST.get("username", "")[:150]
    # NUL cannot be stored, so no account has it; the database would refuse even to look.
    password = request.POST.get("password", "")
    now, keys = timezone.now(), guessing.signing_in(request, name)
    wait = guessing.attempt(keys, now)
    if wait:
        return door_again(request, 429, next=back, name=name, wait=wait, told=waiting(wait))
    user = None if "\x00" in name else authenticate(request, username=name, password=password)
    if user is None:
        return door_again(request, 422, next=back, name=name, wrong=True)
    guessing.succeeded(keys, now)
    login(request, user)
    session.came_by(request, "password")
    response = private(redirect(back or home_of(user)))
    remember_door(response, "password")
    guessing.know_terminal(request, response, name)
    return response


def home_of(user: User) -> str:
    """The page somebody begins with: the phone in the street for field members, else their work."""
    member = member_of(user, timezone.localdate())
    return "pages:field" if member is not None and member.role in FIELD_ROLES else "pages:work"


def waiting(seconds: int) -> str:
    return _(
        "It went wrong several times, so nothing is accepted for another %(seconds)s seconds, not even the "
        "right password. It is not your fault? Tell the person who looks after the accounts."
    ) % {"seconds": seconds}


def door_again(request: HttpRequest, status: int, **shown: Any) -> HttpResponse:
    """The door once more, with what was wrong."""
    response = _door(request, shown, status)
    if "wait" in shown:
        response["Retry-After"] = str(shown["wait"])
    return response


def remember_door(response: HttpResponse, door: Door) -> None:
    """Keep at this terminal by which door somebody came in, so that it stands first; not who."""
    response.set_cookie(
        DOOR, door, max_age=_DOOR_SECONDS, secure=settings.SECURE, httponly=True, samesite="Lax"
    )


def _door(request: HttpRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    last = request.COOKIES.get(DOOR, "")
    typed = any(name in shown for name in ("name", "wrong", "wait"))
    more = {"last": last, "passkeys": place.here(request), "folded": last == "passkey" and not typed}
    return private(render(request, "pages/entry/signin.html", {**shown, **more}, status=status))


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return private(redirect("pages:signin"))


@require_POST
@signed_in
def act_as(request: Asked) -> HttpResponse:
    """Choose the member to act as, among one's own."""
    wanted = request.POST.get("member", "")
    chosen = next((choice for choice in request.acting.choices if str(choice.id) == wanted), None)
    if chosen is not None:
        request.session[CHOSEN] = wanted
        messages.success(
            request, _("You now act for %(organisation)s.") % {"organisation": chosen.organisation}
        )
    return redirect("pages:work")


def within(request: HttpRequest, back: str) -> str:
    """A way back within this office only."""
    here = {request.get_host()}
    return back if url_has_allowed_host_and_scheme(back, here, require_https=request.is_secure()) else ""
