"""係のようす: how the section stands, in the order of the morning: late, approvals, unassigned, absent.

Everything is read from what was counted; the page says when that was. What is behind each figure is a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.figures import counting, reading, shapes
from backend.figures.reading import Figure, Load, Places, Standing, Ways
from backend.figures.withholding import ALL
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.lead import words
from backend.pages.lead.lists import NOBODY, address
from backend.people.acting import can_act, current, has_deputy
from backend.people.leave import STAFF
from backend.people.models import Area, Member, Role
from backend.workflow.board import way

MOST_WORKERS = 60
LABEL = 7  # full-width characters that fit into a tile


@dataclass(frozen=True)
class Tile:
    """One neighbourhood: its open cases, and how it is covered (`plain`, `deputy`, `vacant`)."""

    name: str
    short: str
    figure: Figure
    shade: int
    cover: str
    cover_words: str
    late: bool
    box: shapes.Box
    address: str

    @property
    def words(self) -> str:
        return words.told(self.figure)

    @property
    def label(self) -> str:
        """The whole name where it fits, else the name within its district as far as that does."""
        name = self.name if len(self.name) <= LABEL else self.short
        return name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"

    @property
    def first_line(self) -> int:
        return self.box.y + 28

    @property
    def second_line(self) -> int:
        return self.box.y + 50

    @property
    def bottom(self) -> int:
        return self.box.y + self.box.height - 10


@dataclass(frozen=True)
class Worker:
    """Somebody who carries cases: how many, and whether they are away."""

    name: str
    load: Load
    squares: str
    address: str
    away: str
    deputy: str
    member: Member | None


@dataclass(frozen=True)
class Bar:
    """A stage of the funnel with its bar and what fell out before the next."""

    title: str
    words: str
    share: int | None
    box: shapes.Box
    address: str
    minutes: str
    following: str
    out: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Month:
    """A column of the trend."""

    key: str
    title: str
    words: str
    box: shapes.Box
    address: str

    @property
    def above(self) -> int:
        """Where the figure stands: just over its column."""
        return self.box.y - 6


@dataclass(frozen=True)
class Line:
    """A row of the table of months: a district, its figures and where the cases of each are.

    The columns drawn above the table are what the row that `sums` says.
    """

    name: str
    cells: tuple[tuple[str, str], ...]
    sums: bool = False


@dataclass(frozen=True)
class Board:
    """Everything the page and its exports show.

    Of one `district` it shows what is counted by area: what stands open there, its neighbourhoods and
    months. People, states and the way to help are counted for the whole section only.
    """

    district: Area | None
    districts: tuple[Area, ...]
    here: Load
    standing: Standing
    workers: tuple[Worker, ...]
    states: tuple[tuple[str, Load, str], ...]
    ways: Ways
    bars: tuple[Bar, ...]
    months: tuple[Month, ...]
    grid: tuple[tuple[str, tuple[Tile, ...]], ...]
    table: tuple[Line, ...]
    approval: str
    year: int
    years: tuple[tuple[int, str], ...]


@require_safe
@signed_in
def board(request: Asked) -> HttpResponse:
    """The page; asked by htmx for another year, the figures of the year alone."""
    acting = words.leader(request.acting)
    found = build(acting, request.GET.get("year", ""), request.GET.get("area", ""))
    there = {"area": found.district.code} if found.district else {}
    grid = [tile for _district, tiles in found.grid for tile in tiles]
    shown: dict[str, Any] = {
        "board": found,
        "counted": wording.moment(found.standing.counted_at, acting.lang)
        if found.standing.counted_at
        else "",
        "ways_counted": wording.moment(found.ways.counted_at, acting.lang) if found.ways.counted_at else "",
        "links": {
            "open": address(**there),
            "today": address(due="today", **there),
            "late": address(due="late", **there),
            "waiting": address(waiting="1"),
            "unassigned": address(worker=NOBODY),
            "held": address(due="held"),
        },
        "funnel": _extent([bar.box for bar in found.bars]),
        "trend": _extent([month.box for month in found.months]),
        "tiles": grid,
        "map": _extent([tile.box for tile in grid]),
        "summary": _summary(found),
        "year_words": words.year(found.year, acting.lang),
    }
    fragment = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "figures"
    return render(request, "pages/lead/figures.html" if fragment else "pages/lead/board.html", shown)


@require_POST
@signed_in
def count(request: Asked) -> HttpResponse:
    """Count what stands open again, now."""
    acting = words.leader(request.acting)
    counting.standing(acting.now)
    if counting.fresh().ways is None:
        counting.ways(acting.now)
    messages.success(request, _("Counted just now."))
    return redirect("pages:board")


def build(acting: Acting, wanted: str, area: str = "") -> Board:
    """Five queries whatever the number of cases: the open, the paces, the ways, the areas, the members."""
    controller, lang = acting.facts.controller, acting.lang
    this = counting.fiscal_year(acting.today)
    year = this - 1 if wanted == str(this - 1) else this
    places = Places(Area.objects.all())
    districts = tuple(district for district, _areas in places.tiles())
    district = next((one for one in districts if one.code == area), None)
    members = _members(acting)
    paces = reading.paces(controller)
    standing = reading.standing(controller)
    found = reading.ways(controller, year, places, paces, words.least())
    minutes = reading.approval_minutes(paces, acting.today)
    return Board(
        district,
        districts,
        reading.within(standing, places, district.code) if district else Load(""),
        standing,
        _workers(standing, members, acting),
        tuple((words.state(load.key, lang), load, address(state=load.key)) for load in standing.states),
        found,
        _bars(found, lang),
        _months(found, lang, district.code if district else ALL),
        _grid(standing, members, places, acting, district),
        _table(found, places, district),
        words.took(minutes) if minutes else "",
        year,
        tuple((one, words.year(one, lang)) for one in (this, this - 1)),
    )


def _members(acting: Acting) -> list[Member]:
    """Whoever carries cases of this controller, and the volunteers of every neighbourhood: one query."""
    fields = ("name", "kana", "role", "controller", "area_id", "valid_from", "valid_until")
    away = ("deputy_id", "deputy_from", "deputy_until", "deputy__name", "user__is_active")
    rows = Member.objects.filter(current(acting.today), role__in=(*STAFF, Role.WELFARE_VOLUNTEER))
    return list(rows.select_related("deputy", "user").only(*fields, *away).order_by("kana", "id"))


def _workers(standing: Standing, members: Sequence[Member], acting: Acting) -> tuple[Worker, ...]:
    """Those with cases by their number, then those without; who left and still has some is named too."""
    here = {str(member.id): member for member in members}
    gone = [load.key for load in standing.workers if load.key and load.key not in here]
    if gone:
        here |= {
            str(row.id): row for row in Member.objects.filter(pk__in=gone).select_related("deputy", "user")
        }
    loads = {load.key: load for load in standing.workers}
    own = [
        key
        for key, row in here.items()
        if key in loads or (row.controller == acting.facts.controller and row.role in STAFF)
    ]
    own.sort(key=lambda key: (-loads[key].open if key in loads else 0, here[key].kana, key))
    found = [_worker(here[key], loads.get(key, Load(key)), acting) for key in own[:MOST_WORKERS]]
    if "" in loads:
        load = loads[""]
        link = address(worker=NOBODY)
        found.append(Worker(_("Nobody in charge"), load, shapes.squares(load.open), link, "", "", None))
    return tuple(found)


def _worker(row: Member, load: Load, acting: Acting) -> Worker:
    away = ""
    if not can_act(row, acting.today):
        away = _("no longer in office")
    elif row.deputy_from and row.deputy_until and row.deputy_until >= acting.today:
        begins, ends = (wording.day(day, acting.lang) for day in (row.deputy_from, row.deputy_until))
        away = f"{begins}–{ends}"
    deputy = row.deputy.name if row.deputy and away and can_act(row, acting.today) else ""
    link = address(worker=row.id)
    return Worker(row.name, load, shapes.squares(load.open), link, away, deputy, row)


def _bars(found: Ways, lang: str) -> tuple[Bar, ...]:
    course = way()
    drawn = shapes.bars([(stage.name, stage.reached.drawn) for stage in found.stages])
    titles = [group.title.in_language(lang) for group in course.stages]
    named = {group.name: group.title.in_language(lang) for group in course.endings}
    bars = []
    for place, stage in enumerate(found.stages):
        out = tuple(
            (
                named.get(one.ending, _("not yet")),
                words.told(one.figure),
                address(year=found.year, furthest=stage.name, ending=one.ending),
            )
            for one in stage.out
            if one.figure.value
        )
        bars.append(
            Bar(
                titles[place],
                words.told(stage.reached),
                stage.share,
                drawn.boxes[stage.name],
                address(year=found.year, reached=stage.name),
                words.took(stage.minutes) if stage.minutes is not None else "",
                titles[place + 1] if place + 1 < len(titles) else "",
                out,
            )
        )
    return tuple(bars)


def _months(found: Ways, lang: str, code: str) -> tuple[Month, ...]:
    figures = [(month, found.begun.get((code, month), Figure(0))) for month in found.months]
    there = {} if code == ALL else {"area": code}
    drawn = shapes.columns([(month, figure.drawn) for month, figure in figures])
    return tuple(
        Month(
            month,
            _month_words(month, lang),
            words.told(figure),
            drawn.boxes[month],
            address(month=month, **there),
        )
        for month, figure in figures
    )


def _month_words(month: str, lang: str) -> str:
    number = int(month[5:])
    return f"{date(2000, number, 1):%b}" if lang == "en" else f"{number}月"


def _grid(
    standing: Standing, members: Sequence[Member], places: Places, acting: Acting, district: Area | None
) -> tuple[tuple[str, tuple[Tile, ...]], ...]:
    volunteers: dict[str, list[Member]] = {}
    for row in members:
        if row.role == Role.WELFARE_VOLUNTEER and row.area_id and can_act(row, acting.today):
            volunteers.setdefault(row.area_id, []).append(row)
    groups = [found for found in places.tiles() if district in (None, found[0])]
    figures = reading.covered(places, standing.areas, words.least())
    most = max((figures[area.code].drawn for _group, areas in groups for area in areas), default=0)
    drawn = shapes.tiles([(group.code, [area.code for area in areas]) for group, areas in groups])
    return tuple(
        (
            group.name,
            tuple(
                _tile(
                    area,
                    group,
                    figures[area.code],
                    most,
                    drawn.boxes[area.code],
                    volunteers,
                    standing,
                    acting,
                )
                for area in areas
            ),
        )
        for group, areas in groups
    )


def _tile(
    area: Area,
    group: Area,
    figure: Figure,
    most: int,
    box: shapes.Box,
    volunteers: dict[str, list[Member]],
    standing: Standing,
    acting: Acting,
) -> Tile:
    there = volunteers.get(area.code, [])
    cover = (
        "plain"
        if any(not has_deputy(row, acting.today) for row in there)
        else "deputy"
        if there
        else "vacant"
    )
    said = {"plain": _("covered"), "deputy": _("by a deputy"), "vacant": _("vacant")}[cover]
    late = area.code in standing.areas and standing.areas[area.code].late > 0
    shade = shapes.shade(figure.drawn, most)
    link = address(area=area.code)
    return Tile(area.name, words.short(area, group), figure, shade, cover, said, late, box, link)


def _extent(boxes: Sequence[shapes.Box]) -> dict[str, int]:
    """How much room boxes take."""
    return {
        "width": max((box.x + box.width for box in boxes), default=0),
        "height": max((box.y + box.height for box in boxes), default=0),
    }


def _table(found: Ways, places: Places, district: Area | None) -> tuple[Line, ...]:
    """By district and month: what began."""
    codes = [code for code in found.districts if district is None or code == district.code]
    rows = [_table_line(found, code, places.by_code[code].name) for code in codes]
    if rows and district is None:
        rows.append(_table_line(found, ALL, _("Total")))
    return (*rows[:-1], *(replace(last, sums=True) for last in rows[-1:]))


def _table_line(found: Ways, code: str, name: str) -> Line:
    there = {} if code == ALL else {"area": code}
    cells = [(words.told(found.begun[code, month]), address(month=month, **there)) for month in found.months]
    total = found.total if code == ALL else found.begun[code, ALL]
    return Line(name, (*cells, (words.told(total), address(year=found.year, **there))))


def _summary(found: Board) -> str:
    """The funnel in one sentence."""
    if len(found.bars) < 2:
        return ""
    values = {"all": found.bars[0].words, "linked": found.bars[-2].words}
    return _("Of %(all)s reports, %(linked)s led to help.") % values
