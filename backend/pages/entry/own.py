"""自分のログイン: the passkeys of whoever looks, adding, naming and removing them.

It opens also for a session that lacks the second factor its office demands: here is where it is made.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from backend.pages import wording
from backend.pages.acting import Asked, Half, half_signed_in, signed_in
from backend.pages.entry import proving
from backend.pages.entry.again import shown_again
from backend.pages.entry.proving import CREDENTIAL, PASSWORD, Told
from backend.passkeys import ceremony, keeping, place, session
from backend.passkeys.ceremony import NotRecognisedError
from backend.passkeys.models import Event, Passkey


@dataclass(frozen=True)
class Line:
    """One passkey in words."""

    row: Passkey
    made: str
    used: str


@dataclass(frozen=True)
class Happened:
    """One event in words."""

    when: str
    what: str
    name: str
    by: str


@require_safe
@half_signed_in
def keys(request: Half) -> HttpResponse:
    """The passkeys, how to add one, and what happened lately."""
    return _draw(request)


@sensitive_post_parameters(PASSWORD, CREDENTIAL)
@require_POST
@half_signed_in
def prove(request: Half) -> HttpResponse:
    """Show that it is oneself; then a passkey can be added for some minutes."""
    told = proving.prove(request, request.half.user, request.half.now)
    if told is not None:
        return _draw(request, told)
    session.allow_adding(request, request.half.now)
    return redirect("pages:keys")


@require_POST
@half_signed_in
def begin(request: Half, what: str) -> HttpResponse:
    """What the browser asks its authenticators, as JSON: to `add` a passkey, or to `prove` with one."""
    user, now = request.half.user, request.half.now
    if what == "prove":
        return JsonResponse(ceremony.offer_proof(user, now))
    if what != "add":
        raise Http404
    if not _may_add(request):
        return JsonResponse({"told": _too_late()}, status=403)
    return JsonResponse(ceremony.offer_new(user, now))


@require_POST
@half_signed_in
def add(request: Half) -> HttpResponse:
    """Keep the new passkey; the session now has a second factor."""
    user, now = request.half.user, request.half.now
    if not _may_add(request):
        return _draw(request, Told(_too_late(), 403))
    name = _name(request) or _("Passkey")
    try:
        ceremony.add(user, request.POST.get(CREDENTIAL, ""), name, place.origins(request), now)
    except NotRecognisedError:
        return _draw(request, Told(_("The passkey could not be added. Try again.")))
    session.end_adding(request)
    session.came_by(request, "passkey")
    messages.success(request, _("Added. From now on you can sign in with it."))
    return redirect("pages:keys")


@require_POST
@signed_in
def rename(request: Asked, key_id: UUID) -> HttpResponse:
    """Call a passkey otherwise."""
    name = _name(request)
    if not name:
        messages.warning(request, _("Write a name."))
    elif keeping.rename(request.acting.user, key_id, name, request.acting.now):
        messages.success(request, _("Renamed."))
    else:
        raise Http404
    return redirect("pages:keys")


@require_POST
@signed_in
@shown_again
def remove(request: Asked, key_id: UUID) -> HttpResponse:
    """End a passkey; wherever else the user is signed in, that ends too."""
    user = request.acting.user
    if not keeping.remove(user, key_id, request.acting.now):
        raise Http404
    update_session_auth_hash(request, user)
    messages.success(request, _("Removed. Other sign-ins of yours have ended as well."))
    return redirect("pages:keys")


def _draw(request: Half, told: Told | None = None) -> HttpResponse:
    user, lang = request.half.user, request.half.lang
    response = render(
        request,
        "pages/entry/keys.html",
        {
            "keys": [_line(row, lang) for row in ceremony.good(user)],
            "happened": [_happened(row, lang) for row in keeping.events(user)],
            "here": place.here(request),
            "address": place.address(request),
            "may_add": _may_add(request),
            "ways": proving.ways(user),
            "told": told,
            "longest": keeping.LONGEST_NAME,
            "lacks": request.half.lacks_second,
        },
        status=told.status if told else 200,
    )
    if told and told.wait:
        response["Retry-After"] = str(told.wait)
    return response


def _may_add(request: Half) -> bool:
    return session.may_add(request, request.half.now)


def _too_late() -> str:
    return _("Show again that it is you; that was some minutes ago.")


def _name(request: HttpRequest) -> str:
    return request.POST.get("name", "").replace("\0", "").strip()[: keeping.LONGEST_NAME]


def _line(row: Passkey, lang: str) -> Line:
    return Line(row, _moment(row.made_at, lang), _moment(row.used_at, lang) if row.used_at else "")


def _happened(row: Event, lang: str) -> Happened:
    other = row.by is not None and row.by_id != row.passkey.user_id
    by = _("by the office") if other else ""
    return Happened(_moment(row.at, lang), str(row.get_kind_display()), row.passkey.name, by)


def _moment(at: datetime, lang: str) -> str:
    return wording.moment_with_year(at, lang)
