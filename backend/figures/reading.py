"""The counted figures put together for one controller: what is withheld, what adds up, what is drawn.

Everything here is made from the rows of `models`; nothing counts cases. What stands open is exact, because it
is a list of cases the supervisor works with; what describes the residents of an area or a year is withheld
where it is small, in all tables of the page together.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeVar

from django.db.models import Max

from backend.figures import withholding
from backend.figures.counting import APPROVAL, APRIL, WAITING, fiscal_year
from backend.figures.models import Cohort, Pace, Tally
from backend.figures.withholding import Cell
from backend.people.models import Area
from backend.workflow.board import OPEN, Way, way

DISTRICT, TILE = "district", "neighborhood_association"
REACHED, OUT = "reached", "out"
_Name = tuple[str, int, str]  # what of which stage, and how it ended
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it may be shown: `mark` is "" for as it is, else why it is withheld."""

    value: int
    mark: str = ""

    @property
    def drawn(self) -> int:
        """How large it is drawn: what is withheld is not drawn by its size."""
        return 0 if self.mark else self.value


@dataclass(frozen=True, slots=True)
class Load:
    """The open cases that belong together."""

    key: str
    open: int = 0
    late: int = 0
    today: int = 0
    held: int = 0


@dataclass(frozen=True)
class Out:
    """Those who reached a stage and not the next: by how it ended, or still on the way."""

    ending: str
    figure: Figure


@dataclass(frozen=True)
class Stage:
    """One bar of the funnel. `share` is of all, in hundredths; `minutes` to the next, in the middle."""

    name: str
    reached: Figure
    share: int | None
    out: tuple[Out, ...]
    minutes: int | None = None


@dataclass(frozen=True)
class Standing:
    """What stands open now."""

    workers: tuple[Load, ...]
    states: tuple[Load, ...]
    areas: Mapping[str, Load]
    counted_at: datetime | None

    def _sum(self, name: str) -> int:
        return sum(getattr(load, name) for load in self.workers)

    @cached_property
    def open(self) -> int:
        return self._sum("open")

    @cached_property
    def late(self) -> int:
        return self._sum("late")

    @cached_property
    def today(self) -> int:
        return self._sum("today")

    @property
    def unassigned(self) -> int:
        return next((load.open for load in self.workers if not load.key), 0)

    @property
    def waiting(self) -> int:
        """Requests that wait for an approval."""
        return sum(load.open for load in self.states if load.key in WAITING)


@dataclass(frozen=True)
class Ways:
    """The cases that began in a fiscal year: their way, and how many in each month and district."""

    year: int
    stages: tuple[Stage, ...]
    begun: Mapping[tuple[str, str], Figure]
    districts: tuple[str, ...]
    months: tuple[str, ...]
    counted_at: datetime | None

    @property
    def total(self) -> Figure:
        return self.stages[0].reached if self.stages else Figure(0)


class Places:
    """The areas of the city: which district each lies in."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.by_code = {area.code: area for area in areas}

    def district(self, code: str) -> Area | None:
        """The district an area lies in; itself where it lies in none."""
        here = self.by_code.get(code)
        last = here
        while here is not None and here.kind != DISTRICT:
            here = self.by_code.get(here.parent_id or "")
        return here or last

    def tiles(self) -> list[tuple[Area, list[Area]]]:
        """Each district with its neighbourhoods, by code."""
        found: dict[str, list[Area]] = defaultdict(list)
        for area in sorted(self.by_code.values(), key=lambda area: area.code):
            district = self.district(area.code)
            if area.kind == TILE and district is not None:
                found[district.code].append(area)
        return [(self.by_code[code], areas) for code, areas in found.items()]


def standing(controller: str) -> Standing:
    """One query."""
    found: dict[str, list[Load]] = defaultdict(list)
    counted_at = None
    for row in Tally.objects.filter(controller=controller).order_by("kind", "-open", "key"):
        found[row.kind].append(Load(row.key, row.open, row.late, row.today, row.held))
        counted_at = row.counted_at
    kinds = Tally.Kind
    areas = {load.key: load for load in found[kinds.AREA]}
    return Standing(tuple(found[kinds.WORKER]), tuple(found[kinds.STATE]), areas, counted_at)


def within(standing: Standing, places: Places, district: str) -> Load:
    """What stands open in a district, all its areas together."""
    here = [
        load
        for code, load in standing.areas.items()
        if (found := places.district(code)) is not None and found.code == district
    ]
    parts = ("open", "late", "today", "held")
    return Load(district, *(sum(getattr(load, part) for load in here) for part in parts))


def covered(places: Places, loads: Mapping[str, Load], least: int) -> dict[str, Figure]:
    """How many open cases each area has. Their total is told elsewhere on the page."""
    counts = {code: loads[code].open if code in loads else 0 for code in places.by_code}
    own = [(code, number) for code, number in counts.items() if number or places.by_code[code].kind == TILE]
    marks = withholding.withheld(withholding.parts(own, known=True), least)
    return {code: Figure(number, marks.get(code, "")) for code, number in own}


def paces(controller: str) -> dict[tuple[int, str], Pace]:
    """How long each step of the way took, by fiscal year and stage. One query."""
    return {(row.year, row.stage): row for row in Pace.objects.filter(controller=controller)}


def approval_minutes(found: Mapping[tuple[int, str], Pace], today: date) -> int | None:
    """How long a request waits for its decision, on the average of the last 90 days."""
    row = found.get((fiscal_year(today), APPROVAL))
    return row.minutes if row else None


def ways(
    controller: str, year: int, places: Places, found: Mapping[tuple[int, str], Pace], least: int
) -> Ways:
    """The way of a fiscal year's cases. Two queries."""
    since, until = date(year, APRIL, 1), date(year + 1, APRIL, 1)
    found_rows = Cohort.objects.filter(controller=controller, month__gte=since, month__lt=until)
    rows = [_Counted(*row) for row in found_rows.values_list(*_Counted._fields)]
    course = way()
    begun, ends = _summed(rows, places)
    total = sum(begun.values())
    shown = _shown(_funnel(course, ends, total, least), total, least)
    table = _shown(withholding.table(begun, known=total >= least), total, least)
    stages = tuple(_stage(course, place, shown, year, found, least) for place in range(len(course.stages)))
    return Ways(
        year,
        stages if rows else (),
        table,
        tuple(sorted({row for row, _column in begun})),
        tuple(sorted({column for _row, column in begun})),
        found_rows.aggregate(at=Max("counted_at"))["at"] if rows else None,
    )


class _Counted(NamedTuple):
    """What is read of a `Cohort`: a page reads a thousand and more, and needs no model of each."""

    area: str
    month: date
    stage: int
    ending: str
    cases: int


def _summed(
    rows: Sequence["_Counted"], places: Places
) -> tuple[dict[tuple[str, str], int], dict[tuple[int, str], int]]:
    """By district and month, and by furthest stage and ending."""
    begun: dict[tuple[str, str], int] = defaultdict(int)
    ends: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        district = places.district(row.area)
        begun[district.code if district else row.area, _named(row.month)] += row.cases
        ends[row.stage, row.ending] += row.cases
    names = {district for district, _month in begun}
    months = {month for _district, month in begun}
    return {(name, month): begun.get((name, month), 0) for name in names for month in months}, ends


@lru_cache(128)
def _named(month: date) -> str:
    return f"{month:%Y-%m}"


def _shown(cells: Mapping[_Key, Cell], total: int, least: int) -> dict[_Key, Figure]:
    """The figures with their marks. Of so few cases that their number is not told, nothing is."""
    if total < least:
        return {key: Figure(cell.value, "any" if total else "") for key, cell in cells.items()}
    marks = withholding.withheld(cells, least)
    return {key: Figure(cell.value, marks.get(key, "")) for key, cell in cells.items()}


def _funnel(course: Way, ends: Mapping[tuple[int, str], int], total: int, least: int) -> dict[_Name, Cell]:
    """Who came in, went on and fell out, stage by stage. The total is the one of the table of months."""
    cells = {(REACHED, 0, ""): Cell("end", ("stage", 0), total, 2, total >= least)}
    left, last = total, len(course.stages) - 1
    for place in range(last + 1):
        out = {name: ends.get((place, name), 0) for name in endings(course)}
        cells |= {(OUT, place, name): Cell(("stage", place), "end", number) for name, number in out.items()}
        left -= sum(out.values())
        if place < last:
            cells[REACHED, place + 1, ""] = Cell(("stage", place), ("stage", place + 1), left, 1)
    return cells


def endings(course: Way) -> list[str]:
    """How a case can have left the way, and that it is still on it."""
    return [*(group.name for group in course.endings), OPEN]


def _stage(
    course: Way,
    place: int,
    shown: Mapping[_Name, Figure],
    year: int,
    found: Mapping[tuple[int, str], Pace],
    least: int,
) -> Stage:
    total, reached = shown[REACHED, 0, ""], shown[REACHED, place, ""]
    share = None if total.mark or reached.mark or not total.value else reached.value * 100 // total.value
    out = tuple(Out(name, shown[OUT, place, name]) for name in endings(course))
    following = course.stages[place + 1].name if place + 1 < len(course.stages) else ""
    pace = found.get((year, following))
    minutes = pace.minutes if pace is not None and pace.cases >= least else None
    return Stage(course.stages[place].name, reached, share, out, minutes)
