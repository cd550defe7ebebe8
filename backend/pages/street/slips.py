"""見守り票: the slips of visits on paper, printed for whoever watches and keyed in without the mouse.

A slip is one line of an A5 sheet: a number of six characters and boxes for what was found. Keying one in
takes twelve keys: six of the number and Enter, Enter for the day of the slip before, and a digit and Enter
each for result and way.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend import access
from backend.cases import actions, callsheet
from backend.cases.actions import Done
from backend.cases.errors import AnswersWrong, DoorError
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.field import rounds
from backend.field.rounds import ALARM, RECORD, Home
from backend.letters import render as letters
from backend.letters.tokens import ReplyCodeError
from backend.letters.vector import qr
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.street.home import visit_form
from backend.papers import keying
from backend.papers.keying import Found, UsedBefore
from backend.papers.models import KeyedIn
from backend.people.acting import current
from backend.people.models import Member

RESULTS = ("no_change", "worried", "alarm", "absent", "refused")
WAYS = ("met", "phone", "outside", "intercom")
NOON = time(12, 0)


class NoSlip(ReplyCodeError):  # noqa: N818 - reads as what it says
    """A number no slip has that this member may key in."""


@dataclass(frozen=True)
class Slip:
    """One line of a sheet."""

    code: str
    qr: str
    name: str


@dataclass(frozen=True)
class Keyed:
    """What was keyed in last, for the eye that checks."""

    name: str
    words: str
    case: UUID


@require_safe
@signed_in
def watchers(request: Asked) -> HttpResponse:
    """Who watches and how many homes of theirs a sheet can be printed for."""
    acting = _staff(request)
    watching = Case.objects.filter(is_open=True).exclude(watchers=[]).values_list("watchers", flat=True)
    ids = {watcher for watchers in watching for watcher in watchers}
    rows = Member.objects.filter(current(acting.today), id__in=ids).select_related("organisation", "user")
    members = list(rows.order_by("kana", "name"))
    homes = rounds.watched([row.facts() for row in members], acting.now)
    counted = [(row, sum(_may(case, acting) for case in homes[str(row.id)])) for row in members]
    return render(request, "field/watchers.html", {"watchers": [pair for pair in counted if pair[1]]})


@require_POST
@signed_in
def sheet(request: Asked, member_id: UUID) -> HttpResponse:
    """The slips of one who watches, on A5: each line with a number of its own."""
    acting = _staff(request)
    row = (
        Member.objects.select_related("organisation", "user")
        .filter(current(acting.today), pk=member_id)
        .first()
    )
    homes = _homes(row, acting) if row is not None else []
    if row is None or not homes:
        raise Http404
    with transaction.atomic():
        slips = [_slip(home, acting) for home in homes]
        with override("ja"):
            shown = {"slips": slips, "watcher": row, "printed": wording.day(acting.today, "ja")}
            data = letters.sheet(
                render_to_string("field/slips.html", shown), render_to_string("field/slips.css")
            )
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="slips.pdf"'
    return response


@require_http_methods(["GET", "POST"])
@signed_in
def key_in(request: Asked) -> HttpResponse:
    """One slip after the other: the last Enter records and returns to the number."""
    acting = _staff(request)
    if request.method == "GET":
        return _page(request, acting)
    typed = {name: request.POST.get(name, "").strip() for name in ("code", "day", "result", "way", "next")}
    try:
        found, case = _found(typed["code"], acting)
        answers = _answers(typed, request.POST.getlist("quick"), acting.today)
        done = _record(found, case, answers, acting)
    except ReplyCodeError as error:
        return _page(request, acting, str(error), typed, 404 if isinstance(error, NoSlip) else 422)
    except AnswersWrong as error:
        told = " ".join(problem.ja if acting.lang == "ja" else problem.en for problem in error.problems)
        return _page(request, acting, told, typed, 422)
    except UsedBefore as error:
        return _page(request, acting, str(error), {**typed, "code": ""}, 409)
    except DoorError as error:
        return _page(request, acting, str(error), typed, error.status)
    request.session["slips.day"] = typed["day"] or request.session.get("slips.day", "")
    request.session["slips.last"] = [str(done.case), done.seq]
    return redirect("pages:slips_key")


@require_POST
@signed_in
def look(request: Asked) -> JsonResponse:
    """Whose slip a number is, shortened, so that a slip of the hand is seen before it is recorded."""
    acting = _staff(request)
    try:
        _found_slip, case = _found(request.POST.get("code", ""), acting)
    except (ReplyCodeError, DoorError) as error:
        return JsonResponse({"wrong": str(error)})
    return JsonResponse({"name": _masked(case), "place": case.area.name})


@require_POST
@signed_in
def undo(request: Asked) -> HttpResponse:
    """Take back what was keyed in last; the slip may be keyed in anew."""
    acting = _staff(request)
    last = request.session.pop("slips.last", None)
    if last is None:
        raise Http404
    at = timezone.localtime(acting.now).isoformat(timespec="seconds")
    try:
        actions.perform(
            UUID(last[0]),
            RECORD,
            actor=acting.member.id,
            answers={"at": at, "result": "mistaken"},
            key=f"slip/undo/{last[0]}/{last[1]}",
        )
    except DoorError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Taken back. The slip may be keyed in again."))
    return redirect("pages:slips_key")


# --- the slip ----------------------------------------------------------------------------------------------


def _found(code: str, acting: Acting) -> tuple[Found, Case]:
    """The slip of a number and its case. Raises `NoSlip`, `ReplyCodeError` for one that cannot be."""
    found = keying.find(code)
    unknown = NoSlip(_("There is no slip of this number. Compare it with the sheet."))
    if found is None or found.case is None or found.form != rounds.VISIT:
        raise unknown
    case = Case.objects.select_related("person", "area").get(pk=found.case)
    if not _may(case, acting):
        raise unknown
    if found.expired(acting.today):
        raise ReplyCodeError(_("This slip is too old. Record the visit on the case itself."))
    return found, case


def _record(found: Found, case: Case, answers: Mapping[str, Any], acting: Acting) -> Done:
    """Through the door with the slip, once; a slip whose visit was taken back goes again."""
    action = ALARM if answers["result"] == "alarm" else RECORD
    used = found.used

    def do(turn: str = "") -> Done:
        key = f"slip/{found.hash}{turn}"
        return actions.perform(case.id, action, actor=acting.member.id, answers=dict(answers), key=key)

    if used is None:
        return keying.once(found, acting.member.id, acting.now, do)
    if used.by_id == acting.member.id and _taken_back(case, used, acting):
        return do(f"/{case.revision}")
    raise UsedBefore(used)


def _taken_back(case: Case, used: KeyedIn, acting: Acting) -> bool:
    """Whether the visit of the slip is no longer counted."""
    kept = {visit.seq for visit in rounds.visits_of(case, acting.now)}
    after = case.steps.filter(seq__gt=used.seq, form=rounds.VISIT, actor=acting.member.id)
    return used.seq not in kept and after.exists() and not kept & set(after.values_list("seq", flat=True))


def _answers(typed: Mapping[str, str], quick: Iterable[str], today: date) -> dict[str, Any]:
    """The answers of the form from digits. Raises `ReplyCodeError` saying which one is missing."""
    result = _chosen(typed["result"], RESULTS, _("Result: a digit from 1 to 5."))
    day = _day(typed["day"], today)
    answers: dict[str, Any] = {"at": _moment(day), "result": result}
    if result == "absent":
        answers["retry_on"] = _day(typed["next"], today, ahead=True).isoformat()
    else:
        answers["mode"] = _chosen(typed["way"], WAYS, _("Way: a digit from 1 to 4."))
    if result in ("worried", "alarm"):
        known = {str(choice.code) for choice in visit_form().by_name["quick"].choices}
        answers["informed_to"] = ["in_charge"]
        if chosen := [one for one in quick if one in known]:
            answers["quick"] = chosen
    if result == "alarm":
        answers["called"] = False
    return answers


def _chosen(typed: str, choices: tuple[str, ...], wrong: str) -> str:
    digit = unicodedata.normalize("NFKC", typed)
    if not (digit.isascii() and digit.isdigit() and 1 <= int(digit) <= len(choices)):
        raise ReplyCodeError(wrong)
    return choices[int(digit) - 1]


def _day(typed: str, today: date, *, ahead: bool = False) -> date:
    """A day as month and day (1124, 11/24): the nearest not after today, or not before; empty is today."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", typed) if char.isdigit())
    if not digits and not ahead:
        return today
    wrong = ReplyCodeError(_("Day: month and day in four digits, such as 1124."))
    if len(digits) not in (3, 4):
        raise wrong
    month, number = int(digits[:-2]), int(digits[-2:])
    years = (today.year, today.year + 1) if ahead else (today.year, today.year - 1)
    for year in years:
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if (found >= today) if ahead else (found <= today):
            return found
    raise wrong


def _moment(day: date) -> str:
    """Noon of the day, or now when it is today's: paper tells no hour."""
    now = timezone.localtime()
    at = datetime.combine(day, NOON, now.tzinfo)
    return (min(at, now) if day == now.date() else at).isoformat(timespec="seconds")


# --- pages -------------------------------------------------------------------------------------------------


def _staff(request: Asked) -> Acting:
    if not callsheet.may_any(request.acting.facts, request.acting.now):
        raise PermissionDenied
    return request.acting


def _may(case: Case, acting: Acting) -> bool:
    facts = case_facts(case, acting.now)
    decisions = (access.decide(acting.facts, does, facts, today=acting.day) for does in ("view", "visit"))
    return all(decision.allowed for decision in decisions)


def _homes(row: Member, acting: Acting) -> list[Home]:
    """The homes of one who watches that this member of staff may record visits to."""
    return [home for home in rounds.homes(row.facts(), acting.now) if _may(home.case, acting)]


def _slip(home: Home, acting: Acting) -> Slip:
    _paper, token = keying.hand_out(
        rounds.VISIT,
        by=acting.member.id,
        now=acting.now,
        case=home.case,
        action=RECORD,
        length=keying.SLIP_LENGTH,
    )
    return Slip(token.code, qr(token.code), _masked(home.case))


def _masked(case: Case) -> str:
    """Enough to tell homes apart, not enough for a finder: the family name and one character (髙田 ハ○)."""
    name = case.person.name if case.person is not None else ""
    family, _space, given = name.replace("　", " ").partition(" ")
    return f"{family} {given[:1]}○" if given else f"{family[:1]}○"


def _page(
    request: Asked, acting: Acting, wrong: str = "", typed: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    rows = list(
        KeyedIn.objects.filter(by=acting.member, at__date=acting.today, case__steps__form=rounds.VISIT)
        .distinct()
        .order_by("-at")[:20]
    )
    form = visit_form()
    shown = {
        "wrong": wrong,
        "typed": typed or {"day": request.session.get("slips.day", "")},
        "kept_day": request.session.get("slips.day", "") or f"{acting.today:%m%d}",
        "results": _numbered(form.by_name["result"].choices, RESULTS, acting.lang),
        "ways": _numbered(form.by_name["mode"].choices, WAYS, acting.lang),
        "chips": [
            (str(choice.code), choice.label.of(acting.lang)) for choice in form.by_name["quick"].choices
        ],
        "last": _last(request, acting),
        "count": len(rows),
        "seconds": _pace([row.at for row in rows]),
    }
    return render(request, "field/key_slips.html", shown, status=status)


def _numbered(choices: Iterable[Any], codes: tuple[str, ...], lang: str) -> list[tuple[int, str]]:
    known = {str(choice.code): choice.label.of(lang) for choice in choices}
    return [(number, known[code]) for number, code in enumerate(codes, start=1)]


def _last(request: Asked, acting: Acting) -> Keyed | None:
    last = request.session.get("slips.last")
    if last is None:
        return None
    case = Case.objects.select_related("person", "area").filter(pk=last[0]).first()
    if case is None or not _may(case, acting):
        return None
    visit = next((one for one in rounds.visits_of(case, acting.now) if one.seq == last[1]), None)
    if visit is None:
        return None
    known = {
        str(choice.code): choice.label.of(acting.lang) for choice in visit_form().by_name["result"].choices
    }
    return Keyed(
        _masked(case), f"{wording.day(visit.day, acting.lang)} {known.get(visit.result, '')}", case.id
    )


def _pace(moments: list[datetime]) -> int:
    """Seconds from one slip to the next, pauses left out; 0 while there is nothing to tell."""
    gaps = [(later - earlier) for later, earlier in pairwise(moments)]
    short = [gap.total_seconds() for gap in gaps if gap < timedelta(minutes=2)]
    return round(sum(short) / len(short)) if short else 0
