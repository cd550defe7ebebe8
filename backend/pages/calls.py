"""電話で知らせる: the call sheet, on the screen and on paper, and how each call went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.cases import callsheet
from backend.cases.called import Call
from backend.cases.callsheet import ToCall
from backend.cases.errors import NotFound
from backend.cases.models import Case
from backend.field import calling, parcels
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.notices import words
from backend.people.models import Member

SOON, TOMORROW = "soon", "tomorrow"
OPENING = 9  # o'clock, when somebody who asked for tomorrow is called


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody, in words; never more of the case than its number."""

    words: str
    when: str
    case: Case | None


@dataclass(frozen=True)
class Line:
    """One member of the sheet, and the number to call: their own, else that of where they work."""

    member: Member
    phone: str
    waiting: list[Waiting]
    until: int
    before: list[str]
    back: str


@require_safe
@signed_in
def calls(request: Asked) -> HttpResponse:
    """Whom to call, the most urgent first."""
    acting = request.acting
    _require(acting)
    lines = [_line(row, acting) for row in callsheet.sheet(acting.facts, acting.now)]
    printed = wording.moment(acting.now, acting.lang)
    shown = {
        "lines": lines,
        "printed": printed,
        "asked": calling.waiting(acting.facts, acting.now),
        "kept": len(parcels.kept(acting.facts, acting.now)),
    }
    return render(request, "pages/calls.html", shown)


@require_POST
@signed_in
def called(request: Asked, member_id: UUID) -> HttpResponse:
    """Keep how a call went."""
    acting = request.acting
    _require(acting)
    outcome, until = request.POST.get("outcome", ""), request.POST.get("until", "")
    if outcome not in Call.Outcome.values or not (until.isascii() and until.isdecimal() and len(until) < 19):
        raise Http404
    back_at = _back(request.POST.get("back", SOON), acting.now)
    try:
        callsheet.record(acting.facts, member_id, Call.Outcome(outcome), int(until), acting.now, back_at)
    except NotFound:
        raise Http404 from None
    messages.success(request, _("Kept: how the call went."))
    return redirect("pages:calls")


def _require(acting: Acting) -> None:
    """Raise PermissionDenied for anybody the policies leave nobody to call."""
    if not callsheet.may_any(acting.facts, acting.now):
        raise PermissionDenied


def _back(when: str, now: datetime) -> datetime:
    """When to call again: in an hour, or tomorrow morning."""
    if when != TOMORROW:
        return now + timedelta(hours=1)
    local = timezone.localtime(now) + timedelta(days=1)
    return local.replace(hour=OPENING, minute=0, second=0, microsecond=0)


def _line(row: ToCall, acting: Acting) -> Line:
    lang = acting.lang
    return Line(
        member=row.member,
        phone=row.member.phone or row.member.organisation.phone,
        waiting=_waiting(row, lang),
        until=row.until,
        before=[
            f"{wording.moment(call.at, lang)} {call.get_outcome_display()}（{call.by.name}）"
            for call in row.calls
        ],
        back=wording.moment(row.back_at, lang) if row.back_at else "",
    )


def _waiting(row: ToCall, lang: str) -> list[Waiting]:
    """What waits, the same thing of the same case once: since when it was first told."""
    found: dict[tuple[str, UUID | None], Waiting] = {}
    for notice in row.notices:
        said = words(notice, lang)
        when = wording.moment(notice.created_at, lang)
        found.setdefault((said, notice.case_id), Waiting(said, when, notice.case))
    return list(found.values())
