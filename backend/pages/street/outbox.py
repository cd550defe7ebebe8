"""Where phones send their sealed records, the program that waits in the phone, and what staff take over.

Sending needs no session: a record bears its own mark, and may come after its member signed out or left.
"""

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from backend.cases import callsheet
from backend.cases.errors import DoorError
from backend.field import parcels
from backend.field.parcels import Answer
from backend.field.sealing import LARGEST, NotOpened
from backend.pages import display
from backend.pages.acting import Asked, signed_in
from backend.pages.street.home import choices
from backend.pages.street.office import telephone
from backend.people import guessing
from backend.people.guessing import Key

_TEMPLATES = ("base", "pin", "shell", "steps", "danger", "alarm")
_PARTS = (
    *("pages/tokens.css", "pages/field.css", "pages/print.css", "pages/icon.svg"),
    *("pages/field-store.js", "pages/field-pin.js", "pages/field.js"),
)


@csrf_exempt  # no cookie is read: a record is its own proof, and the office only ever adds
@require_POST
def outbox(request: HttpRequest) -> JsonResponse:
    """Take in sealed records, each once; one answer for each, in their order."""
    now = timezone.now()
    keys = (Key("address", guessing.address_of(request)),)
    if wait := guessing.attempt(keys, now):
        return _refused(429, wait)
    try:
        sent = json.loads(request.body)["parcels"] if len(request.body) <= LARGEST * 8 else []
        found = [(UUID(str(one["key"])), dict(one["sealed"])) for one in sent]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _refused(400)
    if not found or len(found) > parcels.MOST:
        return _refused(400)
    answers = [_take(key, sealed, now) for key, sealed in found]
    if any(answer.state != "broken" for answer in answers):
        guessing.succeeded(keys, now)
    rows = [
        {"key": str(key), "state": answer.state, "words": answer.words}
        for (key, _sealed), answer in zip(found, answers, strict=True)
    ]
    response = JsonResponse({"results": rows})
    response["Cache-Control"] = "no-store"
    return response


def _take(key: UUID, sealed: dict[str, Any], now: datetime) -> Answer:
    try:
        return parcels.take(key, sealed, now)
    except NotOpened:
        return Answer(
            "broken", _("This record cannot be read any more. Please tell the office by telephone.")
        )


def _refused(status: int, wait: int = 0) -> JsonResponse:
    response = JsonResponse({"results": []}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page the phone shows without a network: nothing personal, filled on the phone from its own list."""
    lang = display.of(request).language
    with override(lang):
        name, number = telephone()
        shown = {"office": name, "phone": number, **choices(lang, timezone.localdate()), "shell": True}
        return render(request, "field/shell.html", shown)


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The program that waits in the phone; it comes from here so that it serves /field/ and nothing else."""
    parts = json.dumps([*(static(part) for part in _PARTS), *_pages()])
    text = _source().replace("__PARTS__", parts).replace("__VERSION__", _version())
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


def _pages() -> list[str]:
    return [reverse("pages:field_shell"), reverse("pages:field_alarm")]


def _source() -> str:
    return _text("pages/field-worker.js")


def _version() -> str:
    """Changes when anything changes that the phone keeps, so that phones fetch it anew."""
    kept = "".join(_text(part) for part in (*_PARTS, "pages/field-worker.js"))
    shown = "".join(_template(name) for name in _TEMPLATES)
    return hashlib.sha256((kept + shown).encode()).hexdigest()[:12]


def _template(name: str) -> str:
    origin = get_template(f"field/{name}.html").origin  # type: ignore[attr-defined] # Django's engine has it
    return Path(str(origin)).read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _text(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise Http404
    return Path(path).read_text(encoding="utf-8")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What makes the page an application on the phone's home screen."""
    icon = {"src": static("pages/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    told = {
        "name": _("Tsunagu: today's watch"),
        "short_name": "つなぐ",
        "lang": "ja",
        "start_url": reverse("pages:field"),
        "scope": reverse("pages:field"),
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0017c1",
        "icons": [icon],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
@signed_in
def kept(request: Asked) -> HttpResponse:
    """Records from phones that the door refused: about cases this member may write to."""
    if not callsheet.may_any(request.acting.facts, request.acting.now):
        raise PermissionDenied
    return render(
        request, "field/kept.html", {"kept": parcels.kept(request.acting.facts, request.acting.now)}
    )


@require_POST
@signed_in
def take_over(request: Asked, key: UUID) -> HttpResponse:
    """Write one of them into its case as a note of one's own."""
    mine = {one.parcel.key for one in parcels.kept(request.acting.facts, request.acting.now)}
    if key not in mine:
        raise Http404
    try:
        parcels.take_over(key, request.acting.member, request.acting.now)
    except DoorError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Taken over into the case."))
    return redirect("pages:field_kept")
