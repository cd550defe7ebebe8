"""What is wrong with answers, in plain words that say what to do."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.answers import wording
from backend.answers.eras import DateNotRead, parse_date, parse_time
from backend.answers.fields import NO, YES, Field
from backend.answers.post import moment_apart
from backend.answers.text import Text

Step = str | int
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct: where, as ("household", 0, "name"), a stable code, and what to do."""

    path: Path
    code: str
    ja: str
    en: str

    @property
    def field(self) -> str:
        """The question it belongs to; "" for the answers as a whole."""
        return str(self.path[0]) if self.path else ""


def explained(errors: Iterable[Any], fields: Mapping[str, Field], live: frozenset[str]) -> list[Problem]:
    """Validation errors of jsonschema-rs as problems: one per place, in the order of the questions."""
    found: dict[Path, tuple[int, Problem]] = {}
    for error in errors:
        for rank, problem in _problems(error, fields, live):
            if problem.path not in found or rank < found[problem.path][0]:
                found[problem.path] = rank, problem
    order = {name: position for position, name in enumerate(fields)}
    return sorted(
        (problem for _, problem in found.values()),
        key=lambda problem: (
            order.get(problem.field, len(order)),
            [_position(step) for step in problem.path],
        ),
    )


def _position(step: Step) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (0, step)


def problem(path: Path, code: str, told: Text) -> Problem:
    """A problem whose words are already found."""
    return Problem(path, code, told.ja, told.en)


def _problems(error: Any, fields: Mapping[str, Field], live: frozenset[str]) -> Iterator[tuple[int, Problem]]:
    """The problems of one error, each with a rank: of two at one place the lower is told."""
    path: Path = tuple(error.instance_path)
    kind = error.kind.name
    if kind == "unevaluatedProperties":
        yield from _unexpected(path, error.kind.unexpected, fields, live)
        return
    if not path and kind == "type":
        yield 0, problem((), "not_answers", wording.NOT_ANSWERS)
        return
    if kind == "required":
        path = (*path, error.kind.property)
    field, label = _asked(path, fields)
    if field is None:
        yield 9, problem(path, "unknown", wording.UNKNOWN.filled(name=str(path[-1] if path else "")))
        return
    rank, code, told = _told(error, kind, field, label)
    if kind == "const":
        told = _with_help(told, field)
    yield rank, problem(path, code, told)


def _unexpected(
    path: Path, names: Iterable[str], fields: Mapping[str, Field], live: frozenset[str]
) -> Iterator[tuple[int, Problem]]:
    """A branch that failed reports its own questions as unexpected too: those that are live are left out."""
    for name in names:
        place = (*path, name)
        if path:
            field = fields.get(str(path[0]))
            if field is None or not field.column(name):
                yield 5, problem(place, "unknown", wording.UNKNOWN.filled(name=name))
        elif name not in fields:
            yield 5, problem(place, "unknown", wording.UNKNOWN.filled(name=name))
        elif name not in live:
            yield 5, problem(place, "not_asked", wording.NOT_ASKED.filled(label=fields[name].label))


def _asked(path: Path, fields: Mapping[str, Field]) -> tuple[Field | None, Text]:
    """The question at a place and what to call it: in a row, the list, the row and the column."""
    field = fields.get(str(path[0])) if path else None
    if field is None:
        return None, Text("", "")
    if len(path) < 2 or not field.columns:
        return field, field.label
    row = wording.ROW.filled(label=field.label, number=int(path[1]) + 1)
    column = field.column(str(path[2])) if len(path) > 2 else None
    if column is None:
        return (field, row) if len(path) == 2 else (None, row)
    return column, wording.CELL.filled(row=row, label=column.label)


def _told(error: Any, kind: str, field: Field, label: Text) -> tuple[int, str, Text]:
    """Rank, code and words for one keyword."""
    match kind:
        case "required":
            return 0, "required", _required(field, label)
        case "type":
            return 0, _type_code(field), _wrong_type(error, field, label)
        case "enum" | "const":
            return 1, "choose", _choose(error, kind, field, label)
        case "format" | "pattern":
            return 2, field.format or "characters", _unreadable(error, field, label)
        case "minLength" if error.instance == "":
            return 0, "required", _required(field, label)
        case _:
            code, told = wording.LIMITS.get(kind, wording.OTHER)
            limit = getattr(error.kind, "limit", 0)
            size = len(error.instance) if isinstance(error.instance, str | list) else str(error.instance)[:20]
            if kind == "minItems" and limit == 1:
                code, told = "required", wording.REQUIRED["rows" if field.columns else "checkboxes"]
            return 4, code, told.filled(label=label, limit=limit, size=size)


def _required(field: Field, label: Text) -> Text:
    if label.ja.endswith("か"):
        return wording.REQUIRED["yesno"].filled(label=label)
    told = wording.REQUIRED.get(field.widget, wording.REQUIRED["text"])
    if field.prefill == "person.birth_date":
        told = wording.REQUIRED["birth_date"]
    return told.filled(label=label)


def _type_code(field: Field) -> str:
    return {"number": "number", "yesno": "choose", "rows": "rows", "checkboxes": "choose"}.get(
        field.widget, "text"
    )


def _wrong_type(error: Any, field: Field, label: Text) -> Text:
    if isinstance(error.instance, str) and not error.instance.strip():
        return _required(field, label)
    return wording.TYPES.get(field.widget, wording.TYPES["text"]).filled(label=label)


def _choose(error: Any, kind: str, field: Field, label: Text) -> Text:
    wanted = error.kind.expected_value if kind == "const" else None
    if isinstance(wanted, bool):
        return wording.MUST_BE.filled(label=label, wanted=YES if wanted else NO)
    choice = field.choice(wanted)
    if choice:
        return wording.CHOOSE_THIS.filled(label=label, wanted=choice.label)
    return wording.CHOOSE.filled(label=label)


def _with_help(told: Text, field: Field) -> Text:
    return Text(told.ja + field.help.ja, f"{told.en} {field.help.en}") if field.help else told


def _unreadable(error: Any, field: Field, label: Text) -> Text:
    """Why a text does not have its format, as exactly as can be said."""
    typed = str(error.instance)
    if not typed.strip():
        return _required(field, label)
    if field.format in ("date", "date-time", "clock"):
        return wording.LABELLED.filled(label=label, told=_untimely(typed, field.format))
    if field.format == "zip":
        digits = len(re.sub("[^0-9]", "", typed))
        return (wording.ZIP_LENGTH if digits and digits != 7 else wording.ZIP).filled(
            label=label, size=digits
        )
    return wording.FORMATS.get(field.format, wording.CHARACTERS).filled(label=label)


def _untimely(typed: str, format_: str) -> Text:
    try:
        if format_ == "clock":
            parse_time(typed)
        elif format_ == "date":
            parse_date(typed)
        else:
            return _moment(typed)
    except DateNotRead as error:
        return error.told
    return wording.STORED[format_]  # a program sent what a person may type


def _moment(typed: str) -> Text:
    """Of a moment, which half is missing or cannot be read."""
    day, clock = moment_apart(typed)
    if not day:
        return wording.DATE_TOO
    parse_date(day)
    if not clock:
        return wording.TIME_TOO
    parse_time(clock)
    return wording.STORED["date-time"]
