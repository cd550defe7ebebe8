"""The passkeys of an office's members: who has none yet, and ending those of whoever lost a device."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.entry.again import shown_again
from backend.passkeys import ending
from backend.passkeys.ending import Holder
from backend.passkeys.models import Ending
from backend.people.errors import NotNow


@dataclass(frozen=True)
class Waits:
    """What waits for a second person, and whether the reader can be it."""

    row: Ending
    whose: str
    asked: str
    agrees: bool


@require_safe
@signed_in
def members(request: Asked) -> HttpResponse:
    """Who of the office has how many passkeys, and what waits for a second person."""
    return _draw(request)


@require_POST
@signed_in
@shown_again
def lost(request: Asked, member_id: UUID) -> HttpResponse:
    """Ask that all passkeys of a member end."""
    acting, reason = request.acting, request.POST.get("reason", "").replace("\0", "").strip()
    if not ending.may_ask(acting.facts, acting.now):
        raise PermissionDenied
    row = ending.holder(member_id, acting.facts.controller, acting.now)
    if row is None:
        raise Http404
    if not reason:
        return _draw(request, _("Write the reason."), 422)
    try:
        ending.ask(row, by=acting.member, reason=reason, now=acting.now)
    except NotNow as error:
        return _draw(request, str(error), error.status)
    messages.success(request, _("Asked for. A second person must agree before they end."))
    return redirect("pages:keys_members")


@require_POST
@signed_in
@shown_again
def decide(request: Asked, ending_id: int) -> HttpResponse:
    """Agree as the second person, or decline."""
    acting, said = request.acting, request.POST.get("do", "")
    if not ending.may_agree(acting.facts, acting.now):
        raise PermissionDenied
    if said not in ("agree", "decline"):
        raise Http404
    try:
        ending.decide(ending_id, agree=said == "agree", by=acting.member, now=acting.now)
    except NotNow as error:
        return _draw(request, str(error), error.status)
    if said == "agree":
        messages.success(request, _("All passkeys of this member ended, and wherever they were signed in."))
    else:
        messages.success(request, _("Declined. The passkeys stay."))
    return redirect("pages:keys_members")


def _draw(request: Asked, told: str = "", status: int = 200) -> HttpResponse:
    acting = request.acting
    if not ending.may_agree(acting.facts, acting.now):
        raise PermissionDenied
    found = ending.holders(acting.facts.controller, acting.now)
    shown = {
        "without": [one for one in found if not one.passkeys],
        "holders": [one for one in found if one.passkeys],
        "waiting": _waiting(found, acting),
        "may_ask": ending.may_ask(acting.facts, acting.now),
        "own": acting.user.pk,
        "told": told,
        "longest": ending.LONGEST_REASON,
    }
    return render(request, "pages/entry/keys_members.html", shown, status=status)


def _waiting(found: list[Holder], acting: Acting) -> list[Waits]:
    names = {one.member.user_id: one.member.name for one in found}
    return [
        Waits(
            row,
            names.get(row.user_id, ""),
            f"{wording.moment_with_year(row.asked_at, acting.lang)} {row.asked_by.name}",
            agrees=ending.agrees(row, acting.member, acting.now),
        )
        for row in ending.waiting(acting.facts.controller)
    ]
