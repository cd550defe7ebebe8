"""A form with its answers as the boxes, labels and errors a template draws."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from backend.answers.display import Choices, value_text
from backend.answers.eras import JST, DateNotRead, era_date, parse_date, reading
from backend.answers.fields import NO, YES, Field
from backend.answers.form import Form
from backend.answers.post import MOST_ROWS, moment_apart
from backend.answers.problems import Path, Problem


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    id: str
    code: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Hidden:
    """An answer carried along unseen."""

    name: str
    value: str


@dataclass(frozen=True)
class Unused:
    """An answer to a question that no longer applies: kept until the form is sent, and listed."""

    label: str
    text: str
    inputs: list[Hidden]


@dataclass
class Drawn:
    """One question as it is drawn."""

    field: Field
    id: str
    name: str
    label: str
    help: str = ""
    hint: str = ""
    reading: str = ""
    required: bool = False
    errors: list[str] = dataclasses.field(default_factory=list)
    value: str = ""
    clock: str = ""
    options: list[Option] = dataclasses.field(default_factory=list)
    rows: list["Row"] = dataclasses.field(default_factory=list)
    more_rows: bool = False
    kana_of: str = ""
    part: list["Drawn"] | None = None

    @property
    def template(self) -> str:
        """The template of its widget; people and places are a list when their names are known."""
        widget = self.field.widget
        if widget in ("radios", "yesno", "checkboxes"):
            return "answers/widgets/choices.html"
        if widget in ("member", "organisation", "area"):
            widget = "select" if self.options else "text"
        if widget in ("select", "textarea", "datetime", "rows"):
            return f"answers/widgets/{widget}.html"
        return "answers/widgets/text.html"

    @property
    def grouped(self) -> bool:
        """Whether it has several controls under one legend."""
        return self.template not in (
            "answers/widgets/text.html",
            "answers/widgets/select.html",
            "answers/widgets/textarea.html",
        )

    @property
    def described_by(self) -> str:
        """The ids of what a screen reader reads after the label: help, hint, reading, error."""
        parts = (("help", self.help), ("hint", self.hint), ("reading", self.reading), ("error", self.errors))
        return " ".join(f"{self.id}-{name}" for name, there in parts if there)

    @property
    def shown(self) -> int:
        """How many questions stand in its part, those of parts within included."""
        return len(self.part or ()) + sum(item.shown for item in self.part or ())


@dataclass
class Row:
    """One row of a list."""

    number: int
    items: list[Drawn]


class Drawing:
    """Draws the questions of one form that apply, in order, each with those that hang on it."""

    def __init__(
        self,
        form: Form,
        answers: Mapping[str, Any],
        problems: Sequence[Problem] = (),
        *,
        lang: str = "ja",
        prefix: str = "",
        choices: Choices | None = None,
        rows: Mapping[str, int] | None = None,
        today: date | None = None,
        live: frozenset[str] | None = None,
    ) -> None:
        applicable = form.applicable(answers)
        self.form, self.answers, self.lang, self.prefix = form, answers, lang, prefix
        self.live = form.live(applicable) if live is None else live
        self.required = form.required(applicable)
        self.choices, self.rows_shown = choices or {}, rows or {}
        self.today = today or datetime.now(JST).date()
        self.problems = tuple(problems)
        self.told = {
            problem.path: problem.ja if lang == "ja" else problem.en for problem in reversed(problems)
        }
        self.anchors = {item.anchor for item in form.fields if item.anchor}

    def questions(self, anchor: str = "") -> list[Drawn]:
        """The questions that apply and hang directly on `anchor`."""
        return [
            self._question(item)
            for item in self.form.fields
            if item.anchor == anchor and item.name in self.live
        ]

    def unused(self) -> list[Unused]:
        """The answers whose questions do not apply."""
        return [
            Unused(
                item.label.of(self.lang),
                value_text(item, self.answers[item.name], self.lang, self.choices),
                list(_inputs(item, self.answers[item.name], self.prefix + item.name)),
            )
            for item in self.form.fields
            if item.name in self.answers and item.name not in self.live
        ]

    def links(self) -> list[tuple[str, str]]:
        """The error summary: the id of each problem's control ("" where none is drawn), and its words."""
        return [(self._target(problem.path), self.told[problem.path]) for problem in self.problems]

    def _question(self, item: Field) -> Drawn:
        errors = self._errors((item.name,), item)
        value = self.answers.get(item.name)
        drawn = self._drawn(item, item.name, value, errors, required=item.name in self.required)
        if item.name in self.anchors:
            drawn.part = self.questions(item.name)
        return drawn

    def _drawn(self, item: Field, name: str, value: Any, errors: list[str], *, required: bool) -> Drawn:
        drawn = Drawn(
            field=item,
            id=f"f-{self.prefix}{name}",
            name=self.prefix + name,
            label=item.label.of(self.lang),
            help=item.help.of(self.lang) if item.help else "",
            hint=_hint(item),
            required=required,
            errors=errors,
            kana_of=f"f-{self.prefix}{item.kana_of}" if item.kana_of else "",
        )
        if item.widget == "rows":
            self._draw_rows(drawn, name, value if isinstance(value, list) else [])
        elif item.widget == "datetime":
            drawn.value, drawn.clock, drawn.reading = self._moment(value)
        elif item.widget == "date":
            drawn.value, drawn.reading = self._day(value, birth=item.prefill == "person.birth_date")
        elif value is not None and not isinstance(value, bool | list | dict):
            drawn.value = str(value)
        drawn.options = self._options(drawn, value)
        return drawn

    def _draw_rows(self, drawn: Drawn, name: str, rows: list[Any]) -> None:
        item = drawn.field
        most = max(item.most_items or MOST_ROWS, len(rows))
        count = min(max(self.rows_shown.get(item.name, 0), len(rows) + 1, item.fewest), most)
        drawn.more_rows = count < most
        for number in range(count):
            row = rows[number] if number < len(rows) and isinstance(rows[number], dict) else {}
            needed = bool(row) or (number == 0 and drawn.required)
            cells = [
                self._drawn(
                    column,
                    f"{name}-{number}-{column.name}",
                    row.get(column.name),
                    self._errors((item.name, number, column.name), column),
                    required=needed and column.required,
                )
                for column in item.columns
            ]
            drawn.rows.append(Row(number + 1, cells))

    def _options(self, drawn: Drawn, value: Any) -> list[Option]:
        item = drawn.field
        pairs = [(choice.code, choice.label.of(self.lang)) for choice in item.choices]
        if item.widget == "yesno":
            pairs = [("true", YES.of(self.lang)), ("false", NO.of(self.lang))]
            value = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
        elif item.widget in self.choices:
            pairs = list(self.choices[item.widget])
            if isinstance(value, str) and value not in dict(pairs):
                pairs.append((value, value))
        chosen = value if isinstance(value, list) else [value]
        return [
            Option(drawn.id if number == 0 else f"{drawn.id}-{number}", code, label, code in chosen)
            for number, (code, label) in enumerate(pairs)
        ]

    def _day(self, value: Any, *, birth: bool) -> tuple[str, str]:
        """What stands in the box and how it is read."""
        if not isinstance(value, str):
            return "" if value is None else str(value), ""
        try:
            day = parse_date(value)
        except DateNotRead:
            return value, ""
        born_before = self.today if birth else None
        return era_date(day, self.lang), reading(day, self.lang, born_before=born_before)

    def _moment(self, value: Any) -> tuple[str, str, str]:
        if not isinstance(value, str):
            return "" if value is None else str(value), "", ""
        try:
            here = datetime.fromisoformat(value).astimezone(JST)
        except (ValueError, OverflowError):
            day, clock = moment_apart(value)
            return self._day(day, birth=False)[0], clock, ""
        box, read = self._day(here.date().isoformat(), birth=False)
        return box, f"{here.hour}:{here.minute:02d}", read

    def _errors(self, path: Path, item: Field) -> list[str]:
        """The problems of a question; those of one ticked box or of a whole row belong to it as well."""
        return [
            told
            for place, told in self.told.items()
            if place == path
            or (place[: len(path)] == path and len(place) == len(path) + 1 and isinstance(place[-1], int))
        ]

    def _target(self, path: Path) -> str:
        if not path or path[0] not in self.live:
            return ""
        item = self.form.by_name[str(path[0])]
        if item.columns and len(path) > 2 and item.column(str(path[2])):
            return f"f-{self.prefix}" + "-".join(map(str, path[:3]))
        return f"f-{self.prefix}{path[0]}"


def _hint(item: Field) -> str:
    """Support text that the type itself gives."""
    hints = {
        "date": _("For example 2026-11-24 or R8.11.24"),
        "datetime": _("For example 2026-11-24 and 9:42"),
        "time": _("For example 9:42"),
        "zip": _("7 digits, for example 750-0001"),
        "phone": _("With area code, for example 083-200-0101"),
        "kana": _("Hiragana or katakana"),
        "checkboxes": _("Choose all that apply"),
    }
    if item.widget == "textarea" and item.most_length:
        return _("Up to {count} characters").format(count=f"{item.most_length:,}")
    return hints.get(item.widget, "")


def _inputs(item: Field, value: Any, name: str) -> Iterable[Hidden]:
    """The hidden inputs that read_all reads back as the same answer."""
    if isinstance(value, list):
        for number, part in enumerate(value):
            if isinstance(part, dict):
                for column in item.columns:
                    if column.name in part:
                        yield from _inputs(column, part[column.name], f"{name}-{number}-{column.name}")
            else:
                yield Hidden(name, str(part))
    elif isinstance(value, bool):
        yield Hidden(name, "true" if value else "false")
    else:
        yield Hidden(name, str(value))
