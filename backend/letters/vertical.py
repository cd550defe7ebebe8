"""縦書き for certificates: text as columns of single characters, from right to left.

WeasyPrint knows no vertical writing. Each character stands in a cell of its own, and the font's own `vert`
forms turn and place what vertical writing turns and places, such as commas, brackets and small kana. Cells
carry the characters in reading order, so that the text can be copied and read aloud.
"""

from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backend.letters.fonts import VARIATION_SELECTORS

register = template.Library()

_NOT_FIRST = frozenset("、。，．・：；！？）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々")
_NOT_LAST = frozenset("（「『【〔〈《")
_SELECTORS = frozenset(map(chr, VARIATION_SELECTORS))
PITCH = 1.9  # from column to column, in characters
_SIDE_BY_SIDE = 2  # digits that stand side by side in one cell (縦中横)


@register.filter
def vertical(text: object, length: object) -> SafeString:
    """Columns of at most `length` cells; a mark that may not begin a column hangs below the one before."""
    columns = broken(str(text), int(str(length)))
    drawn = format_html_join(
        "",
        '<div class="column">{}</div>',
        (
            (format_html_join("", '<span class="ch">{}</span>', ((cell,) for cell in column)),)
            for column in columns
        ),
    )
    return format_html(
        '<div class="columns" style="width: {}em">{}</div>', f"{len(columns) * PITCH:.2f}", drawn
    )


def broken(text: str, length: int) -> list[list[str]]:
    """The cells of a text in columns, by the rules for what may begin and end one (禁則)."""
    columns: list[list[str]] = [[]]
    for cell in cells_of(text):
        here = columns[-1]
        if len(here) < length or (cell[0] in _NOT_FIRST and len(here) == length):
            here.append(cell)
            continue
        columns.append([here.pop(), cell] if here[-1][0] in _NOT_LAST else [cell])
    return columns


def cells_of(text: str) -> Iterator[str]:
    """What stands in one cell each: a character with its variation selector, or one or two digits."""
    digits = ""
    waiting = ""
    for character in text:
        if character in _SELECTORS and waiting:
            waiting += character
            continue
        if waiting:
            yield waiting
            waiting = ""
        if character.isascii() and character.isdigit():
            digits += character
            continue
        yield from _digit_cells(digits)
        digits, waiting = "", character
    if waiting:
        yield waiting
    yield from _digit_cells(digits)


def _digit_cells(digits: str) -> Iterator[str]:
    """One or two digits side by side; more of them one below the other, full-width."""
    if len(digits) <= _SIDE_BY_SIDE:
        yield from [digits] if digits else []
    else:
        yield from (chr(ord(digit) + 0xFEE0) for digit in digits)
