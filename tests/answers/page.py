"""HTML as a test looks at it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

VOID = {"input", "br", "meta", "hr", "img"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    words: str = ""

    def all(self, *tags: str) -> list["Element"]:
        """The elements inside with one of these tags, or all."""
        return [found for found in self._inside() if not tags or found.tag in tags]

    def by_id(self, name: str) -> "Element":
        (found,) = [found for found in self._inside() if found.attributes.get("id") == name]
        return found

    def of_class(self, name: str) -> list["Element"]:
        return [found for found in self._inside() if name in found.attributes.get("class", "").split()]

    @property
    def text(self) -> str:
        return (self.words + "".join(child.text for child in self.children)).strip()

    def _inside(self) -> Iterator["Element"]:
        for child in self.children:
            yield child
            yield from child._inside()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].words += data


def page(html: str) -> Element:
    """The parsed HTML; every element must be closed by its own tag, no attribute may stand twice."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def sent_back(html: str) -> dict[str, list[str]]:
    """What a browser would send for this HTML."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        kind, chosen = _attribute(tag, "type"), " checked" in tag
        if kind not in ("radio", "checkbox") or chosen:
            found.setdefault(_attribute(tag, "name"), []).append(_attribute(tag, "value"))
    for name, inside in re.findall(
        r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL
    ):
        found.setdefault(name, []).append(unescape(inside))
    for name, inside in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        for value in re.findall(r'<option value="([^"]*)" selected>', inside):
            found.setdefault(name, []).append(unescape(value))
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
