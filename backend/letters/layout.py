"""Does everything stay in its place? Reads WeasyPrint's boxes before the PDF is written.

Three marks in a template say what must hold: `data-keep` on an element of fixed size (its text must end
inside), `data-window` on the address block, and every page's text within the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MM = 96 / 25.4  # CSS pixels
_TOLERANCE = 0.6  # pixels; rounding of line heights


@dataclass(frozen=True, slots=True)
class Overflow:
    """Text that runs out of its place on a page."""

    page: int
    message: str
    window: bool = False  # what the window of the envelope shows is too long

    def __str__(self) -> str:
        return f"page {self.page}: {self.message}"


@dataclass(frozen=True, slots=True)
class Extent:
    """A rectangle on the sheet in millimetres from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def within(self, other: "Extent", slack: float = _TOLERANCE / MM) -> bool:
        return (
            self.left >= other.left - slack
            and self.top >= other.top - slack
            and self.right <= other.right + slack
            and self.bottom <= other.bottom + slack
        )

    def meets(self, other: "Extent") -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


# Papers by their sides in millimetres; letters are upright.
_PAPERS = {(210, 297): "A4", (148, 210): "A5", (100, 148): "postcard"}


def paper_of(document: Any) -> str:
    """The paper a document is printed on: a name, or its sides, as `200x250`."""
    box = document.pages[0]._page_box
    sides = round(box.margin_width() / MM), round(box.margin_height() / MM)
    return _PAPERS.get(sides, f"{sides[0]}x{sides[1]}")


def check_layout(document: Any) -> list[Overflow]:
    """Every place that text runs out of: the sheet, and each element that must keep its text.

    The text itself is not quoted: a message may end in a log.
    """
    found = []
    for number, page in enumerate(document.pages, start=1):
        box = page._page_box
        sheet = Extent(0, 0, box.margin_width() / MM, box.margin_height() / MM)
        if not _all_within(box, sheet):
            found.append(Overflow(number, "text leaves the sheet"))
        for keeper in _marked(box, "data-keep"):
            if not _all_within(keeper, extent_of(keeper)):
                place = keeper.element.get("data-keep")
                in_window = place.startswith("the window")
                found.append(Overflow(number, f"text does not fit into {place}", in_window))
    return found


def _all_within(box: Any, place: Extent) -> bool:
    return all(extent.within(place) for _text, extent in _texts(box))


def texts(document: Any, page: int = 1, mark: str | None = None) -> list[tuple[str, Extent]]:
    """The printed texts of a page with their places, of the elements with this mark only if one is given."""
    box = document.pages[page - 1]._page_box
    if mark is None:
        return list(_texts(box))
    return [found for keeper in _marked(box, mark) for found in _texts(keeper)]


def extent_of(box: Any) -> Extent:
    """The border box of a WeasyPrint box."""
    left, top = box.border_box_x(), box.border_box_y()
    return Extent(left / MM, top / MM, (left + box.border_width()) / MM, (top + box.border_height()) / MM)


def _marked(box: Any, mark: str, inside: Any = None) -> Iterator[Any]:
    """The boxes of the elements that carry a mark; of the several boxes of one element, the outermost."""
    element = getattr(box, "element", None)
    carries = element is not None and hasattr(element, "get") and element.get(mark) is not None
    if carries and element is not inside and hasattr(box, "children"):
        yield box
        inside = element
    for child in getattr(box, "children", ()):
        yield from _marked(child, mark, inside)


def _texts(box: Any) -> Iterator[tuple[str, Extent]]:
    """Text boxes and pictures, in order."""
    for inner in [box, *(box.descendants(placeholders=True) if hasattr(box, "descendants") else ())]:
        text = getattr(inner, "text", None)
        if text and text.strip():
            left, top = inner.position_x, inner.position_y
            yield text, Extent(left / MM, top / MM, (left + inner.width) / MM, (top + inner.height) / MM)
        elif hasattr(inner, "replacement") and inner.width and inner.height:
            yield "picture", extent_of(inner)
