"""A form as the questions of a sheet: numbered in the order they are keyed in, each with its place to write.

What is drawn follows from the schema alone: choices become boxes numbered as the digit keys, short answers
of a known shape become a cell for each character, free text becomes lines by its longest length.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

from django.utils.translation import gettext as _

from backend.answers.eras import ERAS
from backend.answers.fields import NO, YES, Field
from backend.answers.form import Form
from backend.papers.conditions import When, when

PER_LINE = 22  # characters that fit on a line in an old hand
MOST_LINES, MOST_TEXT_LINES = 6, 2
MOST_ROWS = 4
_KANA_CELLS = 20


@dataclass(frozen=True, slots=True)
class Cells:
    """Some cells for one character each, and what stands after them (年, −)."""

    count: int
    after: str = ""

    @property
    def each(self) -> range:
        return range(self.count)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer is written: choices to mark, cells for characters, lines, or a table of rows."""

    kind: Literal["choices", "cells", "lines", "table"]
    many: bool = False
    options: tuple[tuple[int, str], ...] = ()
    eras: tuple[str, ...] = ()
    cells: tuple[Cells, ...] = ()
    lines: int = 0
    columns: tuple[tuple[str, "Place"], ...] = ()
    rows: int = 0

    @property
    def each_line(self) -> range:
        return range(self.lines)

    @property
    def each_row(self) -> range:
        return range(1, self.rows + 1)

    @property
    def columns_wide(self) -> int:
        """In how many columns the choices stand: short words side by side."""
        longest = max((len(words) for _digit, words in self.options), default=0)
        return 4 if longest <= 7 else 3 if longest <= 11 else 2 if longest <= 20 else 1


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it is drawn on paper.

    `depth` is how far it hangs under others. It `tells` when it is asked, unless the one before says the
    same.
    """

    number: int
    label: str
    help: str
    when: When
    depth: int
    place: Place
    tells: bool = False


def questions(form: Form, lang: str = "ja") -> list[Question]:
    """Every question of a form, those that are asked only sometimes included."""
    conditions, found = when(form, lang), list[Question]()
    for number, item in enumerate(form.fields, start=1):
        asked, depth = conditions[item.name], _depth(form, item)
        told = bool(found) and (found[-1].depth, found[-1].when.asked) == (depth, asked.asked)
        found.append(
            Question(
                number=number,
                label=item.label.of(lang),
                help=item.help.of(lang) if item.help else "",
                when=asked,
                depth=depth,
                place=_place(item, lang),
                tells=bool(asked.asked) and not told,
            )
        )
    return found


def _depth(form: Form, item: Field) -> int:
    depth = 0
    while item.anchor:
        item, depth = form.by_name[item.anchor], depth + 1
    return depth


def _place(item: Field, lang: str) -> Place:
    if item.choices or item.widget == "yesno":
        options = tuple(enumerate(_options(item, lang), start=1))
        return Place("choices", item.widget == "checkboxes", options)
    if item.widget == "rows":
        columns = tuple((column.label.of(lang), _place(column, lang)) for column in item.columns)
        return Place("table", columns=columns, rows=min(item.most_items or MOST_ROWS, MOST_ROWS))
    if cells := _cells(item):
        return Place("cells", eras=_eras(lang) if item.widget in ("date", "datetime") else (), cells=cells)
    most = MOST_LINES if item.widget == "textarea" else MOST_TEXT_LINES
    return Place("lines", lines=min(max(ceil((item.most_length or PER_LINE) / PER_LINE), 1), most))


def _options(item: Field, lang: str) -> Iterator[str]:
    labels = (YES, NO) if item.widget == "yesno" else tuple(choice.label for choice in item.choices)
    return (label.of(lang) for label in labels)


def _cells(item: Field) -> tuple[Cells, ...]:
    """A cell for each character, where the kind of answer says how many there are."""
    day = (Cells(2, _("year")), Cells(2, _("month")), Cells(2, _("day")))
    clock = (Cells(2, _("o'clock")), Cells(2, _("min.")))
    known = {
        "date": day,
        "datetime": (*day, *clock),
        "time": clock,
        "zip": (Cells(3, "−"), Cells(4)),
        "phone": (Cells(4, "−"), Cells(4, "−"), Cells(4)),
        "kana": (Cells(_KANA_CELLS),),
        "number": (Cells(len(str(item.most if item.most is not None else 9999))),),
    }
    return known.get(item.widget, ())


def _eras(lang: str) -> tuple[str, ...]:
    """Every era a date can be written with, the present one first."""
    return tuple(era.name.of(lang) for era in reversed(ERAS))
