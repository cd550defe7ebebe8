"""電話で知らせる: the call sheet, on the screen and on paper, and how each call went."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.cases import callsheet
from backend.cases.called import Call
from backend.cases.callsheet import ToCall
from backend.cases.errors import NotFound
from backend.field import calling, parcels
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.desk.notices import words
from backend.people.models import Member

SOON, TOMORROW = "soon", "tomorrow"
OPENING = 9  # o'clock, when somebody who asked for tomorrow is called
MOST_CASES = 5  # numbers that can be told by telephone; of more, how many they are


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody, in words, since when, in which cases: id and number of the first, and nothing
    else of them. Lines that say the same are drawn once.
    """

    words: str
    when: str
    cases: tuple[tuple[UUID, str], ...]
    more: int


@dataclass(frozen=True)
class Line:
    """One call of the sheet: the number, whom to ask for, and what to tell them.

    Several `members` of one office whom the same waits for are one call: their own number, else that of
    where they work, is the same, and whoever answers can be told for all of them.
    """

    members: list[Member]
    phone: str
    waiting: list[Waiting]
    until: int
    before: list[str]
    back: str

    @property
    def first(self) -> Member:
        return self.members[0]


@require_safe
@signed_in
def calls(request: Asked) -> HttpResponse:
    """Whom to call, the most urgent first."""
    acting = request.acting
    _require(acting)
    rows: dict[Hashable, list[ToCall]] = {}
    for row in callsheet.sheet(acting.facts, acting.now):
        rows.setdefault(_same_call(row), []).append(row)
    lines = [_line(together, acting) for together in rows.values()]
    printed = wording.moment(acting.now, acting.lang)
    shown = {
        "lines": lines,
        "printed": printed,
        "asked": calling.waiting(acting.facts, acting.now),
        "kept": len(parcels.kept(acting.facts, acting.now)),
    }
    return render(request, "pages/desk/calls.html", shown)


@require_POST
@signed_in
def called(request: Asked, member_id: UUID) -> HttpResponse:
    """Keep how a call went: for the member, and for those of the same office who were told with them."""
    acting = request.acting
    _require(acting)
    told = _members(member_id, request.POST)
    if not told:
        messages.warning(request, _("Tick for whom the call was; nothing was kept."))
        return redirect("pages:calls")
    outcome, until = request.POST.get("outcome", ""), request.POST.get("until", "")
    if outcome not in Call.Outcome.values or not (until.isascii() and until.isdecimal() and len(until) < 19):
        raise Http404
    back_at = _back(request.POST.get("back", SOON), acting.now)
    try:
        with transaction.atomic():
            for member in told:
                callsheet.record(acting.facts, member, Call.Outcome(outcome), int(until), acting.now, back_at)
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


def _members(first: UUID, post: QueryDict) -> list[UUID]:
    """The members a call was for: of `several` those ticked, in the same order for everybody who records."""
    if "several" not in post:
        return [first]
    try:
        return sorted({UUID(one) for one in post.getlist("told")})
    except ValueError:
        raise Http404 from None


def _phone(member: Member) -> str:
    return member.phone or member.organisation.phone


def _same_call(row: ToCall) -> Hashable:
    """What two members have in common who are told by one call."""
    waits = frozenset((notice.kind, notice.stage, notice.case_id) for notice in row.notices)
    return (_phone(row.member) or row.member.id, row.member.organisation_id, waits, row.back_at)


def _line(rows: Sequence[ToCall], acting: Acting) -> Line:
    lang = acting.lang
    first = rows[0]
    calls = {
        wording.noted(f"{wording.moment(call.at, lang)} {call.get_outcome_display()}", call.by.name): None
        for row in rows
        for call in row.calls
    }
    return Line(
        members=[row.member for row in rows],
        phone=_phone(first.member),
        waiting=_waiting(first, lang),
        until=max(row.until for row in rows),
        before=list(calls),
        back=wording.moment(first.back_at, lang) if first.back_at else "",
    )


def _waiting(row: ToCall, lang: str) -> list[Waiting]:
    """What waits, the same thing once with its cases: since when it was first told."""
    since: dict[str, datetime] = {}
    cases: dict[str, dict[UUID, str]] = {}
    for notice in row.notices:
        said = words(notice, lang)
        since.setdefault(said, notice.created_at)
        about = cases.setdefault(said, {})
        if notice.case is not None:
            about.setdefault(notice.case.id, notice.case.number)
    return [
        Waiting(
            said,
            wording.moment(first, lang),
            tuple(cases[said].items())[:MOST_CASES],
            max(0, len(cases[said]) - MOST_CASES),
        )
        for said, first in since.items()
    ]
