"""The letters of a case: listed for those who may see them, and their frozen bytes to read and print."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.cases import visible
from backend.cases.errors import NotFound
from backend.definitions import store
from backend.letters import house, window
from backend.letters.models import IssuedLetter, LetterState
from backend.letters.seeing import facts_of
from backend.pages import wording
from backend.pages.acting import Asked, signed_in
from backend.pages.seeing import Seen


@dataclass(frozen=True)
class Listed:
    """One letter in the list of a case.

    `held`: a second person must release it; `waits`: it is about to be printed; `printed`: it was;
    `window`: it goes into an envelope with a window; `seq`: the step that caused it.
    """

    id: UUID
    seq: int
    number: str
    title: str
    when: str
    state: str
    held: bool
    waits: bool
    printed: bool
    window: bool


def letters_of(seen: Seen) -> list[Listed]:
    """The letters of a case that the member may list, newest first."""
    rows = IssuedLetter.objects.filter(case=seen.case).select_related("frozen").defer("frozen__pdf", "inputs")
    found = []
    for row in rows.order_by("-seq", "definition", "ordinal", "branch"):
        row.case = seen.case
        if access.decide(seen.acting.facts, "list", facts_of(row), today=seen.acting.day).allowed:
            found.append(_listed(row, seen.acting.lang))
    return found


@require_safe
@signed_in
def pdf(request: Asked, letter_id: UUID) -> HttpResponse:
    """The letter as it was issued: the same bytes every time."""
    letter = _looked_at(request, letter_id, "pdf")
    response = HttpResponse(letter.pdf, content_type="application/pdf")
    name = f"{letter.case.number}-{letter.definition}-{letter.number or 0}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@signed_in
def through_the_window(request: Asked, letter_id: UUID) -> HttpResponse:
    """What the window of the envelope shows of a letter, pushed into one corner and into the other."""
    letter = _looked_at(request, letter_id, "window")
    listed = _listed(letter, request.acting.lang)
    if not listed.window:
        raise Http404
    seen = window.look(letter.pdf, house.current().window)
    return render(request, "pages/paper/window.html", {"letter": listed, "case": letter.case, "seen": seen})


def _looked_at(request: Asked, letter_id: UUID, how: str) -> IssuedLetter:
    """A printed letter the member may view; that they looked is recorded. Raises Http404."""
    acting = request.acting
    rows = IssuedLetter.objects.select_related("case", "frozen")
    try:
        letter = visible.get_visible(rows, letter_id, acting.facts, acting.now)
    except NotFound:
        raise Http404 from None
    if not printed(letter):
        raise Http404
    visible.record_look(letter, acting.facts, acting.now, how)
    return letter


def _listed(row: IssuedLetter, lang: str) -> Listed:
    words = {
        LetterState.HELD: _("Waits for an address: find it, or reach the person otherwise"),
        LetterState.DRAFTED: _("Draft"),
        LetterState.APPROVED: _("Approved"),
        LetterState.ISSUED: _("To be posted"),
        LetterState.POSTED: _("Posted"),
        LetterState.RETURNED: _("Came back"),
        LetterState.VOID: _("Void"),
    }
    declared = store.load("letter", row.definition_hash)["declaration"]
    return Listed(
        row.id,
        row.seq,
        row.shown_number,
        declared["title"][lang],
        wording.day(row.dated_on, lang),
        words[LetterState(row.state)],
        bool(row.held) and row.state != LetterState.HELD,
        row.state == LetterState.ISSUED and not printed(row),
        printed(row),
        bool(declared.get("window")),
    )


def printed(row: IssuedLetter) -> bool:
    """Whether the bytes exist; a letter is numbered first and printed a moment later."""
    try:
        return bool(row.frozen.sha256)
    except IssuedLetter.frozen.RelatedObjectDoesNotExist:
        return False
