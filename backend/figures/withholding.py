"""Small figures withheld so that no subtraction tells them (DOMAIN R37).

Figures that add up are a network: each is an arrow with a number, and at every node what comes in goes out (a
row's total comes in, its cells go out). Whoever reads the published figures knows the sums. A figure that is
withheld stays unknown when the withheld ones can change together and every sum still holds: when it lies on a
cycle of withheld figures none of which is at the end of what it may be. Further figures are withheld until
that is so for each.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

Key = TypeVar("Key", bound=Hashable)
Mark = Literal["small", "also", "any"]

ALL = "all"
_NO_END = 1 << 60


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure from a node to a node. Of two that would do, the one of lower `rank` is withheld.

    `known` figures are told elsewhere, so withholding them hides nothing.
    """

    source: Hashable
    target: Hashable
    value: int
    rank: int = 0
    known: bool = False


@dataclass(frozen=True, slots=True)
class _Range:
    """What a reader knows of a withheld figure by its mark alone."""

    low: int
    high: int


def withheld(cells: Mapping[Key, Cell], least: int) -> dict[Key, Mark]:
    """The figures to withhold: `small` below `least` (and not 0), `also` a larger one that would tell it.

    Where that does not suffice all are withheld as `any`: the reader is not even told which are small.
    """
    small = _Range(1, least - 1)
    hidden = {key: small for key, cell in cells.items() if 0 < cell.value < least and not cell.known}
    if not hidden:
        return {}
    while told := _told(cells, hidden):
        more = _next(cells, hidden, told)
        if more is None:
            return _everything(cells)
        hidden[more] = _Range(least, _NO_END)
    return {key: "small" if found is small else "also" for key, found in hidden.items()}


def _everything(cells: Mapping[Key, Cell]) -> dict[Key, Mark]:
    """Every figure, and where even that tells one (its total is known and no other is left), every zero."""
    open_ = {key: cell for key, cell in cells.items() if not cell.known}
    hidden = {key: _Range(1, _NO_END) for key, cell in open_.items() if cell.value}
    if _told(cells, hidden):
        hidden = dict.fromkeys(open_, _Range(0, _NO_END))
    return dict.fromkeys(hidden, "any")


def _next(cells: Mapping[Key, Cell], hidden: Mapping[Key, _Range], told: Key) -> Key | None:
    """The next figure to withhold: beside the one that is told, the smallest that was not worth a mark."""
    left = [key for key, cell in cells.items() if key not in hidden and cell.value and not cell.known]
    ends = {cells[told].source, cells[told].target}
    near = [key for key in left if ends & {cells[key].source, cells[key].target}]
    return min(near or left, key=lambda key: (cells[key].rank, cells[key].value, repr(key)), default=None)


def _told(cells: Mapping[Key, Cell], hidden: Mapping[Key, _Range]) -> Key | None:
    """The first of the withheld figures that the published ones give away; None when there is none."""
    ways: dict[Hashable, list[tuple[Hashable, Key]]] = defaultdict(list)
    for key, known in hidden.items():
        cell = cells[key]
        if cell.value < known.high:
            ways[cell.source].append((cell.target, key))
        if cell.value > known.low:
            ways[cell.target].append((cell.source, key))
    return next((key for key in hidden if not _can_change(cells[key], key, hidden[key], ways)), None)


def _can_change(
    cell: Cell, key: Key, known: _Range, ways: Mapping[Hashable, list[tuple[Hashable, Key]]]
) -> bool:
    up = cell.value < known.high and _leads(cell.target, cell.source, key, ways)
    return up or (cell.value > known.low and _leads(cell.source, cell.target, key, ways))


def _leads(
    begin: Hashable, end: Hashable, without: Key, ways: Mapping[Hashable, list[tuple[Hashable, Key]]]
) -> bool:
    seen, ahead = {begin}, deque([begin])
    while ahead:
        here = ahead.popleft()
        if here == end:
            return True
        for there, key in ways.get(here, ()):
            if key != without and there not in seen:
                seen.add(there)
                ahead.append(there)
    return False


def table(values: Mapping[tuple[str, str], int], *, known: bool = False) -> dict[tuple[str, str], Cell]:
    """A table by row and column with its totals (`ALL`) as cells that add up; `known`: the whole total is."""
    rows, columns = _sums(values, 0), _sums(values, 1)
    cells = {(r, c): Cell(("row", r), ("column", c), n) for (r, c), n in values.items()}
    cells |= {(r, ALL): Cell("rows", ("row", r), n, 1) for r, n in rows.items()}
    cells |= {(ALL, c): Cell(("column", c), "columns", n, 1) for c, n in columns.items()}
    cells[ALL, ALL] = Cell("columns", "rows", sum(values.values()), 2, known)
    return cells


def _sums(values: Mapping[tuple[str, str], int], place: int) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for key, number in values.items():
        found[key[place]] += number
    return found


def parts(values: Iterable[tuple[str, int]], *, known: bool = False) -> dict[str, Cell]:
    """Figures beside each other and their total (`ALL`)."""
    values = list(values)
    cells = {name: Cell("whole", "parts", number) for name, number in values}
    total = sum(number for _name, number in values)
    return cells | {ALL: Cell("parts", "whole", total, 2, known)}
