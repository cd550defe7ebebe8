"""What the window of the envelope shows of a printed letter: as pictures, and as a check of the page itself.

It reads the frozen bytes, not the template: whatever made the page, only the address may ever show, and it
must show wholly wherever the folded sheet has slid to.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from backend.letters.postal import Box, Window

_POINT = 254 / 72  # tenths of a millimetre
_TOLERANCE = 5  # tenths of a millimetre: the bounds of a stroke are told a little too wide
_SCALE = 2.0  # pixels a point: 144 dots an inch


@dataclass(frozen=True, slots=True)
class Seen:
    """What shows with the sheet pushed into one corner and into the opposite one, as PNG `data:` addresses.

    `slides` is how far the sheet may slide (millimetres across and down), `spare` the room still left around
    the address; `cut` and `strange` tell what is wrong.
    """

    first: str
    last: str
    slides: tuple[float, float]
    spare: float
    cut: bool
    strange: bool

    @property
    def ok(self) -> bool:
        return not (self.cut or self.strange)


def look(pdf: bytes, window: Window) -> Seen:
    """What the window shows of the first page of a letter."""
    import pypdfium2  # noqa: PLC0415 - only this looks at a page as printed

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        found = list(_marks(page))
        first, last = _corners(window)
        return Seen(
            _picture(page, first),
            _picture(page, last),
            (window.slack_x / 10, window.slack_y / 10),
            _spare(found, window),
            *_wrong(found, window),
        )
    finally:
        document.close()


def wrong(pdf: bytes, window: Window) -> list[str]:
    """What is wrong with what the window shows, in words for who wrote the letter's template."""
    seen = look(pdf, window)
    told = ["the window does not always show the whole address"] if seen.cut else []
    return told + (["something else than the address can show through the window"] if seen.strange else [])


def _corners(window: Window) -> tuple[Box, Box]:
    """The part of the sheet behind the window, pushed right and down first, then left and up."""
    left, top = window.left + window.shift_x, window.top + window.shift_y
    first = Box(left - window.slack_x, top - window.slack_y, window.width, window.height)
    return first, Box(left, top, window.width, window.height)


def _marks(page: Any) -> Iterator[Box]:
    """Everything printed on the page, each character and each drawn path."""
    height = page.get_height()
    text = page.get_textpage()
    for place in range(text.count_chars()):
        if text.get_text_range(place, 1).strip():
            yield _box(text.get_charbox(place), height)
    for drawn in page.get_objects():
        if drawn.type not in (1, 5):  # text is read above; a form holds what is listed after it
            yield _box(drawn.get_bounds(), height)


def _box(bounds: tuple[float, float, float, float], height: float) -> Box:
    left, bottom, right, top = bounds
    return Box(
        round(left * _POINT),
        round((height - top) * _POINT),
        round((right - left) * _POINT),
        round((top - bottom) * _POINT),
    )


def _wrong(found: list[Box], window: Window) -> tuple[bool, bool]:
    """Whether part of the address may be cut off, and whether something strange may show.

    What stands wholly in the part that always shows is the address. What only sometimes shows is either a
    piece of it that may be cut off, where it reaches into that part, or does not belong there.
    """
    always, ever = window.always_shown, window.ever_shown
    partly = [box for box in found if _meets(box, ever) and not _within(box, always)]
    return any(_meets(box, always) for box in partly), any(not _meets(box, always) for box in partly)


def _spare(found: list[Box], window: Window) -> float:
    """The room between the address and the edge of what always shows, in millimetres; 0 where it is cut."""
    always = window.always_shown
    address = [box for box in found if _within(box, always)]
    if not address:
        return 0.0
    room = min(
        *(box.left - always.left for box in address),
        *(box.top - always.top for box in address),
        *(always.right - box.right for box in address),
        *(always.bottom - box.bottom for box in address),
    )
    return max(room, 0) / 10


def _meets(box: Box, other: Box) -> bool:
    return (
        box.left + _TOLERANCE < other.right
        and other.left + _TOLERANCE < box.right
        and box.top + _TOLERANCE < other.bottom
        and other.top + _TOLERANCE < box.bottom
    )


def _within(box: Box, other: Box) -> bool:
    return (
        box.left >= other.left - _TOLERANCE
        and box.top >= other.top - _TOLERANCE
        and box.right <= other.right + _TOLERANCE
        and box.bottom <= other.bottom + _TOLERANCE
    )


def _picture(page: Any, shown: Box) -> str:
    """That part of the page as a PNG; where the window looks past the sheet it shows white."""
    width, height = page.get_size()
    left, top = max(shown.left, 0) / _POINT, max(shown.top, 0) / _POINT
    crop = (left, height - shown.bottom / _POINT, width - shown.right / _POINT, top)
    image = page.render(scale=_SCALE, crop=crop).to_pil()
    data = BytesIO()
    image.save(data, format="PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(data.getvalue()).decode()}"
