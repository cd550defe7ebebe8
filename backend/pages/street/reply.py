"""お返事 `/reply/`: two taps for the addressee of a letter. No name is shown; opening answers nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.cases.errors import DoorError
from backend.field import replying
from backend.field.replying import Asked
from backend.letters.tokens import ReplyCodeError
from backend.pages import wording
from backend.pages.acting import private
from backend.pages.street.office import telephone
from backend.people import guessing
from backend.people.guessing import Key

KEPT = "reply.slip"


@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest) -> HttpResponse:
    """The number of the slip; a right one leads to the question."""
    if request.method == "GET":
        return _draw(request, "field/reply.html", {})
    typed, now = request.POST.get("code", ""), timezone.now()
    keys = (Key("address", guessing.address_of(request)),)
    if guessing.attempt(keys, now):
        return _wrong(request, typed, _("Please wait a minute and try again."), 429)
    try:
        found = replying.find(typed)
    except ReplyCodeError as error:
        return _wrong(request, typed, str(error), 422)
    if found is None:
        return _wrong(request, typed, _("There is no letter of this number. Compare it with the slip."), 404)
    guessing.succeeded(keys, now)
    request.session[KEPT] = found.slip.token_hash
    return private(redirect("pages:reply_answer"))


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """The question with the present answer (GET), and answering or changing it (POST)."""
    found = replying.by_hash(str(request.session.get(KEPT, "")))
    if found is None:
        return private(redirect("pages:reply"))
    if found.until < timezone.localdate() or found.settled:
        return _page(request, found, over=True, settled=found.settled)
    if request.method == "GET":
        return _page(request, found)
    said = request.POST.get("said", "").replace("\x00", "").strip()[: replying.LONGEST]
    try:
        key = UUID(request.POST.get("_key", ""))
        replying.reply(found, request.POST.get("answer", ""), said, key, timezone.now())
    except ValueError:
        return _page(request, found)
    except DoorError:
        return _page(request, found, wrong=_("It could not be taken in. Please telephone."), status=409)
    request.session["reply.thanks"] = True
    return private(redirect("pages:reply_done"))


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Thanks, and until when it can be changed."""
    found = replying.by_hash(str(request.session.get(KEPT, "")))
    if found is None or not request.session.pop("reply.thanks", False):
        return private(redirect("pages:reply"))
    return _draw(request, "field/reply_done.html", _told(found))


def _page(request: HttpRequest, found: Asked, *, status: int = 200, **more: Any) -> HttpResponse:
    answers = [(code, replying.words(code)) for code in replying.ANSWERS]
    shown = {**_told(found), "answers": answers, "key": uuid4(), "most": replying.LONGEST, **more}
    return _draw(request, "field/reply_answer.html", shown, status)


def _told(found: Asked) -> dict[str, Any]:
    lang = wording.language()
    return {
        "dated": wording.day(found.dated_on, lang),
        "until": wording.day(found.until, lang),
        "present": replying.words(found.present),
    }


def _wrong(request: HttpRequest, code: str, told: str, status: int) -> HttpResponse:
    return _draw(request, "field/reply.html", {"wrong": told, "code": code}, status)


def _draw(request: HttpRequest, template: str, shown: Mapping[str, Any], status: int = 200) -> HttpResponse:
    name, number = telephone()
    return private(render(request, template, {**shown, "office": name, "phone": number}, status=status))
