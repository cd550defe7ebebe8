"""The post of a day: its print files, the count of their sheets, what was posted, the dispatch ledgers.

Whoever may issue a letter may print and post it. A print file opens only to somebody who may issue every
letter in it; the list of files says nothing of anybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend import access
from backend.cases import tables, visible
from backend.letters import house
from backend.letters.life import NotNow
from backend.letters.models import DisposedLetter, IssuedLetter, LetterState
from backend.letters.printing import files, ledger, making, posting
from backend.letters.printing.models import PrintFile, SheetCount
from backend.letters.seeing import facts_of
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.case import saved
from backend.pages.entry.again import shown_again
from backend.people.models import Organisation

MOST_LOSSES = 200
FIRST = 3  # letters by which a file is listed; opening it decides about every one
LONGEST_COUNT = 6  # digits


@dataclass(frozen=True)
class Shown:
    """A print file in words.

    `known`: how many letters and sheets it has may be told, as nobody has to count them any more. `waiting`
    is how many can be posted, `out` are those that must be taken out of the pile.
    """

    file: PrintFile
    office: str
    postage: str
    known: bool
    counted: SheetCount | None
    right: bool
    waiting: int
    posted: int
    out: tuple[IssuedLetter, ...]


@require_safe
@signed_in
def post(request: Asked) -> HttpResponse:
    """The print files of a day (`?day=2026-12-01`, else the last one with any), and what came back."""
    acting = request.acting
    day = _day(request) or _last_day(acting)
    made = _files(acting, day) if day else []
    shown = [_shown(file) for file in made]
    back = [row for row in posting.unchecked(acting.facts.controller) if _may(acting, row)]
    offices = {file.organisation: one.office for file, one in zip(made, shown, strict=True)}
    return render(
        request,
        "pages/paper/post.html",
        {
            "day": day,
            "when": wording.day(day, acting.lang) if day else "",
            "shown": shown,
            "offices": sorted(offices.items()),
            "back": back,
        },
    )


@require_safe
@signed_in
def printed(request: Asked, file_id: UUID) -> HttpResponse:
    """The print file as it was made; each letter in it was looked at."""
    acting = request.acting
    file, letters = _opened(request, file_id)
    if DisposedLetter.objects.filter(file=file.pk).exists():
        raise Http404  # a letter of it was destroyed at the end of its retention
    if not files.is_whole(file):
        making.rebuild(file)
    for letter in letters:
        visible.record_look(letter, acting.facts, acting.now, "print")
    return saved(files.path_of(file.id).read_bytes(), "application/pdf", f"{file.name}.pdf")


@require_POST
@signed_in
def count(request: Asked, file_id: UUID) -> HttpResponse:
    """How many sheets came out of the printer, without the cover sheet."""
    file, _letters_of_it = _opened(request, file_id)
    typed = request.POST.get("sheets", "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_COUNT):
        messages.warning(request, _("Write the number of sheets in digits."))
    elif posting.count(file, by=request.acting.member.id, sheets=int(typed)):
        messages.success(request, _("The count is what the manifest says."))
    else:
        messages.warning(
            request, _("The count is not what the manifest says. Find out why, and count again.")
        )
    return _back(file)


@require_POST
@signed_in
def posted(request: Asked, file_id: UUID) -> HttpResponse:
    """Every letter of the file that may still go out was posted."""
    file, _letters_of_it = _opened(request, file_id)
    try:
        how_many = posting.post(file, by=request.acting.member.id)
    except NotNow as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Posted: %(count)d letters.") % {"count": how_many})
    return _back(file)


@require_safe
@signed_in
@shown_again
def book(request: Asked, organisation: str, form: str) -> HttpResponse:
    """The dispatch ledger of a day and sender: CSV, CSV in CP932, Excel, or what CP932 could not carry."""
    acting, day = request.acting, _day(request)
    made = [file for file in _files(acting, day) if file.organisation == organisation] if day else []
    if form not in _FORMS or not made:
        raise Http404
    letters = ledger.letters_of(made)
    for letter in letters:
        visible.record_look(letter, acting.facts, acting.now, "file")
    table = ledger.table(letters, lambda row: _may(acting, row))
    return _FORMS[form](request, table, f"hassobo-{day:%Y%m%d}-{organisation}")


def _csv(_request: Asked, table: tables.Table, name: str) -> HttpResponse:
    return saved(tables.csv_utf8(table), "text/csv", f"{name}.csv")


def _cp932(_request: Asked, table: tables.Table, name: str) -> HttpResponse:
    return saved(tables.csv_cp932(table)[0], "text/csv", f"{name}-cp932.csv")


def _excel(_request: Asked, table: tables.Table, name: str) -> HttpResponse:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return saved(tables.excel("発送簿", table), kind, f"{name}.xlsx")


def _losses(request: Asked, table: tables.Table, _name: str) -> HttpResponse:
    _bytes, losses = tables.csv_cp932(table)
    told = [
        (table[loss.line - 1][0], ledger.HEAD[loss.column - 1], loss.character, loss.code, loss.written)
        for loss in losses[:MOST_LOSSES]
    ]
    return render(request, "pages/paper/post_losses.html", {"told": told, "more": len(losses) - len(told)})


_FORMS: dict[str, Callable[[Asked, tables.Table, str], HttpResponse]] = {
    "csv": _csv,
    "cp932": _cp932,
    "excel": _excel,
    "losses": _losses,
}


def _may(acting: Acting, row: IssuedLetter) -> bool:
    """Whether the member may issue, and so print and post, this letter."""
    return access.decide(acting.facts, "issue", facts_of(row), today=acting.day).allowed


def _files(acting: Acting, day: date) -> list[PrintFile]:
    """The files of a day that the member may see in a list, as one of their first letters tells."""
    rows = PrintFile.objects.filter(controller=acting.facts.controller, business_date=day)
    found = list(rows.defer("cover", "manifest").order_by("organisation", "nth"))
    return [file for file in found if any(_may(acting, row) for row in _letters(file)[:FIRST])]


def _letters(file: PrintFile) -> QuerySet[IssuedLetter]:
    rows = IssuedLetter.objects.filter(printed__file=file).select_related("case").defer("inputs")
    return rows.order_by("printed__place")


def _opened(request: Asked, file_id: UUID) -> tuple[PrintFile, Sequence[IssuedLetter]]:
    """A file and its letters for somebody who may issue all of them. Raises Http404, PermissionDenied."""
    file = PrintFile.objects.filter(id=file_id, controller=request.acting.facts.controller).first()
    if file is None or file not in _files(request.acting, file.business_date):
        raise Http404
    letters = list(_letters(file))
    if not all(_may(request.acting, row) for row in letters):
        raise PermissionDenied
    return file, letters


def _shown(file: PrintFile) -> Shown:
    last = file.last_count
    right = last is not None and last.right
    letters = IssuedLetter.objects.filter(printed__file=file)
    waits = Q(state=LetterState.ISSUED, held="")
    sent = Q(state__in=(LetterState.POSTED, LetterState.RETURNED))
    return Shown(
        file,
        wording.body(Organisation.objects.get(code=file.organisation)),
        house.current().postage.called(file.postage, get_language() or "ja"),
        file.sheets_known,
        last,
        right,
        letters.filter(waits).count(),
        letters.filter(sent).count(),
        tuple(letters.exclude(waits | sent).defer("inputs").order_by("number")),
    )


def _day(request: Asked) -> date | None:
    """The day asked for. Raises Http404 for what is none."""
    typed = request.GET.get("day", "")
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Http404 from None


def _last_day(acting: Acting) -> date | None:
    rows = PrintFile.objects.filter(controller=acting.facts.controller)
    until = rows.filter(business_date__lte=timezone.localdate(acting.now))
    return until.order_by("-business_date").values_list("business_date", flat=True).first()


def _back(file: PrintFile) -> HttpResponse:
    response = redirect("pages:post")
    response["Location"] += f"?day={file.business_date.isoformat()}#file-{file.id}"
    return response
