"""The household as a picture: where each node and line goes, in whole numbers, the same every time.

□ man ○ woman ◇ other; the person marked ★; older generations above. Whoever is protected is drawn without a
line that would lead to where they are. The picture only repeats the table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Shape = Literal["square", "circle", "diamond"]
WIDE, HIGH, NODE, GAP = 150, 160, 64, 24
HEADING = 16
BELOW = NODE // 2 + 48  # where the words under a node end
_SHAPES: dict[str, Shape] = {"male": "square", "female": "circle"}
# Generations by the word for the relation to the head; a word not known here stands with the head.
_ABOVE = ("父", "母", "親", "義父", "義母", "叔父", "叔母", "伯父", "伯母")
_BELOW = (
    "子",
    "長男",
    "長女",
    "次男",
    "次女",
    "二男",
    "二女",
    "三男",
    "三女",
    "息子",
    "娘",
    "養子",
    "甥",
    "姪",
)
_GENERATIONS = (
    (2, ("祖父", "祖母", "曾祖")),
    (-2, ("孫", "曾孫", "子の子")),
    (-1, _BELOW),
    (1, _ABOVE),
)


@dataclass(frozen=True)
class One:
    """Somebody to be drawn. `helper`: stands by the person and is no kin."""

    name: str
    relation: str
    sex: str = "unknown"
    age: str = ""
    self: bool = False
    together: bool = False
    died: bool = False
    protected: bool = False
    helper: bool = False


@dataclass(frozen=True)
class Node:
    """Somebody in their place."""

    one: One
    x: int
    y: int
    shape: Shape


@dataclass(frozen=True)
class Line:
    """A line between two generations."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True)
class Drawing:
    """The picture: its size, its nodes and its lines; `helpers` is where their row begins, 0 without."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    helpers: int


def generation(relation: str) -> int:
    """How many generations above the head a word for a relation stands."""
    for steps, words in _GENERATIONS:
        if any(relation == word or (len(word) > 1 and relation.startswith(word)) for word in words):
            return steps
    return 0


def draw(people: Sequence[One]) -> Drawing:
    """Kin by generations, the oldest above; non-kin helpers in a row of their own below."""
    kin = [one for one in people if not one.helper]
    helpers = [one for one in people if one.helper]
    steps = sorted({generation(one.relation) for one in kin}, reverse=True)
    rows = [[one for one in kin if generation(one.relation) == step] for step in steps]
    nodes = [_node(one, column, row) for row, level in enumerate(rows) for column, one in enumerate(level)]
    below = len(rows)
    beside = [_node(one, column, below, HEADING) for column, one in enumerate(helpers)]
    widest = max([len(level) for level in (*rows, helpers)] or [1])
    height = (below + bool(helpers)) * HIGH + GAP + (HEADING if helpers else 0)
    lines = tuple(_lines(rows, nodes))
    start = below * HIGH if helpers else 0
    return Drawing(max(widest, 2) * WIDE + GAP, height, (*nodes, *beside), lines, start)


def _node(one: One, column: int, row: int, down: int = 0) -> Node:
    shape = _SHAPES.get(one.sex, "diamond")
    return Node(one, GAP + column * WIDE + WIDE // 2, GAP + row * HIGH + NODE // 2 + down, shape)


def _lines(rows: Sequence[Sequence[One]], nodes: Sequence[Node]) -> list[Line]:
    """From each generation to the next, by way of its first member; none to whoever is protected."""
    found = []
    at = {id(node.one): node for node in nodes}
    for above, below in pairwise(rows):
        parent = next((at[id(one)] for one in above if not one.protected), None)
        for one in below:
            node = at[id(one)]
            if parent is not None and not one.protected:
                found.append(Line(parent.x, parent.y + BELOW, node.x, node.y - NODE // 2))
    return found
