"""The page of a recipient without an account: from the link to what was approved for them, and their answer.

Looking at a link opens nothing. The link is exchanged for a cookie at once, so that it stands in no history
and no referrer; the page behind it shows the same to everybody, whether the link is right or not.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from backend.pages.acting import private
from backend.pages.sharing import opened
from backend.pages.sharing.opened import Reading
from backend.sharing.disclosures import links, packages
from backend.sharing.disclosures.links import LinkRefused, NotReadable
from backend.sharing.disclosures.models import PackageEvent
from backend.sharing.disclosures.packages import Standing

LINK, READER = "tsunagu_link", "tsunagu_reader"
LINK_SECONDS, READER_SECONDS = 1800, opened.SECONDS
PATH = "/r/"
LONGEST_NAME = 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")
_SALT = "tsunagu.reader"
P = ParamSpec("P")


@require_GET
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """From the link to a clean address. Nothing is looked up: right and wrong links are told the same."""
    response = private(redirect("pages:recipient"))
    response["Referrer-Policy"] = "no-referrer"
    if _TOKEN.match(token):
        _set(response, LINK, token, LINK_SECONDS)
    return response


@require_safe
def recipient(request: HttpRequest) -> HttpResponse:
    """The neutral page: it asks for the code and the reader's name, and tells nothing."""
    wanted = request.GET.get("lang", "")
    if wanted in ("ja", "en"):
        response = private(redirect("pages:recipient"))
        _set(response, settings.LANGUAGE_COOKIE_NAME, wanted, READER_SECONDS * 24)
        return response
    return _door(request)


@sensitive_post_parameters("code")
@require_POST
def open_package(request: HttpRequest) -> HttpResponse:
    """Open with the link of the cookie and the code that was typed."""
    reader = request.POST.get("reader", "").strip()[:LONGEST_NAME]
    token, code = request.COOKIES.get(LINK, ""), request.POST.get("code", "")
    if not reader or "\x00" in reader:
        return _door(request, wrong=_("Write your name, so that it can be told who read it."), status=422)
    try:
        event = links.open_package(token, code, reader, timezone.now())
    except LinkRefused as refused:
        return _door(request, wrong=str(refused), reader=reader, status=403)
    except NotReadable as over:
        return _over(request, over.standing)
    response = private(redirect("pages:recipient_package"))
    _set(response, READER, signing.dumps(event.id, salt=_SALT), READER_SECONDS)
    response.delete_cookie(LINK, path=PATH)
    return response


def reading(
    page: Callable[Concatenate[HttpRequest, Reading, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Show a page only to who opened a package that can still be read; asked anew for every request."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = _reading(request)
        if found is None:
            return private(redirect("pages:recipient"))
        if found.standing is not Standing.OPEN:
            return _over(request, found.standing)
        return private(page(request, found, *args, **kwargs))

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], guarded)


@require_safe
@reading
def package(request: HttpRequest, found: Reading) -> HttpResponse:
    """What was approved for this recipient, and what they can answer."""
    left = links.left(found.known.package)
    return opened.draw(request, found, opened.Way("pages/outside.html", openings=left))


@require_http_methods(["GET", "POST"])
@reading
def answer(request: HttpRequest, found: Reading, action: str) -> HttpResponse:
    """One answer: its form (GET) and sending it (POST)."""
    return opened.answer(request, found, action, opened.Way("pages/outside.html"))


def _reading(request: HttpRequest) -> Reading | None:
    try:
        ident = signing.loads(request.COOKIES.get(READER, ""), salt=_SALT, max_age=READER_SECONDS)
    except signing.BadSignature:
        return None
    event = (
        PackageEvent.objects.select_related("package__recipient", "package__case").filter(pk=ident).first()
    )
    if event is None:
        return None
    return Reading(event, packages.known(event.package), event.package.case, timezone.now())


def _door(request: HttpRequest, *, wrong: str = "", reader: str = "", status: int = 200) -> HttpResponse:
    return private(
        render(request, "pages/sharing/recipient.html", {"wrong": wrong, "reader": reader}, status=status)
    )


def _over(request: HttpRequest, standing: Standing) -> HttpResponse:
    return private(opened.over(request, standing, opened.Way("pages/outside.html")))


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    # Lax, not Strict: the first request comes from a mail, and the address it leads to must get the cookie.
    same_site = "Lax" if name != READER else "Strict"
    path = PATH if name in (LINK, READER) else "/"
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        secure=settings.SECURE,
        httponly=True,
        samesite=same_site,  # type: ignore[arg-type] # the stubs want a literal
    )
