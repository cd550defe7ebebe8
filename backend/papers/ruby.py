"""Readings over characters, from the office's own list of words: a machine would read some wrongly.

`forms/papers/ruby.yaml` names each word of the forms with its reading; the longest word wins. Characters
that no word covers stay without a reading.
"""

import re
from functools import lru_cache
from html.parser import HTMLParser

from backend.definitions.source import read_yaml, roots

FILE = "forms/papers/ruby.yaml"
_VOID = frozenset({"meta", "img", "br"})


@lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """Every word with its reading; an overlay adds words and replaces readings."""
    found: dict[str, str] = {}
    for root in roots():
        path = root / FILE
        if path.is_file():
            found |= {str(word): str(reading) for word, reading in read_yaml(path, FILE).value.items()}
    return found


def with_ruby(html: str) -> str:
    """The same page with readings over the words of the list, in all text but that marked `data-plain`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    ordered = sorted(words(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)) or "(?!)")


class _Reader(HTMLParser):
    """Writes the page out again as it was read, texts with their readings."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._plain: list[bool] = [False]

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")
        if tag not in _VOID:
            plain = self._plain[-1] or tag == "title" or any(name == "data-plain" for name, _value in attrs)
            self._plain.append(plain)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        self._plain.pop()

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self._plain[-1] else _pattern().sub(_marked, data))


def _marked(found: re.Match[str]) -> str:
    word = found.group()
    return f'<span class="rb"><span class="rt">{words()[word]}</span>{word}</span>'
