"""What addresses are printed on beside letters: envelopes, label sheets, and the test sheet of a window.

`forms/letters/house/stock.yaml` holds the measures; an overlay's file replaces the shipped one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import conform
from backend.definitions.source import read_yaml, roots
from backend.letters import postal, render
from backend.letters.frame import address_lines
from backend.letters.honorifics import name_lines
from backend.letters.postal import Box, Window

FILE = "forms/letters/house/stock.yaml"
_SCHEMA = Path(__file__).parent / "schemas" / "stock.json"
_SMALLER_FROM = 24  # characters of an address line that need smaller type


@dataclass(frozen=True, slots=True)
class Stock:
    """Envelopes and label sheets by name, in tenths of a millimetre."""

    envelopes: Mapping[str, Mapping[str, Any]]
    labels: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Addressed:
    """One address as it is printed."""

    zip: str
    address: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def digits(self) -> str:
        return self.zip.replace("-", "")

    @property
    def small(self) -> bool:
        return any(len(line) > _SMALLER_FROM for line in (*self.address, *self.names))


def load() -> tuple[Stock | None, list[Finding]]:
    """The stock in use, and everything wrong with its file."""
    path = [found for root in roots() if (found := root / FILE).is_file()][-1]
    try:
        located = read_yaml(path, FILE)
    except DefinitionError as error:
        return None, list(error.findings)
    findings = conform(located, _SCHEMA)
    return (None, findings) if findings else (Stock(**located.value), [])


def addressed(rows: Iterable[Mapping[str, str]]) -> list[Addressed]:
    """Addresses from rows with zip, address, name, organisation, post, care_of. Raises `ValueError`.

    The message names the row, never what stands in it.
    """
    found = []
    for number, row in enumerate(rows, start=1):
        try:
            shown = postal.zip_shown(row.get("zip") or "")
            found.append(
                Addressed(shown, tuple(address_lines(row.get("address") or "")), tuple(name_lines(row)))
            )
        except ValueError as error:
            raise ValueError(f"row {number}: {error}") from None
    return found


def envelopes(kind: Mapping[str, Any], addresses: Iterable[Addressed]) -> bytes:
    """One page of the envelope's size for each address. Raises `MissingGlyph`, `FontsMissing`."""
    measures = {name: _mm(value) for name, value in kind.items() if name != "title"}
    return _printed("envelopes", {"kind": measures, "addresses": list(addresses)})


def labels(kind: Mapping[str, Any], addresses: Iterable[Addressed], skip: int = 0) -> bytes:
    """Sheets of labels; `skip` leaves the first places of a sheet begun before. Raises as `envelopes`."""
    size = kind["columns"] * kind["rows"]
    cells = [None] * (skip % size) + list(addresses)
    sheets = [
        [_label(kind, place, one) for place, one in enumerate(cells[start : start + size]) if one is not None]
        for start in range(0, len(cells), size)
    ]
    measures = {"width": _mm(kind["width"]), "height": _mm(kind["height"])}
    return _printed("labels", {"kind": measures, "sheets": sheets})


def calibration(name: str, window: Window) -> bytes:
    """The test sheet of a window: fold it, put it in, read off where the window really is."""
    shown = {
        "name": name,
        "always": _rectangle(window.always_shown),
        "ever": _rectangle(window.ever_shown),
        "across": [(_mm(place * 10), place) for place in range(0, 210, 5)],
        "down": [(_mm(place * 10), place) for place in range(0, 99, 5)],
        "window": window,
        "left": window.left + window.shift_x,
        "top": window.top + window.shift_y,
    }
    return _printed("calibration", shown)


def _label(kind: Mapping[str, Any], place: int, one: Addressed) -> dict[str, Any]:
    row, column = divmod(place, kind["columns"])
    left = kind["left"] + column * kind["pitch_x"]
    return {"left": _mm(left), "top": _mm(kind["top"] + row * kind["pitch_y"]), "to": one}


def _rectangle(box: Box) -> dict[str, str]:
    return {name: _mm(getattr(box, name)) for name in ("left", "top", "width", "height")}


def _mm(tenths: int) -> str:
    return f"{tenths / 10:.1f}mm"


def _printed(name: str, shown: Mapping[str, Any]) -> bytes:
    html = render_to_string(f"letters/{name}.html", dict(shown))
    style = (Path(__file__).parent / "stock.css").read_text(encoding="utf-8")
    return render.sheet(html, style)
