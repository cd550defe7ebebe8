"""The tables of the board as files: CSV in UTF-8 or CP932, Excel. The same words as on the page."""

from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.cases import tables
from backend.pages.acting import Asked, signed_in
from backend.pages.cases.case import saved
from backend.pages.entry.again import shown_again
from backend.pages.lead import words
from backend.pages.lead.board import Board, build

Lines = list[list[str]]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@signed_in
@shown_again
def export(request: Asked, table: str, form: str) -> HttpResponse:
    """One table of the board. What CP932 cannot carry is told in a header, never replaced in silence."""
    acting = words.leader(request.acting)
    if table not in TABLES:
        raise Http404
    found = build(acting, request.GET.get("year", ""))
    lines = TABLES[table](found)
    if form == "xlsx":
        return saved(tables.excel(table, lines), EXCEL, f"board-{table}.xlsx")
    if form == "cp932":
        data, losses = tables.csv_cp932(lines)
        response = saved(data, "text/csv; charset=Shift_JIS", f"board-{table}-cp932.csv")
        response["X-Characters-Replaced"] = str(len(losses))
        return response
    if form == "csv":
        return saved(tables.csv_utf8(lines), "text/csv; charset=utf-8", f"board-{table}.csv")
    raise Http404


def _workers(board: Board) -> Lines:
    head = [
        _("Who"),
        _("Open now"),
        _("Past the deadline"),
        _("Due today"),
        _("On hold"),
        _("Away"),
        _("Deputy"),
    ]
    return [
        head,
        *(
            [
                row.name,
                *map(str, (row.load.open, row.load.late, row.load.today, row.load.held)),
                row.away,
                row.deputy,
            ]
            for row in board.workers
        ),
    ]


def _states(board: Board) -> Lines:
    head = [_("State"), _("Open now"), _("Past the deadline"), _("Due today")]
    return [
        head,
        *([says, str(load.open), str(load.late), str(load.today)] for says, load, _link in board.states),
    ]


def _areas(board: Board) -> Lines:
    head = [_("District"), _("Neighbourhood"), _("Open now"), _("Cover")]
    return [
        head,
        *([group, tile.name, tile.words, tile.cover_words] for group, tiles in board.grid for tile in tiles),
    ]


def _months(board: Board) -> Lines:
    head = [_("District"), *(month.key for month in board.months), _("Total")]
    return [head, *([line.name, *(says for says, _link in line.cells)] for line in board.table)]


def _funnel(board: Board) -> Lines:
    lines = [[_("Stage"), _("How it went on"), _("Cases"), _("To the next (median)")]]
    for bar in board.bars:
        lines.append([bar.title, _("reached"), bar.words, bar.minutes])
        lines += [[bar.title, says, number, ""] for says, number, _link in bar.out]
    return lines


TABLES: Mapping[str, Callable[[Board], Lines]] = {
    "workers": _workers,
    "states": _states,
    "areas": _areas,
    "months": _months,
    "funnel": _funnel,
}
