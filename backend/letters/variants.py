"""異体字: a character with its variation selector (IVS) is set in a font that has that very variant.

The first font that holds the bare character would print it, and leave the selector out without a word:
another person's name. So every such pair is put into an element of its own, in the font of names.
"""

import re
from functools import lru_cache
from pathlib import Path

from backend.letters import fonts

STYLE = '.variant { font-family: "Letter Names" }'
_PAIR = re.compile("([^\ufe00-\ufe0f\U000e0100-\U000e01ef])([\ufe00-\ufe0f\U000e0100-\U000e01ef])")
_TEXT = re.compile(r"(<title>.*?</title>|<[^>]*>)", re.DOTALL)


def marked(html: str) -> str:
    """The page with each variant in its own font; titles and attributes stay as they are."""
    if not _PAIR.search(html):
        return html
    own = _of_names(tuple(fonts.require().found.items()))
    parts = _TEXT.split(html)
    parts[::2] = [_PAIR.sub(lambda found: _one(found, own), text) for text in parts[::2]]
    return "".join(parts)


def _one(found: re.Match[str], own: frozenset[tuple[int, int]]) -> str:
    pair = found.group()
    return f'<span class="variant">{pair}</span>' if (ord(found[1]), ord(found[2])) in own else pair


@lru_cache(maxsize=2)
def _of_names(found: tuple[tuple[str, Path], ...]) -> frozenset[tuple[int, int]]:
    """The variants that the font of names has."""
    paths = tuple(path for name, path in found if name == "Letter Names")
    return fonts.coverage(paths).variants if paths else frozenset()
