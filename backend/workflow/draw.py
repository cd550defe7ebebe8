"""Drawings of a workflow: Mermaid for documents, an accessible SVG for pages, and the same in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from typing import Literal

from backend.workflow.layout import HEIGHT, WIDTH, Drawing, Edge, drawn_edges, is_everywhere, layout
from backend.workflow.lines import wrap
from backend.workflow.model import Workflow

Mark = Literal["done", "current", "possible", "ahead"]
Done = Mapping[str, date | None]

_COLUMNS = 18  # nine full-width characters
_LINE = 17
_WORDS: dict[str, dict[str, str]] = {
    "ja": {
        "done": "済み",
        "current": "いまここ",
        "possible": "次に進める",
        "ahead": "まだ",
        "desc": "{n}の状態と、そのあいだの進み方。",
        "now": "いまは「{state}」です。",
        "anywhere": "多くの状態からできること: {actions}。",
        "comma": "・",
    },
    "en": {
        "done": "done",
        "current": "you are here",
        "possible": "can come next",
        "ahead": "not yet",
        "desc": "{n} states and the ways between them.",
        "now": "It is now in “{state}”.",
        "anywhere": "Possible from many states: {actions}.",
        "comma": ", ",
    },
}
_ICON: dict[Mark, str] = {"done": "✓", "current": "▶", "possible": "", "ahead": ""}

# For a picture that stands alone (README, documents): the colours of the state kinds, light and dark.
STANDALONE_CSS = """
.wf{font-family:"Noto Sans JP","IPAexGothic",sans-serif;font-size:14px;color:#333}
.wf-back{fill:#fff}
.wf-node rect{fill:#f2f2f2;stroke:#666}
.wf-kind-ours rect{fill:#e8f1fe;stroke:#00118f}
.wf-kind-theirs rect{fill:#f1eafa;stroke:#5109ad}
.wf-kind-done rect{fill:#e6f5ec;stroke:#0c472a}
.wf-kind-stopped rect{fill:#fff;stroke:#4d4d4d}
@media (prefers-color-scheme:dark){
.wf{color:#f2f2f2}
.wf-back{fill:#1a1a1a}
.wf-node rect{fill:#333;stroke:#999}
.wf-kind-ours rect{fill:#000060;stroke:#9db7f9}
.wf-kind-theirs rect{fill:#21004b;stroke:#ddc2ff}
.wf-kind-done rect{fill:#032213;stroke:#9bd4b5}
.wf-kind-stopped rect{fill:#1a1a1a;stroke:#ccc}
}
"""


@dataclass(frozen=True)
class Place:
    """One state of the drawing in words: its number, title, mark, date, and what can come next."""

    number: int
    state: str
    title: str
    mark: Mark
    word: str
    on: date | None
    next: tuple[str, ...]


def places(
    workflow: Workflow, lang: str, *, current: str | None = None, done: Done | None = None, near: bool = False
) -> list[Place]:
    """The drawing as an ordered list, for readers that cannot see it and for narrow screens."""
    done = done or {}
    found = []
    for number, name in enumerate(_shown(workflow, current, done, near), 1):
        mark = _mark(workflow, name, current, done)
        follows = _next(workflow, name, lang) if name == current else ()
        title = workflow.states[name].title.in_language(lang)
        found.append(Place(number, name, title, mark, _WORDS[lang][mark], done.get(name), follows))
    return found


def _next(workflow: Workflow, name: str, lang: str) -> tuple[str, ...]:
    return tuple(
        action.title.in_language(lang)
        for action in workflow.leaving(name)
        if not is_everywhere(workflow, action)
    )


def _mark(workflow: Workflow, name: str, current: str | None, done: Collection[str]) -> Mark:
    if name == current:
        return "current"
    if name in done:
        return "done"
    return "possible" if current and name in _ahead(workflow, current) else "ahead"


def _ahead(workflow: Workflow, current: str) -> list[str]:
    """The states the present one can lead to, apart from what is possible everywhere."""
    leading = (action for action in workflow.leaving(current) if not is_everywhere(workflow, action))
    return [action.to for action in leading if action.to and action.to != current]


def _shown(workflow: Workflow, current: str | None, done: Done, near: bool) -> list[str]:
    """Every state, or `near` only those gone through, the present one and those that can come next."""
    if not near or current is None:
        return list(workflow.states)
    return [name for name in workflow.states if _mark(workflow, name, current, done) != "ahead"]


def _edges(workflow: Workflow, current: str | None, done: Done, near: bool) -> list[Edge]:
    if not near or current is None:
        return drawn_edges(workflow)
    path = [name for name in done if name != current] + [current]
    walked = [(a, b) for a, b in pairwise(path) if a != b]
    ahead = [(current, name) for name in _ahead(workflow, current) if name not in done]
    return list(dict.fromkeys(walked + ahead))


def mermaid(workflow: Workflow, lang: str) -> str:
    """A Mermaid state diagram. Actions possible from many states are notes instead of arrows."""
    lines = ["stateDiagram-v2", "  direction LR"]
    for name, state in workflow.states.items():
        lines.append(f"  {name}: {_plain(state.title.in_language(lang))}")
    lines.append(f"  [*] --> {workflow.start.state}: {_plain(workflow.start.title.in_language(lang))}")
    labels: dict[Edge, list[str]] = {edge: [] for edge in drawn_edges(workflow)}
    for source, name, target in workflow.edges():
        if (source, target) in labels:
            labels[source, target].append(_plain(workflow.actions[name].title.in_language(lang)))
    comma = _WORDS[lang]["comma"]
    lines += [f"  {source} --> {target}: {comma.join(names)}" for (source, target), names in labels.items()]
    lines += [f"  {name} --> [*]" for name, state in workflow.states.items() if state.final]
    for action in workflow.actions.values():
        if is_everywhere(workflow, action) and action.to:
            told = _WORDS[lang]["anywhere"].format(actions=_plain(action.title.in_language(lang)))
            lines += [f"  note right of {action.to}", f"    {told}", "  end note"]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return text.replace(":", "：").replace(";", "；").replace("\n", " ")


def svg(
    workflow: Workflow,
    lang: str,
    *,
    current: str | None = None,
    done: Done | None = None,
    near: bool = False,
    standalone: bool = False,
) -> str:
    """An SVG with title and description, classes instead of styles, and text as text.

    `done` are the states gone through with their dates, in order; `near` leaves out the states that are
    neither behind nor next. `standalone` embeds the colours, for use outside our pages.
    """
    done = done or {}
    shown = _shown(workflow, current, done, near)
    first = next(iter(done), current) if near else None
    drawing = layout(shown, _edges(workflow, current, done, near), first or workflow.start.state)
    uid = f"wf-{workflow.hash[:8]}-{lang}"
    words = _WORDS[lang]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wf" role="img" lang="{lang}"'
        f' viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}" height="{drawing.height}"'
        f' font-size="14" fill="none" stroke="none" aria-labelledby="{uid}-t {uid}-d">',
        f'<title id="{uid}-t">{escape(workflow.title.in_language(lang))}</title>',
        f'<desc id="{uid}-d">{escape(_description(workflow, lang, current, len(shown)))}</desc>',
    ]
    if standalone:
        size = f'width="{drawing.width}" height="{drawing.height}"'
        parts += [f"<style>{STANDALONE_CSS}</style>", f'<rect class="wf-back" {size}/>']
    parts.append(
        f'<defs><marker id="{uid}-a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
        ' markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8Z" fill="currentColor"/></marker>'
        "</defs>"
    )
    parts.append('<g aria-hidden="true">')
    parts += _lines(workflow, drawing, uid, current, done)
    parts += [_node(workflow, name, drawing, lang, current, done, words) for name in shown]
    parts.append("</g></svg>")
    return "\n".join(parts) + "\n"


def _description(workflow: Workflow, lang: str, current: str | None, count: int) -> str:
    words = _WORDS[lang]
    told = [words["desc"].format(n=count)]
    if current:
        told.append(words["now"].format(state=workflow.states[current].title.in_language(lang)))
    wide = [
        action.title.in_language(lang)
        for action in workflow.actions.values()
        if is_everywhere(workflow, action)
    ]
    if wide:
        told.append(words["anywhere"].format(actions=words["comma"].join(wide)))
    return ("" if lang == "ja" else " ").join(told)


def _lines(workflow: Workflow, drawing: Drawing, uid: str, current: str | None, done: Done) -> list[str]:
    found = []
    for edge, points in [*drawing.lines.items(), *drawing.back.items()]:
        source, target = edge
        if source == current and current and target in _ahead(workflow, current):
            mark: Mark = "possible"
        elif source in done and (target in done or target == current):
            mark = "done"
        else:
            mark = "ahead"
        width = {"done": 3, "possible": 2}.get(mark, 1)
        dashes = ' stroke-dasharray="4 4"' if mark == "ahead" and current else ""
        path = _curve(points) if edge in drawing.lines else _below(points)
        found.append(
            f'<path class="wf-line wf-{mark}" d="{path}" stroke="currentColor" stroke-width="{width}"{dashes}'
            f' marker-end="url(#{uid}-a)"/>'
        )
    return found


def _curve(points: tuple[tuple[int, int], ...]) -> str:
    """Level at both ends of every piece, so that lines leave and enter boxes straight."""
    path = f"M{points[0][0]} {points[0][1]}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) // 2
        path += f"L{x2} {y2}" if y1 == y2 else f"C{middle} {y1} {middle} {y2} {x2} {y2}"
    return path


def _below(points: tuple[tuple[int, int], ...]) -> str:
    return f"M{points[0][0]} {points[0][1]}" + "".join(f"L{x} {y}" for x, y in points[1:])


def _node(
    workflow: Workflow,
    name: str,
    drawing: Drawing,
    lang: str,
    current: str | None,
    done: Done,
    words: Mapping[str, str],
) -> str:
    state, (x, y) = workflow.states[name], drawing.boxes[name]
    mark = _mark(workflow, name, current, done)
    told = f"{_ICON[mark]} {_when(done.get(name), lang) or words[mark]}" if _ICON[mark] else ""
    lines = wrap(state.title.in_language(lang), _COLUMNS, 2 if told else 3)
    rows = [*lines, told] if told else lines
    thick = {"done": 3, "current": 3, "possible": 2}.get(mark, 1)
    dashes = ' stroke-dasharray="6 4"' if mark == "ahead" and current else ""
    shape = (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" stroke="currentColor"'
        f' stroke-width="{thick}"{dashes}/>'
    )
    if mark == "current":  # a double border
        inner = f'x="{x + 5}" y="{y + 5}" width="{WIDTH - 10}" height="{HEIGHT - 10}" rx="3"'
        shape += f'<rect class="wf-inner" {inner} stroke="currentColor" stroke-width="1"/>'
    top = y + HEIGHT // 2 + 5 - (len(rows) - 1) * _LINE // 2
    texts = "".join(
        f'<text x="{x + WIDTH // 2}" y="{top + index * _LINE}" text-anchor="middle" fill="currentColor">'
        f"{escape(row)}</text>"
        for index, row in enumerate(rows)
    )
    return f'<g class="wf-node wf-kind-{state.kind} wf-{mark}" data-state="{name}">{shape}{texts}</g>'


def _when(day: date | None, lang: str) -> str:
    if day is None:
        return ""
    return f"{day.month}/{day.day}" if lang == "ja" else f"{day.day} {day:%b}"
