"""Reading an HTML post into answers.

Names in the post are the prefix and the name of the question; a moment has `-date` and `-time`, a cell of a
list is `list-0-column`. Blanks are dropped. What cannot be read stays as typed.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from backend.answers.eras import DateNotRead, parse_date, parse_time
from backend.answers.fields import Field
from backend.answers.formats import READERS, read_whole

Post = Mapping[str, list[str]]
MOST_ROWS = 100
BETWEEN = " / "  # what joins the two boxes of a moment that could not be read


def read_answers(fields: Iterable[Field], data: Post, prefix: str = "") -> dict[str, Any]:
    """Every answer found in the post, whether its question applies or not."""
    answers = {}
    for field in fields:
        value = _value(field, data, prefix + field.name)
        if value is not None:
            answers[field.name] = value
    return answers


def rows_shown(fields: Iterable[Field], data: Post, prefix: str = "") -> dict[str, int]:
    """How many rows each list showed, one more where 「もう1行」 was pressed."""
    shown = {}
    pressed = posted(data, f"{prefix}_add")
    for field in fields:
        count = "".join(posted(data, f"{prefix}_rows-{field.name}"))
        if field.columns and re.fullmatch("[0-9]{1,3}", count):
            shown[field.name] = min(int(count), MOST_ROWS) + (field.name in pressed)
    return shown


def asks_again(data: Post, prefix: str = "") -> bool:
    """Whether a button was pressed that only draws the form again (質問を更新, もう1行)."""
    return any(posted(data, f"{prefix}{button}") for button in ("_refresh", "_add"))


def posted(data: Post, name: str) -> list[str]:
    """All values of a name; takes Django's QueryDict too, whose items are single values."""
    getlist = getattr(data, "getlist", None)
    values = getlist(name) if getlist else data.get(name, [])
    return [str(value) for value in values]


def _value(field: Field, data: Post, name: str) -> Any:
    """The value of one question, or None when it was left blank."""
    if field.widget == "rows":
        return _rows(field, data, name) or None
    values = posted(data, name)
    if field.widget == "checkboxes":
        return [value for value in dict.fromkeys(values) if value.strip()] or None
    if field.widget == "datetime":
        return _moment(
            values, "".join(posted(data, f"{name}-date")[:1]), "".join(posted(data, f"{name}-time")[:1])
        )
    typed = values[0] if values else ""
    if field.widget == "textarea":
        return typed.replace("\r\n", "\n").replace("\r", "\n").strip() or None
    typed = typed.strip()
    return _read(field, typed) if typed else None


def _read(field: Field, typed: str) -> Any:
    if field.widget == "yesno":
        return {"true": True, "false": False}.get(typed, typed)
    if field.widget == "number":
        return read_whole(typed)
    reader = READERS.get(field.format)
    return reader(typed) if reader else typed


def _moment(whole: list[str], day: str, clock: str) -> str | None:
    """RFC 3339 in Japan's time; of two boxes what cannot be read stays, the one after the other."""
    day, clock = day.strip(), clock.strip()
    if not (day or clock):
        day, clock = moment_apart(whole[0].strip() if whole else "")
    try:
        return f"{parse_date(day).isoformat()}T{parse_time(clock)}:00+09:00"
    except DateNotRead:
        return (f"{day}{BETWEEN}{clock}".lstrip() if clock else day) or None


def moment_apart(typed: str) -> tuple[str, str]:
    """An unread moment as what stood in the boxes of day and time; one text is parted before its clock."""
    day, both, clock = typed.rpartition(BETWEEN)
    if both:
        return day, clock
    if typed.startswith(BETWEEN.lstrip()):
        return "", typed[len(BETWEEN.lstrip()) :]
    found = re.fullmatch(r"(\S.*?)(?:T|\s+)([0-9０-９]{1,2}[:：時][^+Z]*)", typed)
    return (found[1], found[2]) if found else (typed, "")


def _rows(field: Field, data: Post, name: str) -> list[dict[str, Any]]:
    """The rows with anything in them, in their order."""
    cell = re.compile(re.escape(name) + r"-([0-9]{1,3})-[a-z0-9_]+(?:-(?:date|time))?")
    numbers = sorted({int(found[1]) for key in data if (found := cell.fullmatch(key))})[:MOST_ROWS]
    rows = (read_answers(field.columns, data, f"{name}-{number}-") for number in numbers)
    return [row for row in rows if row]
