"""Answers by data category, and back: what policies allow, withhold and erase, each on its own.

A list of rows belongs to one category; a column with another category goes apart, and the list keeps an
empty row in its place, so that rows find each other again.
"""

from collections.abc import Mapping
from typing import Any

from backend.answers.fields import DEFAULT_CATEGORY, Field

Answers = dict[str, Any]


def split(fields: Mapping[str, Field], answers: Mapping[str, Any]) -> dict[str, Answers]:
    """The answers by category. An answer to no question of the form counts as consultation."""
    parts: dict[str, Answers] = {}
    for name, value in answers.items():
        field = fields.get(name)
        category = field.category if field else DEFAULT_CATEGORY
        if field and field.columns and _is_rows(value):
            for column_category, rows in _split_rows(field, value).items():
                parts.setdefault(column_category, {})[name] = rows
        else:
            parts.setdefault(category, {})[name] = value
    return parts


def merge(parts: Mapping[str, Mapping[str, Any]]) -> Answers:
    """The answers of several categories together; the inverse of `split`, for any of its parts."""
    merged: Answers = {}
    for part in parts.values():
        for name, value in part.items():
            if name in merged and _is_rows(value) and _is_rows(merged[name]):
                merged[name] = _together(merged[name], value)
            else:
                merged[name] = [dict(row) for row in value] if _is_rows(value) else value
    return merged


def _split_rows(field: Field, rows: list[Answers]) -> dict[str, list[Answers]]:
    categories = {column.name: column.category for column in field.columns}
    parts: dict[str, list[Answers]] = {field.category: [{} for _ in rows]}
    for number, row in enumerate(rows):
        for name, value in row.items():
            category = categories.get(name, field.category)
            if category not in parts:
                parts[category] = [{} for _ in rows]
            parts[category][number][name] = value
    return parts


def _together(left: list[Answers], right: list[Answers]) -> list[Answers]:
    count = max(len(left), len(right))
    padded = (rows + [{}] * (count - len(rows)) for rows in (left, right))
    return [{**one, **other} for one, other in zip(*padded, strict=True)]


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)
