"""The declared inputs of a letter.

What types there are, what each accepts, and what a template sees of it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.letters.shape import DAY, PLAIN, TEXTS, Shape, of
from backend.letters.words import Choice, Clock, Day

LARGEST_TEXT, LARGEST_PARAGRAPHS, MOST_ENTRIES = 200, 2000, 60
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
# C0 and C1 controls, and what turns or hides text: bidirectional marks, zero-width, tags.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One input that a letter cannot use: where (`rows.2.value`), and why with what to do.

    `missing`: there is none at all.
    """

    path: str
    message: str
    missing: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Input:
    """One declared input.

    `source` is the path into `LetterContext` it is gathered from; `without` names questions that rows leave
    out.
    """

    name: str
    type: str
    title_ja: str
    title_en: str
    required: bool = True
    most: int | None = None
    source: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def shape(self) -> Shape:
        """What a template may ask of the value."""
        return _TYPES[self.type].shape

    def problems(self, value: Any) -> Iterator[InputProblem]:
        """Everything wrong with a value, in words."""
        yield from _TYPES[self.type].check(self, value, self.name)

    def shown(self, value: Any) -> Any:
        """The value as a template sees it; None where it is absent."""
        return None if value is None else _TYPES[self.type].show(self, value)


def problems(inputs: tuple[Input, ...], values: Mapping[str, Any]) -> list[InputProblem]:
    """Everything wrong with the values for these inputs: missing, unknown, and of the wrong kind."""
    known = {one.name: one for one in inputs}
    found = [
        InputProblem(name, "is not an input of this letter; take it out")
        for name in values
        if name not in known
    ]
    for one in inputs:
        if values.get(one.name) is not None:
            found += one.problems(values[one.name])
        elif one.required:
            found.append(InputProblem(one.name, f"is missing ({one.title_en}); the letter needs it", True))
    return found


def shown(inputs: tuple[Input, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """Checked values as the template sees them."""
    return {one.name: one.shown(values.get(one.name)) for one in inputs}


# --- the types -----------------------------------------------------------------------------------------

Check = Callable[[Input, Any, str], Iterator[InputProblem]]


def _line(one: Input, value: Any, path: str, most: int | None = None) -> Iterator[InputProblem]:
    most = most or one.most or LARGEST_TEXT
    if not isinstance(value, str) or not value.strip():
        yield InputProblem(path, "must be a text that is not empty")
    elif len(value) > most:
        yield InputProblem(path, f"has {len(value)} characters; the letter has room for {most}")
    elif "\n" in value or _CONTROL.search(value):
        yield InputProblem(path, "holds a line break or control character; write it on one line")


def _block(one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    most = one.most or LARGEST_PARAGRAPHS
    if not isinstance(value, str) or not value.strip():
        yield InputProblem(path, "must be a text that is not empty")
    elif len(value) > most:
        yield InputProblem(path, f"has {len(value)} characters; the letter has room for {most}")
    elif _CONTROL.search(value):
        yield InputProblem(path, "holds a control character; take it out")


def _list(one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    most = one.most or MOST_ENTRIES
    if not isinstance(value, list) or not value:
        yield InputProblem(path, "must be a list with at least one entry")
    elif len(value) > most:
        yield InputProblem(path, f"has {len(value)} entries; the letter has room for {most}")


def _texts(one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    yield from (wrong := list(_list(one, value, path)))
    for index, item in enumerate(value if not wrong else ()):
        yield from _line(one, item, f"{path}.{index}", LARGEST_TEXT)


def _rows(one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    yield from (wrong := list(_list(one, value, path)))
    for index, row in enumerate(value if not wrong else ()):
        if not isinstance(row, dict) or set(row) != {"label", "value"}:
            yield InputProblem(f"{path}.{index}", "must have a label and a value, nothing else")
            continue
        yield from _line(one, row["label"], f"{path}.{index}.label", LARGEST_TEXT)
        yield from _block(Input("", "", "", ""), row["value"], f"{path}.{index}.value")


def _date(_one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    if _read_date(value) is None:
        yield InputProblem(path, "must be a date written as in 2026-11-24")


def _time(_one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        yield InputProblem(path, "must be a time written as in 14:30")


def _choice(one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    if value not in one.options:
        yield InputProblem(path, f"must be one of {', '.join(one.options)}")


def _number(_one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    if type(value) is not int or not 0 <= value < 10**12:
        yield InputProblem(path, "must be a whole number, 0 or more")


def _flag(_one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    if type(value) is not bool:
        yield InputProblem(path, "must be true or false")


def _reference(one: Input, value: Any, path: str) -> Iterator[InputProblem]:
    if not isinstance(value, dict) or set(value) != {"number", "dated_on"}:
        yield InputProblem(path, "must have a number and a dated_on, nothing else")
        return
    yield from _line(one, value["number"], f"{path}.number")
    yield from _date(one, value["dated_on"], f"{path}.dated_on")


def _read_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def paragraphs(text: str) -> list[str]:
    """A text as its paragraphs: one for each line that is not empty."""
    return [line.strip() for line in text.split("\n") if line.strip()]


@dataclass(frozen=True, slots=True)
class _Type:
    check: Check
    shape: Shape = PLAIN
    show: Callable[[Input, Any], Any] = lambda _one, value: value


def _day(value: str) -> Day:
    return Day(date.fromisoformat(value))


_TYPES: dict[str, _Type] = {
    "text": _Type(_line),
    "paragraphs": _Type(_block, TEXTS, lambda _one, value: paragraphs(value)),
    "texts": _Type(_texts, TEXTS),
    "rows": _Type(
        _rows,
        Shape(items=of("label", lines=TEXTS)),
        lambda _one, rows: [{"label": row["label"], "lines": paragraphs(row["value"])} for row in rows],
    ),
    "date": _Type(_date, DAY, lambda _one, value: _day(value)),
    "time": _Type(_time, of("words"), lambda _one, value: Clock(value)),
    "choice": _Type(_choice, of("code"), lambda one, value: Choice(value, one.options[value])),
    "number": _Type(_number, show=lambda _one, value: f"{value:,}"),
    "flag": _Type(_flag),
    "reference": _Type(
        _reference,
        of("number", dated_on=DAY),
        lambda _one, value: {"number": value["number"], "dated_on": _day(value["dated_on"])},
    ),
}
