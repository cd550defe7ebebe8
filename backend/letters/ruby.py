"""Readings over characters: of names from what is registered, of words from the office's own list.

A machine would read some wrongly, so nothing is guessed: a name without a registered reading, and characters
that no word of `forms/papers/ruby.yaml` covers, stay without one. The longest word wins.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from typing import Literal

from backend.definitions.source import read_yaml, roots

FILE = "forms/papers/ruby.yaml"
STYLE = (
    ".rb { display: inline-block; text-align: center; line-height: 1; vertical-align: baseline; "
    "text-indent: 0 } .rb .rt { display: block; font-size: 0.45em; line-height: 1.1; white-space: nowrap }"
)
Mode = Literal["", "names", "all"]
_ORDER: tuple[Mode, ...] = ("", "names", "all")
_VOID = frozenset({"meta", "img", "br"})
# Not read out: what only a machine of the post office reads, and what a page marks.
_PLAIN = frozenset({"data-plain", "data-window"})
_SPACE = re.compile("[ \u3000]+")
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


@lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """Every word with its reading; an overlay adds words and replaces readings."""
    found: dict[str, str] = {}
    for root in roots():
        path = root / FILE
        if path.is_file():
            found |= {str(word): str(reading) for word, reading in read_yaml(path, FILE).value.items()}
    return found


def most(*modes: str) -> Mode:
    """The mode that shows most of those."""
    return max((mode for mode in _ORDER if mode in modes), key=_ORDER.index, default="")


def with_ruby(html: str, *, names: Mapping[str, str] | None = None, mode: Mode = "all") -> str:
    """The same page with readings, in all text but the title and what is marked as plain.

    `names` are whole names with their kana; a part of a name alone is left as it is.
    """
    if mode == "":
        return html
    reader = _Reader(_Readings(names or {}, words() if mode == "all" else {}))
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


class _Readings:
    """What has a reading, and how it is marked."""

    def __init__(self, names: Mapping[str, str], of_words: Mapping[str, str]) -> None:
        self._words = of_words
        self._names: list[list[tuple[str, str]]] = []
        patterns = []
        for name, kana in names.items():
            if parts := _parts(name, kana):
                self._names.append(parts)
                pattern = "[ \u3000]*".join(re.escape(part) for part, _reading in parts)
                patterns.append(f"(?P<n{len(self._names) - 1}>{pattern})")
        patterns += [re.escape(word) for word in sorted(of_words, key=len, reverse=True)]
        self._pattern = re.compile("|".join(patterns) or "(?!)")

    def over(self, text: str) -> str:
        return self._pattern.sub(self._marked, text)

    def _marked(self, found: re.Match[str]) -> str:
        text = found.group()
        if not (found.lastgroup or "").startswith("n"):
            return _ruby(text, self._words[text])
        parts = self._names[int((found.lastgroup or "n0")[1:])]
        spaces = [*_SPACE.findall(text), ""] if len(parts) > 1 else [""]
        marked = zip(parts, [*spaces, *[""] * len(parts)], strict=False)
        return "".join(_ruby(part, reading) + space for (part, reading), space in marked)


def _parts(name: str, kana: str) -> list[tuple[str, str]]:
    """The parts of a name with their readings; whole where they do not match, none without a reading."""
    reading = kana.strip().translate(_KATAKANA)
    if not name.strip() or not reading:
        return []
    ours, theirs = _SPACE.split(name.strip()), _SPACE.split(reading)
    if len(ours) != len(theirs):
        return [(name.strip(), reading)]
    return list(zip(ours, theirs, strict=True))


def _ruby(text: str, reading: str) -> str:
    """Characters with their reading; kana need none."""
    if text.translate(_KATAKANA) == reading:
        return text
    return f'<span class="rb"><span class="rt">{escape(reading)}</span>{text}</span>'


class _Reader(HTMLParser):
    """Writes the page out again as it was read, texts with their readings."""

    def __init__(self, readings: _Readings) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._readings = readings
        self._plain: list[bool] = [False]

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")
        if tag not in _VOID:
            marked = any(name in _PLAIN for name, _value in attrs)
            self._plain.append(self._plain[-1] or tag in ("title", "style") or marked)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        self._plain.pop()

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self._plain[-1] else self._readings.over(data))
