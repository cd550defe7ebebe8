"""A month in figures: how many cases began, how many ended, how many stood where, in each district.

Counted from the history alone, so that the same month gives the same figures whenever it is counted. Small
figures are withheld (DOMAIN R37): one below `small_cell` of policies/settings.yaml becomes `*`, and where
the total would tell it all the same, the next smallest too, or the total.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection
from django.utils import timezone

from backend.cases import pinned, tables
from backend.definitions.store import NotPublished
from backend.people.models import Area

WITHHELD = "*"
HEAD = ("年月", "手続き", "数えたもの", "状態", "地区", "件数")
WHAT = {"begun": "受け付けた", "moved": "この状態に入った", "standing": "月末にこの状態"}
ALL = "合計"

_COUNTS = """
    SELECT c.controller, c.workflow, 'begun', s.to_state, c.area_id, count(*)
    FROM cases_step s JOIN cases_case c ON c.id = s.case_id
    WHERE s.seq = 1 AND s.recorded_at >= %(begin)s AND s.recorded_at < %(end)s GROUP BY 1, 2, 4, 5
    UNION ALL
    SELECT c.controller, c.workflow, 'moved', s.to_state, c.area_id, count(*)
    FROM cases_step s JOIN cases_case c ON c.id = s.case_id
    WHERE s.seq > 1 AND s.from_state <> s.to_state AND s.recorded_at >= %(begin)s AND s.recorded_at < %(end)s
    GROUP BY 1, 2, 4, 5
    UNION ALL
    SELECT c.controller, c.workflow, 'standing', last.to_state, c.area_id, count(*)
    FROM cases_case c CROSS JOIN LATERAL (
        SELECT s.to_state FROM cases_step s WHERE s.case_id = c.id AND s.recorded_at < %(end)s
        ORDER BY s.seq DESC LIMIT 1
    ) AS last
    GROUP BY 1, 2, 4, 5
"""

Row = tuple[str, str, str]  # workflow, what, state


@dataclass(frozen=True)
class Figures:
    """The figures of one controller: by row, how many in each district."""

    controller: str
    month: date
    rows: Mapping[Row, Mapping[str, int]]

    def table(self, least: int) -> tuple[bytes, int]:
        """The CSV, with figures below `least` withheld, and how many were."""
        lines, hidden = [list(HEAD)], 0
        names = _names(self.rows)
        for row in sorted(self.rows):
            for area, shown in withheld(self.rows[row], least):
                lines.append([f"{self.month:%Y-%m}", *names[row], area, shown])
                hidden += shown == WITHHELD
        return tables.csv_utf8(lines), hidden


def month_of(business_date: date) -> date:
    """The first day of the last month that is over by the end of a day."""
    tomorrow = date.fromordinal(business_date.toordinal() + 1)
    year, month = divmod(tomorrow.year * 12 + tomorrow.month - 2, 12)
    return date(year, month + 1, 1)


def following(month: date) -> date:
    """The first day of the month after one."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def count(month: date) -> list[Figures]:
    """The figures of every controller. Call it in one snapshot."""
    zone = timezone.get_default_timezone()
    values = {
        "begin": datetime.combine(month, time(), zone),
        "end": datetime.combine(following(month), time(), zone),
    }
    districts = _districts()
    found: dict[str, dict[Row, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        for controller, workflow, what, state, area, number in cursor.fetchall():
            found[controller][workflow, what, state][districts[area]] += number
    return [Figures(controller, month, rows) for controller, rows in sorted(found.items())]


def withheld(figures: Mapping[str, int], least: int) -> Iterator[tuple[str, str]]:
    """Each district's figure and their total as they may be shown."""
    hidden = {area for area, number in figures.items() if 0 < number < least}
    total = sum(figures.values())
    while total >= least and _told(figures, hidden):
        others = sorted((number, area) for area, number in figures.items() if number and area not in hidden)
        if not others:
            break
        hidden.add(others[0][1])
    for area in sorted(figures):
        yield area, WITHHELD if area in hidden else str(figures[area])
    yield ALL, WITHHELD if 0 < total < least or _told(figures, hidden) else str(total)


def _told(figures: Mapping[str, int], hidden: set[str]) -> bool:
    """Whether the total gives away what is withheld: there is only one such figure, or each must be 1."""
    return len(hidden) == 1 or 0 < len(hidden) == sum(figures[area] for area in hidden)


def _districts() -> dict[str, str]:
    """The name of the district each area lies in; what lies in none keeps its own."""
    areas = {area.code: area for area in Area.objects.all()}

    def district(area: Area) -> Area:
        here: Area | None = area
        while here is not None and here.kind != "district":
            here = areas.get(here.parent_id) if here.parent_id else None
        return here or area

    return {code: district(area).name for code, area in areas.items()}


def _names(rows: Iterable[Row]) -> dict[Row, tuple[str, str, str]]:
    """Workflow, what was counted and state in Japanese; the code of what is published no more."""
    found = {}
    for workflow, what, state in rows:
        try:
            known = pinned.pinned(pinned.newest("workflow", workflow)).workflow
            place = known.states.get(state.removeprefix(f"{workflow}."))
            title, shown = known.title.ja, place.title.ja if place else state
        except (NotPublished, LookupError):
            title, shown = workflow, state
        found[workflow, what, state] = (title, WHAT[what], shown)
    return found
