"""Answers as words: for pages, letters and mail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.answers.eras import era_date, era_moment
from backend.answers.fields import NO, YES, Field
from backend.answers.form import Form
from backend.answers.text import Text, joined

# For questions whose choices are people and places: widget → (code, words).
Choices = Mapping[str, Sequence[tuple[str, str]]]
_COLUMN = Text("{row} {label}", "{row}: {label}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One question and its answer as a person reads them; a withheld one has no words."""

    name: str
    label: str
    value_text: str
    category: str
    withheld: bool = False


def display(
    form: Form,
    answers: Mapping[str, Any],
    lang: str,
    categories: Collection[str] | None = None,
    choices: Choices | None = None,
) -> list[Shown]:
    """The answered questions in order; with `categories`, only the words of those.

    A question of another category is listed as withheld whether it was answered or not, unless whether it
    applies depends on an answer that is withheld itself: its presence would tell that answer.
    """
    visible = {name: value for name, value in answers.items() if _allowed(form.by_name.get(name), categories)}
    live = form.live(visible)
    found: list[Shown] = []
    for field in form.fields:
        if not _allowed(field, categories):
            if field.name in live:
                found.append(Shown(field.name, field.label.of(lang), "", field.category, withheld=True))
        elif field.name in visible:
            found += _shown(field, visible[field.name], lang, categories, choices or {})
    return found


def value_text(field: Field, value: Any, lang: str, choices: Choices | None = None) -> str:
    """One answer as words. What is not of the right kind is shown as it stands."""
    if isinstance(value, list):
        return _list(field, value, lang)
    known = dict((choices or {}).get(field.widget, ()))
    if isinstance(value, str) and value in known:
        return known[value]
    return _day_or_moment(field, value, lang) or _coded(field, value, lang)


def _shown(
    field: Field, value: Any, lang: str, categories: Collection[str] | None, choices: Choices
) -> list[Shown]:
    label = field.label.of(lang)
    if not field.columns:
        return [Shown(field.name, label, value_text(field, value, lang, choices), field.category)]
    open_columns = tuple(column for column in field.columns if _allowed(column, categories))
    rows = value if isinstance(value, list) else []
    text = "\n".join(_row(open_columns, row, lang) for row in rows)
    found = [Shown(field.name, label, text, field.category)]
    for column in field.columns:
        if column not in open_columns:
            name = _COLUMN.filled(row=field.label, label=column.label).of(lang)
            found.append(Shown(f"{field.name}.{column.name}", name, "", column.category, withheld=True))
    return found


def _row(columns: Sequence[Field], row: Any, lang: str) -> str:
    """A row in one line: 氏名：…　続柄：…"""
    if not isinstance(row, dict):
        return str(row)
    colon, between = (": ", "; ") if lang.startswith("en") else ("：", "　")
    return between.join(
        f"{column.label.of(lang)}{colon}{value_text(column, row[column.name], lang)}"
        for column in columns
        if column.name in row
    )


def _list(field: Field, values: list[Any], lang: str) -> str:
    if field.columns:
        return "\n".join(_row(field.columns, row, lang) for row in values)
    return joined((_coded(field, item, lang) for item in values), lang)


def _day_or_moment(field: Field, value: Any, lang: str) -> str:
    """The date or moment in words; "" when it is none."""
    try:
        if field.format == "date":
            return era_date(date.fromisoformat(value), lang, weekday=True)
        if field.format == "date-time":
            return era_moment(datetime.fromisoformat(value), lang)
    except (TypeError, ValueError, OverflowError):
        return ""
    return ""


def _coded(field: Field, value: Any, lang: str) -> str:
    if isinstance(value, bool):
        return (YES if value else NO).of(lang)
    choice = field.choice(value)
    return choice.label.of(lang) if choice else str(value)


def _allowed(field: Field | None, categories: Collection[str] | None) -> bool:
    return categories is None or (field is not None and field.category in categories)
