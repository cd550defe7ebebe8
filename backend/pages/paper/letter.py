"""One letter: what happened to it, and what can be done with it now."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend import access
from backend.cases import visible
from backend.cases.errors import NotFound
from backend.letters import issue, life, slips
from backend.letters.life import NotNow
from backend.letters.models import IssuedLetter, LetterEvent, LetterState
from backend.letters.printing import cover, merging, posting
from backend.letters.seeing import facts_of
from backend.letters.tokens import ReplyCodeError
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.case import saved
from backend.pages.paper.letters import printed
from backend.people import keeping
from backend.people.models import Person

Act = Callable[[UUID, UUID, str], object]
ACTS: dict[str, Act] = {
    "returned": lambda letter, by, why: posting.came_back(letter, by=by, reason=why),
    "checked": lambda letter, by, why: life.check_address(letter, by=by, reason=why),
    "answered": lambda letter, by, why: life.answer(letter, by=by),
}


@require_safe
@signed_in
def letter(request: Asked, letter_id: UUID) -> HttpResponse:
    """What happened to a letter, newest last, and what is next."""
    acting = request.acting
    row = _found(acting, letter_id)
    visible.record_look(row, acting.facts, acting.now, "page")
    events = list(row.events.select_related("by", "witness").order_by("nth"))
    happened = {event.kind for event in events}
    lang = acting.lang
    may = _may(acting, row)
    words = issue.pinned(row.definition, row.definition_hash)
    offered = {
        "returned": may and row.state == LetterState.POSTED,
        "checked": may and row.state == LetterState.RETURNED and LetterEvent.Kind.CHECKED not in happened,
        "answered": may and _can_be_answered(row, happened),
    }
    return render(
        request,
        "pages/paper/letter.html",
        {
            "letter": row,
            "title": words.title_ja if lang == "ja" else words.title_en,
            "dated": wording.day(row.dated_on, lang),
            "printed": printed(row),
            "events": [(event, wording.moment(event.at, lang)) for event in events],
            "offered": offered,
            "person": _to_correct(row, acting) if row.state == LetterState.RETURNED else None,
            "nothing": not any(offered.values()),
            "may": may,
        },
    )


def _to_correct(row: IssuedLetter, acting: Acting) -> Person | None:
    """Whose record has the address the letter came back from, for whoever may correct it."""
    try:
        person = Person.objects.filter(pk=UUID(row.addressee), merged_into=None).first()
    except ValueError:  # an organisation
        return None
    may = person is not None and keeping.may(acting.member, person.facts(), acting.now).allowed
    return person if may else None


def _can_be_answered(row: IssuedLetter, happened: set[str]) -> bool:
    sent = row.state in (LetterState.ISSUED, LetterState.POSTED) and printed(row)
    return sent and LetterEvent.Kind.ANSWERED not in happened


@require_POST
@signed_in
def happened(request: Asked, letter_id: UUID, what: str) -> HttpResponse:
    """A letter came back, its address was checked, or an answer came in."""
    acting = request.acting
    row = _found(acting, letter_id)
    if what not in ACTS:
        raise Http404
    _require(acting, row)
    try:
        ACTS[what](row.id, acting.member.id, request.POST.get("reason", ""))
    except NotNow as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Recorded."))
    return redirect("pages:letter_page", row.id)


@require_POST
@signed_in
def reissue(request: Asked, letter_id: UUID) -> HttpResponse:
    """The frozen letter with the mark 再発行 laid over it; that it was printed again is recorded."""
    acting = request.acting
    row = _found(acting, letter_id)
    _require(acting, row)
    if not printed(row):
        raise Http404
    visible.record_look(row, acting.facts, acting.now, "reprint")
    pdf = merging.marked(issue.reprint(row.id, by=acting.member.id), cover.reissued())
    return saved(pdf, "application/pdf", f"{row.case.number}-{row.number or 0}-saihakko.pdf")


@require_POST
@signed_in
def find(request: Asked) -> HttpResponse:
    """From a reply code, as typed from a slip that came in, to its letter."""
    try:
        slip = slips.slip_of(request.POST.get("code", ""), today=request.acting.today)
    except ReplyCodeError as error:
        messages.warning(request, str(error))
        return redirect("pages:post")
    if slip is not None and _may_look(request.acting, slip.letter):
        return redirect("pages:letter_page", slip.letter_id)
    messages.warning(request, _("No letter that waits for an answer has this number."))
    return redirect("pages:post")


def _found(acting: Acting, letter_id: UUID) -> IssuedLetter:
    rows = IssuedLetter.objects.select_related("case", "frozen").defer("frozen__pdf", "inputs")
    try:
        return visible.get_visible(rows, letter_id, acting.facts, acting.now)
    except NotFound:
        raise Http404 from None


def _may_look(acting: Acting, row: IssuedLetter) -> bool:
    return access.decide(acting.facts, "view", facts_of(row), today=acting.day).allowed


def _may(acting: Acting, row: IssuedLetter) -> bool:
    return access.decide(acting.facts, "issue", facts_of(row), today=acting.day).allowed


def _require(acting: Acting, row: IssuedLetter) -> None:
    """Raise PermissionDenied for anybody who may look at the letter but not handle it."""
    if not _may(acting, row):
        raise PermissionDenied
