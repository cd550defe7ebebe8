"""Opening a record in an emergency: the reason first, then exactly one record; and who did how often."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.answers import render as drawing
from backend.answers.eras import parse_date
from backend.answers.form import Form
from backend.answers.problems import Problem
from backend.cases import actions, pinned
from backend.cases.errors import DoorError, NotFound
from backend.cases.generic import glass_minutes
from backend.cases.models import Case
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in, typed
from backend.pages.cases.act import new_key
from backend.pages.entry.again import shown_again
from backend.people import anybody
from backend.people.models import Organisation
from backend.sharing.councils import glass as opening
from backend.sharing.councils.glass import Wanted

FORM = "break_glass"


@dataclass(frozen=True)
class Choice:
    """One of several cases of the person looked for: its number, whose it is and since when."""

    number: str
    office: str
    since: str


@require_http_methods(["GET", "POST"])
@signed_in
@shown_again
def glass(request: Asked) -> HttpResponse:
    """The form (GET); opening the one record that fits exactly (POST). Every attempt is recorded."""
    form = pinned.form(pinned.newest("form", FORM))
    if request.method == "GET":
        return _draw(request, form, {})
    answers, wanted = form.read_post(typed(request)), _wanted(request)
    problems = form.check(answers)
    if problems or not wanted.complete:
        told = "" if wanted.complete else _("Write the case number, or the name and the birth date.")
        return _draw(request, form, answers, tuple(problems), told)
    cases = wanted.cases()
    if len(cases) != 1:
        outcome = opening.FOUND if cases else opening.NOTHING
        opening.record(request.acting.member, wanted, answers, outcome, request.acting.now)
        told = "" if cases else _("Nothing fits exactly. Check the number, or every character of the name.")
        return _draw(request, form, answers, (), told, cases)
    return _open(request, form, answers, wanted, cases[0])


def _open(request: Asked, form: Form, answers: dict[str, Any], wanted: Wanted, case: Case) -> HttpResponse:
    acting = request.acting
    try:
        done = actions.perform(
            case.id, FORM, actor=acting.member.id, answers=answers, key=request.POST.get("_key", "")
        )
    except DoorError as error:
        opening.record(acting.member, wanted, answers, opening.REFUSED, acting.now, case)
        refused = _("You cannot open records. Call 119 or 110, and tell the welfare section.")
        said = refused if isinstance(error, NotFound) else str(error)
        return _draw(request, form, answers, (), said, status=403)
    if not done.repeated:
        told = _("Opened for %(minutes)d minutes. The supervisor was told; it will be reviewed.")
        messages.success(request, told % {"minutes": glass_minutes()})
    return redirect("pages:case", case.id)


def _wanted(request: Asked) -> Wanted:
    """What was typed; a birth date in any era, none where it cannot be read."""
    post = request.POST
    try:
        born = parse_date(post.get("born", ""))
    except ValueError:
        born = None
    chosen = post.get("chosen", "") or post.get("number", "").strip()
    return Wanted(chosen[:40], post.get("name", "").strip()[:80], born)


def _draw(
    request: Asked,
    form: Form,
    answers: dict[str, Any],
    problems: tuple[Problem, ...] = (),
    told: str = "",
    cases: list[Case] | None = None,
    status: int = 422,
) -> HttpResponse:
    """The page; what was looked for is not shown again to somebody who may not open it."""
    lang = request.acting.lang
    posted = request.method == "POST"
    shown = {
        "form": drawing.render(
            form, answers=answers, problems=problems, lang=lang, today=request.acting.today
        ),
        "typed": {} if status == 403 else request.POST,
        "told": told,
        "choices": _choices(cases or [], lang),
        "minutes": glass_minutes(),
        "key": request.POST.get("_key") or new_key(),
        "may_count": _may_count(request.acting),
    }
    return render(
        request, "pages/sharing/glass.html", shown, status=status if posted and (problems or told) else 200
    )


def _choices(cases: list[Case], lang: str) -> list[Choice]:
    offices = Organisation.objects.filter(controller__in={case.controller for case in cases}).order_by("code")
    names = {office.controller: wording.body(office) for office in reversed(offices)}
    return [
        Choice(
            case.number,
            names.get(case.controller, case.controller),
            wording.day(timezone.localdate(case.opened_at), lang),
        )
        for case in cases
    ]


@require_safe
@signed_in
def counts(request: Asked) -> HttpResponse:
    """How often each member opened records in a month: for the privacy officer of a controller."""
    acting = request.acting
    if not _may_count(acting):
        raise PermissionDenied
    month = _month(request.GET.get("month", ""), acting.today)
    rows = opening.monthly(acting.facts.controller, month)
    before = (month.replace(day=1) - date.resolution).replace(day=1)
    shown = {"rows": rows, "month": f"{month:%Y-%m}", "before": f"{before:%Y-%m}"}
    return render(request, "pages/sharing/glass_counts.html", shown)


def _may_count(acting: Acting) -> bool:
    """Whether the member may audit the records of their controller: all of them, no single one."""
    return anybody.may(acting.facts, "audit", acting.now).allowed


def _month(text: str, today: date) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return today.replace(day=1)
