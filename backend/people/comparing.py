"""Two records side by side: what is the same (＝), alike (≒), different (≠) or missing on one side (－)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backend.people import folding
from backend.people.models import Person

Mark = Literal["same", "alike", "differs", "missing"]
Why = Literal["", "variant", "spelling", "part", "one_digit"]

SIGNS: Mapping[Mark, str] = {"same": "＝", "alike": "≒", "differs": "≠", "missing": "－"}
COMPARED = ("name", "kana", "birth_date", "sex", "address", "phone")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of two records, how they compare, and why they count as alike."""

    field: str
    first: str | date | None
    second: str | date | None
    mark: Mark
    why: Why = ""


def compare(first: Person, second: Person) -> list[Line]:
    """Every compared field of two records. It says nothing about who may see it."""
    return [_line(name, first, second) for name in COMPARED]


def alike(lines: list[Line]) -> int:
    """How much two records look like one person's: what agrees counts up, what contradicts counts down."""
    weight = {"name": 3, "kana": 2, "birth_date": 4, "sex": 1, "address": 2, "phone": 3}
    sign = {"same": 2, "alike": 1, "differs": -1, "missing": 0}
    return sum(weight[line.field] * sign[line.mark] for line in lines)


def _line(name: str, first: Person, second: Person) -> Line:
    one, other = getattr(first, name), getattr(second, name)
    if name == "sex":
        one, other = (None if value == "unknown" else value for value in (one, other))
    if not one or not other:
        return Line(name, one, other, "missing")
    if one == other:
        return Line(name, one, other, "same")
    mark, why = _ALIKE[name](one, other)
    return Line(name, one, other, mark, why)


def _names(one: str, other: str) -> tuple[Mark, Why]:
    if folding.fold(one) != folding.fold(other):
        return ("differs", "")
    plain = "".join(one.split()) == "".join(other.split())
    return ("alike", "spelling" if plain else "variant")


def _kana(one: str, other: str) -> tuple[Mark, Why]:
    same = folding.fold(one) == folding.fold(other)
    return ("same", "") if same else ("differs", "")


def _births(one: date, other: date) -> tuple[Mark, Why]:
    """One digit written wrongly, or day and month, still is alike."""
    wrong = sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))
    return ("alike", "one_digit") if wrong == 1 else ("differs", "")


def _addresses(one: str, other: str) -> tuple[Mark, Why]:
    first, second = folding.fold_address(one), folding.fold_address(other)
    if first == second:
        return ("same", "")
    longer, shorter = max(first, second, key=len), min(first, second, key=len)
    return ("alike", "part") if shorter and longer.startswith(shorter) else ("differs", "")


def _phones(one: str, other: str) -> tuple[Mark, Why]:
    return ("same", "") if folding.digits(one) == folding.digits(other) else ("differs", "")


def _words(one: str, other: str) -> tuple[Mark, Why]:
    return ("differs", "")


_ALIKE: Mapping[str, Callable[..., tuple[Mark, Why]]] = {
    "name": _names,
    "kana": _kana,
    "birth_date": _births,
    "sex": _words,
    "address": _addresses,
    "phone": _phones,
}
