"""Tables as files for spreadsheets: CSV in UTF-8 or CP932, Excel. No cell of them is ever a formula.

CP932 (what Excel on a Japanese Windows writes) lacks characters that names are written with, and turns some
others into look-alikes. Nothing is replaced in silence: every character that does not come through is told.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

Table = Sequence[Sequence[str]]

_RISKY = tuple("=+-@\t\r＝＋－＠")  # what a spreadsheet would take for a formula
_MISSING = "〓"
_VARIANTS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))


@dataclass(frozen=True, slots=True)
class Loss:
    """A character that CP932 cannot carry: in which line and column (from 1), and what is written instead."""

    line: int
    column: int
    character: str
    written: str

    @property
    def code(self) -> str:
        return " ".join(f"U+{ord(part):04X}" for part in self.character)


def csv_utf8(lines: Table) -> bytes:
    """With a byte order mark, by which spreadsheets know the encoding."""
    return b"\xef\xbb\xbf" + _csv(lines).encode()


def csv_cp932(lines: Table) -> tuple[bytes, list[Loss]]:
    """The table for programs that read CP932 only, and every character that is not in it as it was."""
    losses: list[Loss] = []
    carried = []
    for number, line in enumerate(lines, start=1):
        row = []
        for column, cell in enumerate(line, start=1):
            parts = list(_carried(cell))
            row.append("".join(written for _character, written in parts))
            losses += [Loss(number, column, char, new) for char, new in parts if char != new]
        carried.append(row)
    return _csv(carried).encode("cp932"), losses


def _carried(text: str) -> Iterator[tuple[str, str]]:
    """Each character with what CP932 makes of it; a variant (IVS) counts with the character it varies."""
    place = 0
    while place < len(text):
        char, variant = text[place], text[place + 1 : place + 2]
        place += 1
        if variant and ord(variant) in _VARIANTS:
            place += 1
            yield char + variant, _one(char)
        else:
            yield char, _one(char)


def _one(char: str) -> str:
    try:
        return char.encode("cp932").decode("cp932")
    except UnicodeEncodeError:
        return _MISSING


def _csv(lines: Table) -> str:
    out = StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in line] for line in lines)
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def excel(title: str, lines: Table) -> bytes:
    """An Excel workbook of one sheet whose cells are all text, the first line frozen."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for line in lines:
        cells = []
        for text in line:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(_MISSING, text))
            cell.data_type, cell.number_format = "s", "@"  # `=1+1` is a name here, not a sum
            cells.append(cell)
        sheet.append(cells)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
