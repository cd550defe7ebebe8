"""A letter's HTML read once: as the tree WeasyPrint lays out, and as the text that will be visible.

WeasyPrint reads any HTML there is, in six milliseconds a letter. A letter's template is ours and well nested,
which one pass over it finds out; what is not is left to WeasyPrint.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

_VOID = frozenset({"meta", "img", "br", "wbr", "hr", "col"})
_HIDDEN = frozenset({"style", "script"})
# What ends a paragraph left open (HTML, "optional tags"): such a page means another tree than its tags say.
_ENDS_A_PARAGRAPH = frozenset(
    {"address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre"}
    | {"section", "table", "ul"}
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read: `text` is what can be seen, `root` the tree, or None where tags are not well nested."""

    text: str
    root: Element | None


def read(html: str) -> Page:
    """Read a page of a letter."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page("".join(reader.parts), reader.root())


class _Reader(HTMLParser):
    """Collects the visible text, and builds the tree as long as every tag is closed by its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._tree = TreeBuilder()
        self._open: list[str] = []
        self._hidden = False
        self._nested = True
        self._whole = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in _HIDDEN
        if self._whole or (tag in _ENDS_A_PARAGRAPH and "p" in self._open):
            self._nested = False
        if not self._nested:
            return
        self._tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self._tree.end(tag)
        else:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:  # HTML knows no such thing: the element stays open
            self._nested = False

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False
        if self._nested and self._open and self._open[-1] == tag:
            self._open.pop()
            self._tree.end(tag)
            self._whole = not self._open
        else:
            self._nested = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
        if self._nested and self._open:
            self._tree.data(data)

    def root(self) -> Element | None:
        """The tree, where the tags were those of one `html` element with a head and a body."""
        if not (self._nested and self._whole):
            return None
        tree = self._tree.close()
        return tree if tree.tag == "html" and [part.tag for part in tree] == ["head", "body"] else None
