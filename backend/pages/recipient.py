"""The page of a recipient without an account: from the link to what was approved for them, and their answer.

Looking at a link opens nothing. The link is exchanged for a cookie at once, so that it stands in no history
and no referrer; the page behind it shows the same to everybody, whether the link is right or not.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from backend.answers import render as drawing
from backend.answers.form import Form
from backend.answers.problems import Problem
from backend.cases.errors import AnswersWrong, DoorError
from backend.cases.models import Case
from backend.cases.pinned import pinned
from backend.cases.reading import latest
from backend.definitions.canonical import NotCanonical
from backend.pages import wording
from backend.pages.acting import private, typed
from backend.sharing.disclosures import addresses, duties, links, packages, replying
from backend.sharing.disclosures.links import LinkRefused, NotReadable
from backend.sharing.disclosures.models import PackageEvent
from backend.sharing.disclosures.packages import Known, Standing
from backend.sharing.disclosures.words import category_words, purpose_words
from backend.workflow.model import Action

LINK, READER = "tsunagu_link", "tsunagu_reader"
LINK_SECONDS, READER_SECONDS = 1800, 3600
PATH = "/r/"
LONGEST_NAME = 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")
_SALT = "tsunagu.reader"
P = ParamSpec("P")


@dataclass(frozen=True)
class Reading:
    """One recipient reading one package: who they said they are, since when, and how it stands now."""

    event: PackageEvent
    known: Known
    case: Case
    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def standing(self) -> Standing:
        return self.known.standing(self.today)

    @property
    def mark(self) -> str:
        """What stands behind every page: who reads it, since when."""
        return f"{self.event.reader} {timezone.localtime(self.event.at):%m/%d %H:%M}"

    def action(self, name: str) -> Action:
        """An answer that can be given now. Raises `Http404`."""
        found = next((action for action in replying.possible(self.case) if action.name == name), None)
        if found is None or found.form is None:
            raise Http404
        return found

    def form(self, action: Action) -> Form:
        return pinned(self.case.definition).form(str(action.form))[0]


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
    lang = _lang()
    row = found.known.package
    shown = {
        "reading": found,
        "package": row,
        "purpose": purpose_words(row.purpose, lang),
        "until": wording.day(row.expires_on, lang),
        "address": addresses.reveal(found.known, found.event.reader, found.now),
        "parts": [
            (category_words(name, lang), lines)
            for name in row.categories
            if (lines := _lines(found.known, name, lang))
        ],
        "duties": duties.in_words(row.obligations, lang),
        "answers": [
            (action.name, action.title.in_language(lang)) for action in replying.possible(found.case)
        ],
        "said": latest(found.case, "disclosure_answer").get("answer", ""),
        "openings": links.left(row),
        "sent": request.GET.get("sent") == "1",
        "state": found.case.state.partition(".")[2],
        "marks": range(8),
    }
    return render(request, "pages/recipient_package.html", shown)


@require_http_methods(["GET", "POST"])
@reading
def answer(request: HttpRequest, found: Reading, action: str) -> HttpResponse:
    """One answer: its form (GET) and sending it (POST), through the door like everything else."""
    chosen = found.action(action)
    form = found.form(chosen)
    if request.method == "GET":
        return _draw(request, found, chosen, form.prefill({"member.name": found.event.reader}))
    answers = form.read_post(typed(request))
    try:
        key = request.POST.get("_key", "")
        replying.reply(found.known.package, chosen.name, answers, key=key, today=found.today)
    except AnswersWrong as wrong:
        return _draw(request, found, chosen, form.read_all(typed(request)), wrong.problems)
    except NotCanonical:
        problems = tuple(form.check(answers))
        return _draw(request, found, chosen, form.read_all(typed(request)), problems)
    except DoorError as error:
        return _draw(request, found, chosen, form.read_all(typed(request)), trouble=str(error), status=409)
    return redirect(f"{reverse('pages:recipient_package')}?sent=1")


def _draw(
    request: HttpRequest,
    found: Reading,
    action: Action,
    answers: dict[str, Any],
    problems: tuple[Problem, ...] = (),
    *,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    lang = _lang()
    form = found.form(action)
    drawn = drawing.render(form, answers=answers, problems=problems, lang=lang, today=found.today)
    shown = {
        "reading": found,
        "title": action.title.in_language(lang),
        "form": drawn,
        "problems": problems,
        "trouble": trouble,
        "key": request.POST.get("_key") or uuid4().hex,
    }
    return render(request, "pages/recipient_answer.html", shown, status=422 if problems else status)


def _lines(known: Known, category: str, lang: str) -> list[tuple[str, str, bool]]:
    """The values of a category: label, words, and whether only a handle stands here."""
    return [(item.label(lang), item.value(lang), item.handle) for item in known.content.of(category)]


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
    return private(render(request, "pages/recipient.html", {"wrong": wrong, "reader": reader}, status=status))


def _over(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Recalled, expired or ended: nothing of the content, and what to do."""
    return private(render(request, "pages/recipient_over.html", {"standing": str(standing)}, status=410))


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


def _lang() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"
