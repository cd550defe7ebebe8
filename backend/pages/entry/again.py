"""もう一度: before what cannot be taken back, whoever signed in a while ago shows again that it is they.

What was posted is carried through the question in hidden fields, so that nothing typed is lost.
"""

from functools import wraps
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from backend.pages.acting import Asked, P, Page, signed_in
from backend.pages.entry import proving
from backend.pages.entry.proving import CREDENTIAL, PASSWORD, Told
from backend.pages.entry.signin import within
from backend.passkeys import place, session

_OURS = (PASSWORD, CREDENTIAL, "csrfmiddlewaretoken")


def shown_again(page: Page[P]) -> Page[P]:
    """Ask before the page where the sign-in is older than the office's minutes. Stands below `signed_in`."""

    @wraps(page)
    def guarded(request: Asked, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return question(request) or page(request, *args, **kwargs)

    return cast(Page[P], guarded)


def question(request: Asked) -> HttpResponse | None:
    """The question, or None where the sign-in is fresh or the proof was just posted with the rest."""
    now = request.acting.now
    if session.fresh(request, now):
        return None
    if request.method != "POST":
        return _ask(request, None, [("next", request.get_full_path())], reverse("pages:again"))
    told = None
    if PASSWORD in request.POST or CREDENTIAL in request.POST:
        told = proving.prove(request, request.acting.user, now)
        if told is None:
            _take_out_proof(request)
            return None
    return _ask(request, told, _posted(request), request.get_full_path())


@sensitive_post_parameters(PASSWORD, CREDENTIAL)
@require_POST
@signed_in
def again(request: Asked) -> HttpResponse:
    """Show it, then go on to what was asked for."""
    back = within(request, request.POST.get("next", ""))
    told = proving.prove(request, request.acting.user, request.acting.now)
    if told is None:
        return redirect(back or "pages:work")
    return _ask(request, told, [("next", back)], reverse("pages:again"))


def _posted(request: Asked) -> list[tuple[str, str]]:
    return [
        (name, str(value)) for name, values in request.POST.lists() if name not in _OURS for value in values
    ]


def _take_out_proof(request: Asked) -> None:
    kept: Any = request.POST.copy()
    for name in _OURS:
        kept.pop(name, None)
    request.POST = kept


def _ask(request: Asked, told: Told | None, carried: list[tuple[str, str]], action: str) -> HttpResponse:
    shown = {
        "told": told,
        "carried": carried,
        "action": action,
        "ways": proving.ways(request.acting.user),
        "here": place.here(request),
    }
    response = render(request, "pages/entry/again.html", shown, status=told.status if told else 403)
    if told and told.wait:
        response["Retry-After"] = str(told.wait)
    return response
