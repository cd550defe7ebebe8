"""Sign in, sign out, choose as whom to act."""

from typing import Any

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
from backend.people import guessing
from backend.people.acting import member_of
from backend.people.models import User


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
        return private(render(request, "pages/signin.html", {"next": back}))
    name = request.POST.get("username", "")[:150]
    # NUL cannot be stored, so no account has it; the database would refuse even to look.
    password = request.POST.get("password", "")
    now, keys = timezone.now(), guessing.signing_in(request, name)
    wait = guessing.attempt(keys, now)
    if wait:
        return _again(request, 429, next=back, name=name, wait=wait, told=_waiting(wait))
    user = None if "\x00" in name else authenticate(request, username=name, password=password)
    if user is None:
        return _again(request, 422, next=back, name=name, wrong=True)
    guessing.succeeded(keys, now)
    login(request, user)
    response = private(redirect(back or home_of(user)))
    guessing.know_terminal(request, response, name)
    return response


def home_of(user: User) -> str:
    """The page somebody begins with: the phone in the street for field members, else their work."""
    member = member_of(user, timezone.localdate())
    return "pages:field" if member is not None and member.role in FIELD_ROLES else "pages:work"


def _waiting(seconds: int) -> str:
    return _(
        "It went wrong several times, so nothing is accepted for another %(seconds)s seconds, not even the "
        "right password. It is not your fault? Tell the person who looks after the accounts."
    ) % {"seconds": seconds}


def _again(request: HttpRequest, status: int, **shown: Any) -> HttpResponse:
    """The door once more, with what was wrong."""
    response = private(render(request, "pages/signin.html", shown, status=status))
    if "wait" in shown:
        response["Retry-After"] = str(shown["wait"])
    return response


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
