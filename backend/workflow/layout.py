"""Where the boxes and lines of a workflow drawing go: whole numbers, the same every time.

Layers by the longest path from the start; lines that go back are drawn below; lines over several layers get
a narrow place in each layer between; two sweeps by the median of the neighbours put each layer in order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from backend.workflow.graph import Edges
from backend.workflow.model import Action, Workflow

WIDTH, HEIGHT, GAP = 160, 56, 48
LANE = 14  # the height of a line's place between boxes, and between the lines below
MARGIN = 24
ROW_GAP = 24
FEW = 4  # an action from more states than this draws one line only, from the state it names first

Edge = tuple[str, str]


@dataclass(frozen=True)
class Drawing:
    """Boxes by their left upper corner; lines as points from box to box; `back` lines run below."""

    width: int
    height: int
    boxes: Mapping[str, tuple[int, int]]
    lines: Mapping[Edge, tuple[tuple[int, int], ...]]
    back: Mapping[Edge, tuple[tuple[int, int], ...]]


@dataclass
class _Layers:
    """The layer of each place; a place is a state's name or (edge, layer) where a line passes."""

    rows: list[list[object]] = field(default_factory=list)
    before: dict[object, list[object]] = field(default_factory=dict)
    after: dict[object, list[object]] = field(default_factory=dict)


def is_everywhere(workflow: Workflow, action: Action) -> bool:
    """Whether an action is possible in most states: it is told in words, lines would hide the rest."""
    return len(action.from_) > len(workflow.states) // 2


def drawn_edges(workflow: Workflow) -> list[Edge]:
    """The edges worth a line: of an action from many states only the one from the state it names first.

    What is possible everywhere gets no line, except that a regular end must be seen to be reached.
    """
    found: dict[Edge, None] = {}
    for action in workflow.actions.values():
        if action.to in workflow.states and not is_everywhere(workflow, action):
            few = len(action.from_) <= FEW
            found |= dict.fromkeys(_edges(action, action.from_ if few else action.from_[:1]))
    entered = {target for _, target in found}
    for action in workflow.actions.values():
        state = workflow.states.get(action.to or "")
        if state and state.kind == "done" and state.name not in entered:
            found |= dict.fromkeys(_edges(action, action.from_[:1]))
    return [edge for edge in found if edge[0] in workflow.states]


def _edges(action: Action, sources: Iterable[str]) -> list[Edge]:
    return [(source, action.to) for source in sources if action.to and source != action.to]


def layout(states: Sequence[str], edges: Iterable[Edge], start: str) -> Drawing:
    """Place the boxes of `states` and the lines of `edges`."""
    graph: dict[str, tuple[str, ...]] = dict.fromkeys(states, ())
    for source, target in edges:
        graph[source] = (*graph[source], target)
    forward, back = _split(graph, start)
    layer = _longest(graph, forward)
    touched = {state for edge in [*forward, *back] for state in edge} | {start}
    layer |= {state: max(layer.values()) for state in states if state not in touched}
    layers = _places(states, forward, layer)
    _sweep(layers)
    boxes, heights, bottom = _coordinates(layers)
    lines = {edge: _line(edge, layer, boxes, heights) for edge in forward}
    arcs = {
        edge: _arc(edge, boxes, bottom + LANE * (track + 1), track)
        for track, edge in enumerate(_tracks(back, layer))
    }
    depth = bottom + LANE * (len(back) + 1) if back else bottom
    width = MARGIN * 2 + (max(layer.values()) + 1) * (WIDTH + GAP) - GAP
    width += GAP // 2 if back else 0  # an arc from the last layer goes out to the right first
    return Drawing(width, depth + MARGIN, boxes, lines, arcs)


def _split(graph: Edges, start: str) -> tuple[list[Edge], list[Edge]]:
    """Edges that go on, and edges that go back to a state that came before on the way (depth first)."""
    state_of: dict[str, str] = {}
    back: set[Edge] = set()
    for root in (start, *graph):
        stack = [(root, iter(graph[root]))] if root not in state_of else []
        if stack:
            state_of[root] = "open"
        while stack:
            here, rest = stack[-1]
            target = next(rest, None)
            if target is None:
                state_of[here] = "done"
                stack.pop()
            elif state_of.get(target) == "open":
                back.add((here, target))
            elif target not in state_of:
                state_of[target] = "open"
                stack.append((target, iter(graph[target])))
    every = [(source, target) for source, targets in graph.items() for target in targets]
    return [edge for edge in every if edge not in back], [edge for edge in every if edge in back]


def _longest(graph: Edges, forward: Sequence[Edge]) -> dict[str, int]:
    layer = dict.fromkeys(graph, 0)
    for _ in graph:  # at most as many rounds as there are states, since no edge goes back
        moved = False
        for source, target in forward:
            if layer[target] <= layer[source]:
                layer[target], moved = layer[source] + 1, True
        if not moved:
            break
    return layer


def _places(states: Sequence[str], forward: Sequence[Edge], layer: Mapping[str, int]) -> _Layers:
    layers = _Layers([[] for _ in range(max(layer.values()) + 1)])
    for state in states:
        layers.rows[layer[state]].append(state)
    for edge in forward:
        source, target = edge
        chain: list[object] = [source]
        for depth in range(layer[source] + 1, layer[target]):
            layers.rows[depth].append((edge, depth))
            chain.append((edge, depth))
        chain.append(target)
        for one, next_one in pairwise(chain):
            layers.after.setdefault(one, []).append(next_one)
            layers.before.setdefault(next_one, []).append(one)
    return layers


def _sweep(layers: _Layers) -> None:
    for row in layers.rows[1:]:
        _by_median(row, layers.before, layers.rows)
    for row in reversed(layers.rows[:-1]):
        _by_median(row, layers.after, layers.rows)


def _by_median(
    row: list[object], neighbours: Mapping[object, list[object]], rows: list[list[object]]
) -> None:
    position = {place: index for other in rows for index, place in enumerate(other)}

    def median(place: object) -> int:
        around = sorted(position[other] for other in neighbours.get(place, ()))
        return around[len(around) // 2] * 2 if around else position[place] * 2

    row.sort(key=median)  # stable: equal ones keep the order of the definition


def _coordinates(layers: _Layers) -> tuple[dict[str, tuple[int, int]], dict[object, int], int]:
    """Corners of the boxes, the height of every line's place, and where the lowest box ends."""
    sizes = [sum(_size(place) for place in row) + ROW_GAP * (len(row) - 1) for row in layers.rows]
    tallest = max(sizes)
    boxes: dict[str, tuple[int, int]] = {}
    heights: dict[object, int] = {}
    for depth, row in enumerate(layers.rows):
        x = MARGIN + depth * (WIDTH + GAP)
        y = MARGIN + (tallest - sizes[depth]) // 2
        for place in row:
            if isinstance(place, str):
                boxes[place] = (x, y)
            else:
                heights[place] = y + LANE // 2
            y += _size(place) + ROW_GAP
    return boxes, heights, MARGIN + tallest


def _size(place: object) -> int:
    return HEIGHT if isinstance(place, str) else LANE


def _line(
    edge: Edge,
    layer: Mapping[str, int],
    boxes: Mapping[str, tuple[int, int]],
    heights: Mapping[object, int],
) -> tuple[tuple[int, int], ...]:
    source, target = edge
    (x1, y1), (x2, y2) = boxes[source], boxes[target]
    points = [(x1 + WIDTH, y1 + HEIGHT // 2)]
    for depth in range(layer[source] + 1, layer[target]):
        x = MARGIN + depth * (WIDTH + GAP)
        points += [(x, heights[(edge, depth)]), (x + WIDTH, heights[(edge, depth)])]
    return (*points, (x2, y2 + HEIGHT // 2))


def _tracks(back: Iterable[Edge], layer: Mapping[str, int]) -> list[Edge]:
    """Short arcs lie inside long ones."""
    return sorted(back, key=lambda edge: (layer[edge[0]] - layer[edge[1]], edge))


def _arc(
    edge: Edge, boxes: Mapping[str, tuple[int, int]], depth: int, track: int
) -> tuple[tuple[int, int], ...]:
    """Out to the right, down in the gap, back below everything, up in the gap before the target, in."""
    (x1, y1), (x2, y2) = boxes[edge[0]], boxes[edge[1]]
    aside = 12 + track % 5 * 4
    right, left = x1 + WIDTH + aside, x2 - aside
    out, into = y1 + HEIGHT * 3 // 4, y2 + HEIGHT * 3 // 4
    return ((x1 + WIDTH, out), (right, out), (right, depth), (left, depth), (left, into), (x2, into))
