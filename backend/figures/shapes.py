"""Where the parts of the board's drawings go: whole numbers, the same every time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SQUARES = 20  # so many cases are drawn one by one; beyond that a plus, and the number has to do
SQUARE, SQUARE_GAP = 12, 4
_PLUS = f"M{SQUARES * (SQUARE + SQUARE_GAP) + 4} 0h4v4h4v4h-4v4h-4v-4h-4v-4h4z"
TILE, TILE_HEIGHT, TILE_GAP = 104, 64, 8
ACROSS = 8
BAR, BAR_GAP, BAR_ROOM = 28, 20, 560
COLUMN, COLUMN_GAP, COLUMN_ROOM = 48, 8, 120  # as wide as a finger


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its left upper corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True)
class Drawing:
    """Boxes by the name of what they stand for, and how much room they take."""

    width: int
    height: int
    boxes: Mapping[str, Box]


def squares(cases: int) -> str:
    """The squares of a load as the data of one SVG path: one for each case up to twenty, then a plus."""
    edges = (place * (SQUARE + SQUARE_GAP) for place in range(min(cases, SQUARES)))
    drawn = "".join(f"M{edge} 0h{SQUARE}v{SQUARE}h-{SQUARE}z" for edge in edges)
    return drawn + (_PLUS if cases > SQUARES else "")


def bars(values: Sequence[tuple[str, int]]) -> Drawing:
    """Bars from one left edge, one below the other, as long as their share of the largest."""
    most = max((value for _name, value in values), default=0)
    boxes = {
        name: Box(0, place * (BAR + BAR_GAP), _part(value, most, BAR_ROOM), BAR)
        for place, (name, value) in enumerate(values)
    }
    return Drawing(BAR_ROOM, max(len(values) * (BAR + BAR_GAP) - BAR_GAP, 0), boxes)


def columns(values: Sequence[tuple[str, int]]) -> Drawing:
    """Columns on one line, one beside the other, as high as their share of the largest."""
    most = max((value for _name, value in values), default=0)
    boxes = {}
    for place, (name, value) in enumerate(values):
        height = _part(value, most, COLUMN_ROOM)
        boxes[name] = Box(place * (COLUMN + COLUMN_GAP), COLUMN_ROOM - height, COLUMN, height)
    return Drawing(max(len(values) * (COLUMN + COLUMN_GAP) - COLUMN_GAP, 0), COLUMN_ROOM, boxes)


def tiles(
    groups: Iterable[tuple[str, Sequence[str]]], placed: Mapping[str, tuple[int, int]] | None = None
) -> Drawing:
    """Tiles of one size: where the city placed them by hand (row, column), the others by district in rows."""
    placed = placed or {}
    spots: dict[str, tuple[int, int]] = {}
    row = 1 + max((place[0] for place in placed.values()), default=-1)
    for _group, members in groups:
        rest = [name for name in members if name not in placed]
        spots |= {name: placed[name] for name in members if name in placed}
        spots |= {name: (row + at // ACROSS, at % ACROSS) for at, name in enumerate(rest)}
        row += -(-len(rest) // ACROSS)
    boxes = {
        name: Box(at * (TILE + TILE_GAP), down * (TILE_HEIGHT + TILE_GAP), TILE, TILE_HEIGHT)
        for name, (down, at) in spots.items()
    }
    width = max((box.x + box.width for box in boxes.values()), default=0)
    return Drawing(width, max((box.y + box.height for box in boxes.values()), default=0), boxes)


def shade(value: int, most: int) -> int:
    """Which of the four fills (0 to 3) a figure takes: a quarter of the largest each."""
    return min(3, value * 4 // (most + 1)) if most else 0


def _part(value: int, most: int, room: int) -> int:
    """A length in proportion; something is never drawn as nothing."""
    return max(value * room // most, 2) if value and most else 0
