"""Post: what a window shows, and the customer barcode (カスタマバーコード) under an address.

The rules are those of Japan Post's 郵便番号・バーコードマニュアル (zipmanual, pages p12 and p17 to p25).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backend.letters.vector import data_uri

_ZIP = re.compile(r"[0-9]{3}-?[0-9]{4}")
_WIDE = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys("‐‑‒–—―−ー", "-"),
        "　": " ",
    }
)
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}
# A kanji numeral counts as a number only before one of these words (manual p19, supplementary rule 1).
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百千]+(?=丁目|丁|番地|番|号|地割|線|の|ノ)")
_LETTER_RUN = re.compile(r"[A-Z]{2,}")
_ZIP_DIGITS, _NUMBER_LENGTH, _MODULUS = 7, 13, 19


class PostalError(ValueError):
    """A postal code or a barcode part that the post office's rules do not know."""


# --- the window ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper in tenths of a millimetre from the paper's top left corner."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Window:
    """The window of an envelope and how far the folded sheet can slide behind it (tenths of a millimetre).

    `left` and `top` are measured on the envelope lying landscape; `slack_x` and `slack_y` are the room
    between sheet and envelope; `shift_x` and `shift_y` correct what a city measured on its test sheet.
    """

    left: int
    top: int
    width: int
    height: int
    slack_x: int
    slack_y: int
    shift_x: int = 0
    shift_y: int = 0

    @property
    def always_shown(self) -> Box:
        """The part of the sheet that shows wherever the sheet has slid to: the address belongs here."""
        return Box(
            self.left + self.shift_x,
            self.top + self.shift_y,
            self.width - self.slack_x,
            self.height - self.slack_y,
        )

    @property
    def ever_shown(self) -> Box:
        """The part that can show in some position: nothing but the address may stand here."""
        left, top = max(0, self.left - self.slack_x), max(0, self.top - self.slack_y)
        right, bottom = self.left + self.width, self.top + self.height
        return Box(left + self.shift_x, top + self.shift_y, right - left, bottom - top)


# --- the barcode ---------------------------------------------------------------------------------------


def zip_digits(text: str) -> str:
    """The seven digits of a postal code written `100-0013`, `1000013` or full-width. Raises `PostalError`."""
    plain = text.strip().lstrip("〒").strip().translate(_WIDE)
    if not _ZIP.fullmatch(plain):
        raise PostalError("a postal code has seven digits, as in 100-0013")
    return plain.replace("-", "")


def zip_shown(text: str) -> str:
    """A postal code as letters show it: `100-0013`. Raises `PostalError`."""
    digits = zip_digits(text)
    return f"{digits[:3]}-{digits[3:]}"


def address_number(rest: str) -> str:
    """住所表示番号: what the barcode says of the part of an address after the town (manual p19).

    >>> address_number("1丁目3番2号　郵便プラザ503室")
    '1-3-2-503'
    """
    text = rest.translate(_WIDE).upper()
    text = re.sub(r"[&/・･.]", "", text)
    text = _KANJI_NUMBER.sub(lambda found: str(_kanji_value(found.group())), text)
    text = _LETTER_RUN.sub(" ", text)
    text = re.sub(r"(?<=[0-9])F", " ", text)  # a storey, not a name
    text = re.sub(r"[^0-9A-Z]+", "-", text)
    text = re.sub(r"-?([A-Z])-?", r"\1", text)
    return text.strip("-")


def _kanji_value(numeral: str) -> int:
    total, digit = 0, None
    for char in numeral:
        if char in _UNITS:
            total, digit = total + (1 if digit is None else digit) * _UNITS[char], None
        else:
            digit = (digit or 0) * 10 + _DIGITS[char]
    return total + (digit or 0)


def symbols(code: str, number: str) -> list[str]:
    """The 21 symbols between start and stop: postal code, address number filled with CC4, check symbol.

    `number` consists of digits, `-` and capital letters. Raises `PostalError` for anything else.
    """
    body = [symbol for char in number for symbol in _symbols_of(char)][:_NUMBER_LENGTH]
    body += ["CC4"] * (_NUMBER_LENGTH - len(body))
    all_symbols = [*zip_digits(code), *body]
    check = -sum(_value(symbol) for symbol in all_symbols) % _MODULUS
    return [*all_symbols, _of_value(check)]


def _symbols_of(char: str) -> list[str]:
    if (char.isdecimal() and char.isascii()) or char == "-":
        return [char]
    place = ord(char) - ord("A")
    if not 0 <= place < 26:
        raise PostalError(f"a barcode has digits, hyphens and capital letters, not {char!r}")
    return [f"CC{place // 10 + 1}", str(place % 10)]


def _value(symbol: str) -> int:
    if symbol == "-":
        return 10
    return 10 + int(symbol[2]) if symbol.startswith("CC") else int(symbol)


def _of_value(value: int) -> str:
    if value < 10:
        return str(value)
    return "-" if value == 10 else f"CC{value - 10}"


# Bars: 1 long, 2 upper half, 3 lower half, 4 timing (manual p12).
_BARS = {
    "0": "144",
    "1": "114",
    "2": "132",
    "3": "312",
    "4": "123",
    "5": "141",
    "6": "321",
    "7": "213",
    "8": "231",
    "9": "411",
    "-": "414",
    "CC1": "324",
    "CC2": "342",
    "CC3": "234",
    "CC4": "432",
    "CC5": "243",
    "CC6": "423",
    "CC7": "441",
    "CC8": "111",
}
_START, _STOP = "13", "31"
# Tenths of a millimetre at 10 point: 133 and 6 bar widths of 0.6 mm (manual p12).
BARCODE_WIDTH, BARCODE_HEIGHT = 133 * 6, 6 * 6
_SPAN = {"1": (0, 6), "2": (0, 4), "3": (2, 4), "4": (2, 2)}  # top and height in bar widths


def bars(code: str, number: str) -> str:
    """The 67 bars of an address as digits 1 to 4. Raises `PostalError`."""
    return _START + "".join(_BARS[symbol] for symbol in symbols(code, number)) + _STOP


def picture(pattern: str) -> str:
    """A bar pattern as an SVG data address: 133 units wide, 6 high, one unit a bar's width."""
    path = "".join(
        f"M{2 * i}.5 {top}v{height}" for i, bar in enumerate(pattern) for top, height in [_SPAN[bar]]
    )
    return data_uri(path, width=2 * len(pattern) - 1, height=6)


def barcode(code: str, address: str, towns: Mapping[str, str]) -> str:
    """The bars for an address, or nothing where the post office wants none.

    `towns` names the town each postal code of the city stands for. A code that is not listed (a
    representative one, manual p18) or an address that does not name that town gets no barcode: none is
    better than a wrong one.
    """
    digits = zip_digits(code)
    town = towns.get(digits)
    if not town or town not in address:
        return ""
    return bars(digits, address_number(address.split(town, 1)[1]))
