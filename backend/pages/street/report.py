"""気になる人を知らせる `/report/`: one question a page, danger first, without account and without a name.

The answers stay in the session for a day. The same pages with a line to read out are the clerk's on the
telephone. Against floods stand a hidden field, a clock, a count by address and a question made here; nobody
in danger is ever asked it.
"""

import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.answers.fields import Field
from backend.answers.form import Form
from backend.answers.formats import read_phone
from backend.cases import pinned
from backend.cases.errors import AnswersWrong, DoorError, KeyReused
from backend.field import cards, reporting
from backend.letters import tokens
from backend.letters.ruby import with_ruby
from backend.letters.tokens import ReplyCodeError
from backend.pages import wording
from backend.pages.acting import private
from backend.pages.entry.signin import home_of
from backend.pages.street.office import telephone
from backend.people import guessing
from backend.people.acting import member_of
from backend.people.guessing import Key
from backend.people.models import User

KEPT, SECONDS = "report", 24 * 3600
QUICK = 4  # seconds in which nobody answers by hand
STEPS = ("danger", "signs", "abuse", "where", "you", "check")
ABUSE_SIGNS = frozenset({"bruise_or_injury", "shouting_or_crying", "thin_or_dirty", "not_eating"})
ELSEWHERE = "https://www.jma.go.jp/"  # the weather: a page anybody may have open
LONGEST = {"where": 130, "facts": 1000, "name": 60, "phone": 20}


@dataclass(frozen=True)
class Line:
    """One answer on the last page, and where to change it."""

    step: str
    label: str
    value: str


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Start anew. With `clerk`, a signed-in member takes the report of somebody on the telephone; with
    `member`, whoever watches over homes tells what they noticed themselves.
    """
    member = _member(request)
    _renew(request, clerk="clerk" in request.GET and member is not None)
    if "member" in request.GET and member is not None and member.role in cards.FOR:
        request.session[KEPT]["member"] = True
    return private(redirect("pages:report_step", "danger"))


@require_safe
def at_place(request: HttpRequest, code: str) -> HttpResponse:
    """From the square code of a sticker: the place is known already."""
    found = reporting.place_of(code)
    _renew(request)
    if found is not None:
        request.session[KEPT] |= {"area": found.area_id, "place": found.words}
        request.session.modified = True
    return private(redirect("pages:report_step", "danger"))


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """One question (GET) and its answer (POST). What was answered before stays, so that *back* works."""
    if name not in STEPS:
        raise Http404
    if KEPT not in request.session:
        _renew(request)
    if request.method == "GET":
        return _page(request, name)
    wrong = _ANSWER[name](request)
    request.session.modified = True
    if wrong:
        return _page(request, name, wrong, 422)
    if name == "check":
        return _send(request)
    return private(redirect("pages:report_step", _next(name, request.session[KEPT])))


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The receipt number, once; who took the call goes on with the case."""
    code = request.session.pop("report.receipt", "")
    if not code:
        return private(redirect("pages:report_receipt"))
    case = request.session.pop("report.case", "")
    return _draw(request, "field/report_done.html", {"code": code, "case": case, "home": _home(request)})


@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """What became of a report, in one of three fixed phrases."""
    if request.method == "GET":
        return _draw(request, "field/report_receipt.html", {})
    now, keys = timezone.now(), (Key("address", guessing.address_of(request)),)
    if guessing.attempt(keys, now):
        wrong = _("Please wait a minute and try again.")
        return _draw(request, "field/report_receipt.html", {"wrong": wrong}, 429)
    typed = request.POST.get("code", "")
    try:
        found = reporting.standing(tokens.read(typed, (reporting.RECEIPT_LENGTH,)))
    except ReplyCodeError as error:
        return _draw(request, "field/report_receipt.html", {"wrong": str(error), "code": typed}, 422)
    if found is None:
        wrong = _("There is no report of this number. Compare it with what you wrote down.")
        return _draw(request, "field/report_receipt.html", {"wrong": wrong, "code": typed}, 404)
    guessing.succeeded(keys, now)
    return _draw(request, "field/report_receipt.html", {"phrase": _PHRASES[found]()})


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Close at once: what was typed is forgotten, and the browser is somewhere else."""
    request.session.pop(KEPT, None)
    return private(redirect(ELSEWHERE))


# --- answers -----------------------------------------------------------------------------------------------


def _danger(request: HttpRequest) -> str:
    _kept(request)["imminent"] = request.POST.get("danger") == "yes"
    return ""


def _signs(request: HttpRequest) -> str:
    known = {str(choice.code) for choice in _form().by_name["signs"].choices}
    chosen = [sign for sign in request.POST.getlist("signs") if sign in known]
    _kept(request)["signs"] = chosen
    _kept(request)["facts"] = _text(request, "facts")
    if chosen or _kept(request)["facts"]:
        return ""
    return _("Choose at least one thing you noticed, or write it in your own words.")


def _abuse(request: HttpRequest) -> str:
    abuse = request.POST.get("abuse", "none")
    _kept(request)["abuse"] = abuse if abuse in reporting.ABUSE else "none"
    return ""


def _where(request: HttpRequest) -> str:
    kept = _kept(request)
    kept["where"] = _text(request, "where")
    if kept["where"] or kept.get("place"):
        return ""
    return _("Write as much as you know: a street, a blue roof, opposite the park.")


def _you(request: HttpRequest) -> str:
    kept = _kept(request)
    kept |= {
        "name": _text(request, "name"),
        "phone": read_phone(_text(request, "phone")),
        "who": request.POST.get("who", ""),
    }
    kept["feedback"] = bool(kept["phone"])
    return _wrong_number(kept["phone"])


def _wrong_number(phone: str) -> str:
    """What is wrong with a telephone number, said where it is typed and not when everything is sent."""
    for problem in _form().check({"reporter_phone": phone}) if phone else ():
        if problem.field == "reporter_phone":
            return problem.ja if wording.language() == "ja" else problem.en
    return ""


def _check(request: HttpRequest) -> str:
    """The guards against floods; whoever is in danger, telephones with a clerk or signed in, passes."""
    kept, now = _kept(request), timezone.now()
    if kept.get("imminent") or kept.get("clerk") or kept.get("member"):
        return ""
    early = now.timestamp() - float(kept.get("began", 0)) < QUICK
    busy = guessing.attempt((Key("report", guessing.address_of(request)),), now) > 0
    asked = kept.get("sum")
    if not (early or busy or asked):
        return ""
    said = unicodedata.normalize("NFKC", request.POST.get("sum", "")).strip()
    if asked and said.isascii() and said.isdigit() and int(said) == sum(asked):
        kept.pop("sum")
        return ""
    kept["sum"] = [secrets.randbelow(8) + 1, secrets.randbelow(8) + 1]
    return _("One small question, because many reports came from here: write the answer below.")


_ANSWER: Mapping[str, Callable[[HttpRequest], str]] = {
    "danger": _danger,
    "signs": _signs,
    "abuse": _abuse,
    "where": _where,
    "you": _you,
    "check": _check,
}


def _send(request: HttpRequest) -> HttpResponse:
    kept, member = _kept(request), _member(request)
    if request.POST.get("homepage"):  # a field no human sees: thanked, and nothing is written
        del request.session[KEPT]
        request.session["report.receipt"] = tokens.new(reporting.RECEIPT_LENGTH).shown
        return private(redirect("pages:report_done"))
    by = member if kept.get("clerk") or kept.get("member") else None
    try:
        token = reporting.report(kept, str(kept["key"]), timezone.now(), by=by)
    except AnswersWrong as error:
        lang = wording.language()
        told = " ".join(problem.ja if lang == "ja" else problem.en for problem in error.problems)
        return _page(request, "check", told, 422)
    except KeyReused:
        token = None
    except DoorError:
        told = _("It could not be taken in just now. Please telephone; your answers are still here.")
        return _page(request, "check", told, 503)
    del request.session[KEPT]
    if token is not None:
        request.session["report.receipt"] = token.shown
        if kept.get("clerk"):
            request.session["report.case"] = str(reporting.case_of(token))
    return private(redirect("pages:report_done"))


# --- pages -------------------------------------------------------------------------------------------------


def _renew(request: HttpRequest, *, clerk: bool = False) -> None:
    now = timezone.now()
    request.session[KEPT] = {
        "key": secrets.token_hex(16),
        "began": now.timestamp(),
        "at": timezone.localtime(now).isoformat(timespec="seconds"),
        "clerk": clerk,
    }
    if not request.user.is_authenticated:
        request.session.set_expiry(SECONDS)


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session[KEPT]
    return kept


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[: LONGEST[name]]


def _member(request: HttpRequest) -> Any:
    user = request.user
    return member_of(user, timezone.localdate()) if isinstance(user, User) else None


def _home(request: HttpRequest) -> str:
    """Where somebody who signed in goes on; nowhere for anybody else."""
    user = request.user
    return reverse(home_of(user)) if isinstance(user, User) else ""


def _form() -> Form:
    return pinned.form(pinned.newest("form", "detection_report"))


def _steps(kept: Mapping[str, Any]) -> list[str]:
    """The questions asked this time: about abuse only where something looks like it, and nobody who signed in
    is asked who they are.
    """
    left_out = set()
    if not ABUSE_SIGNS & set(kept.get("signs") or ()):
        left_out.add("abuse")
    if kept.get("member"):
        left_out.add("you")
    return [name for name in STEPS if name not in left_out]


def _next(name: str, kept: Mapping[str, Any]) -> str:
    steps = _steps(kept)
    return steps[steps.index(name) + 1] if name in steps[:-1] else "check"


def _page(request: HttpRequest, name: str, wrong: str = "", status: int = 200) -> HttpResponse:
    kept, lang = _kept(request), wording.language()
    steps, form = _steps(kept), _form()
    here = steps.index(name) if name in steps else 0
    shown = {
        "step": name,
        "kept": kept,
        "wrong": wrong,
        "back": steps[here - 1] if here else "",
        "number": here + 1,
        "of": len(steps),
        "signs": _pairs(form.by_name["signs"], lang),
        "abuses": _pairs(form.by_name["abuse_suspected"], lang),
        "chosen": set(kept.get("signs") or ()),
        "quick_exit": not (kept.get("clerk") or kept.get("member")) and "abuse" in steps,
        "home": _home(request),
        "lines": _lines(kept, form, lang) if name == "check" else [],
        "script": _SCRIPT[name]() if kept.get("clerk") else "",
    }
    return _draw(request, "field/report.html", shown, status)


def _draw(request: HttpRequest, template: str, shown: Mapping[str, Any], status: int = 200) -> HttpResponse:
    name, number = telephone()
    with_readings = request.GET.get("ruby") == "1" or request.session.get("report.ruby", False)
    if "ruby" in request.GET:
        with_readings = request.GET["ruby"] == "1"
        request.session["report.ruby"] = with_readings
    response = render(
        request, template, {**shown, "office": name, "phone": number, "ruby": with_readings}, status=status
    )
    if with_readings and wording.language() == "ja":
        response.content = with_ruby(response.content.decode()).encode()
    return private(response)


def _lines(kept: Mapping[str, Any], form: Form, lang: str) -> list[Line]:
    signs = dict(_pairs(form.by_name["signs"], lang))
    abuses = dict(_pairs(form.by_name["abuse_suspected"], lang))
    noticed = wording.listed(signs[sign] for sign in kept.get("signs") or ())
    lines = [
        Line("danger", _("Danger now"), _("Yes") if kept.get("imminent") else _("No")),
        Line(
            "signs",
            _("What you noticed"),
            " ".join(part for part in (noticed, kept.get("facts", "")) if part),
        ),
    ]
    if "abuse" in kept:
        lines.append(Line("abuse", _("Might it be abuse?"), abuses[kept["abuse"]]))
    you = wording.listed(part for part in (kept.get("name", ""), kept.get("phone", "")) if part)
    lines.append(
        Line("where", _("Who or where"), reporting.landmark(kept.get("where", ""), kept.get("place", "")))
    )
    if not kept.get("member"):
        label = _("The caller") if kept.get("clerk") else _("About you")
        lines.append(Line("you", label, you or _("Without your name")))
    return lines


def _pairs(field: Field, lang: str) -> list[tuple[str, str]]:
    return [(str(choice.code), choice.label.of(lang)) for choice in field.choices]


_SCRIPT: Mapping[str, Callable[[], str]] = {
    "danger": lambda: _("Ask: “Is anyone in danger right now?”"),
    "signs": lambda: _("Ask: “What did you notice?” and tick what fits."),
    "abuse": lambda: _("Ask: “Do you think somebody is being hurt?” A suspicion is enough."),
    "where": lambda: _("Ask: “Where is it? A landmark will do.”"),
    "you": lambda: _("Ask: “May we call you back? You need not give your name.”"),
    "check": lambda: _("Read the answers aloud, then press the button and tell the receipt number."),
}
_PHRASES: Mapping[str, Callable[[], str]] = {
    reporting.RECEIVED: lambda: _("What you reported was received"),
    reporting.BEING_HANDLED: lambda: _("What you reported is being handled"),
    reporting.FINISHED: lambda: _("What you reported has been brought to an end"),
}
