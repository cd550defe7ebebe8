"""CSV as a spreadsheet opens it: with a byte order mark, and no cell that could be taken for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_RISKY = tuple("=+-@\t\r＝＋－＠")
_MARK = b"\xef\xbb\xbf"


def written(lines: Iterable[Sequence[str]]) -> bytes:
    """The lines as UTF-8; a cell that could be a formula begins with an apostrophe."""
    text = StringIO(newline="")
    csv.writer(text).writerows(
        [f"'{cell}" if cell.startswith(_RISKY) else cell for cell in line] for line in lines
    )
    return _MARK + text.getvalue().encode()
