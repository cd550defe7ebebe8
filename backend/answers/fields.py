"""One question of a form: what it asks, how it is drawn, what it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backend.answers.text import Text

Widget = Literal[
    "text", "textarea", "radios", "select", "checkboxes", "yesno", "date", "datetime", "time", "number",
    "phone", "zip", "kana", "email", "rows", "member", "organisation", "area",
]  # fmt: skip
DEFAULT_CATEGORY = "consultation"
MOST_RADIOS = 6

_BY_FORMAT: Mapping[str, Widget] = {
    "date": "date",
    "date-time": "datetime",
    "clock": "time",
    "phone": "phone",
    "zip": "zip",
    "kana": "kana",
    "email": "email",
}
YES, NO = Text("はい", "Yes"), Text("いいえ", "No")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: the code that is stored and the words that are shown."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    `category` is the data category (DOMAIN: data_category) that policies decide by. `anchor` names the
    question under which a conditional one is drawn ("" for one that is always asked); `decides` tells that
    its answer changes what else is asked. `columns` are the questions of one row, for a list of rows.
    """

    name: str
    label: Text
    help: Text | None
    category: str
    widget: Widget
    format: str = ""
    choices: tuple[Choice, ...] = ()
    columns: tuple["Field", ...] = ()
    least_length: int = 0
    most_length: int | None = None
    least: int | None = None
    most: int | None = None
    fewest: int = 0
    most_items: int | None = None
    kana_of: str = ""
    prefill: str = ""
    required: bool = False
    anchor: str = ""
    decides: bool = False

    def column(self, name: str) -> "Field | None":
        """The question of that name in a row."""
        return next((column for column in self.columns if column.name == name), None)

    def choice(self, code: object) -> Choice | None:
        """The choice of that code."""
        return next((choice for choice in self.choices if choice.code == code), None)


def field_of(name: str, schema: Mapping[str, Any], *, required: bool = False) -> Field:
    """The question a declared property asks. `schema` is one that form.schema.json accepts."""
    items = schema.get("items", {})
    coded = schema if "enum" in schema else items
    columns = tuple(
        field_of(column, part, required=column in items["required"]) for column, part in _in_order(items)
    )
    return Field(
        name=name,
        label=Text(schema["title"], schema["x-label-en"]),
        help=Text(schema["x-help"], schema["x-help-en"]) if "x-help" in schema else None,
        category=schema["x-category"],
        widget=_widget(schema),
        format=schema.get("format", ""),
        choices=tuple(
            Choice(code, Text(coded["x-enum-ja"].get(code, code), coded["x-enum-en"].get(code, code)))
            for code in coded.get("enum", ())
        ),
        columns=columns,
        least_length=schema.get("minLength", 0),
        most_length=schema.get("maxLength"),
        least=schema.get("minimum"),
        most=schema.get("maximum"),
        fewest=schema.get("minItems", 0),
        most_items=schema.get("maxItems"),
        kana_of=schema.get("x-kana-of", ""),
        prefill=schema.get("x-prefill", ""),
        required=required,
    )


def _in_order(items: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The columns of a row as they are asked; canonical JSON has sorted the properties."""
    columns = items.get("properties", {})
    return [(name, columns[name]) for name in items.get("x-order", columns)]


def _widget(schema: Mapping[str, Any]) -> Widget:
    given: Widget | None = schema.get("x-widget")
    if given:
        return given
    if schema.get("type") == "array":
        return "rows" if schema["items"].get("type") == "object" else "checkboxes"
    if "enum" in schema:
        return "radios" if len(schema["enum"]) <= MOST_RADIOS else "select"
    if schema["type"] == "boolean":
        return "yesno"
    if schema["type"] == "integer":
        return "number"
    return _BY_FORMAT.get(schema.get("format", ""), "text")
