"""No tofu: every character of a letter is looked up in the fonts before the letter is frozen.

A name is evidence and is never normalised: 髙 stays 髙 and U+FA19 stays U+FA19. What the fonts cannot print
is refused by name, so that somebody decides (another font, or a different spelling the person agrees to).
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from backend.letters import fonts

_INVISIBLE = frozenset("\n\t\r ")


class MissingGlyph(ValueError):  # noqa: N818 - reads as what it says
    """A character that cannot be printed.

    `character`, `code` (`U+E000`), `name`, `where` (`rows.2.value`), `what`.
    """

    def __init__(self, character: str, where: str) -> None:
        self.character, self.where = character, where
        self.code = " ".join(f"U+{ord(part):04X}" for part in character)
        self.name = " ".join(unicodedata.name(part, _nameless(part)) for part in character)
        self.what = f"「{_visible(character)}」 ({self.code}, {self.name})"
        super().__init__(
            f"{self.what} in {where} cannot be printed: no font of the letters has it; {self.remedy}"
        )

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if unicodedata.category(self.character[0]) == "Co":
            return "it is private to one machine (外字): replace it by the registered character"
        return "install fonts-ipamj-mincho for a name, or agree on another spelling with the person"


def _visible(character: str) -> str:
    hidden = ("Co", "Cn", "Cs", "Cc", "Cf")
    return "".join("〓" if unicodedata.category(part) in hidden else part for part in character)


def _nameless(character: str) -> str:
    kinds = {"Co": "PRIVATE USE", "Cn": "UNASSIGNED", "Cs": "HALF A CHARACTER", "Cc": "CONTROL"}
    return kinds.get(unicodedata.category(character), "UNNAMED")


def require(text: str, where: str) -> None:
    """Every character of the text, and every variant it asks for, can be printed. Raises `MissingGlyph`."""
    can = fonts.coverage(tuple(fonts.require().found.values()))
    previous = ""
    for character in text:
        code = ord(character)
        if code in _SELECTORS:
            if (ord(previous or "\0"), code) not in can.variants:
                raise MissingGlyph(previous + character, where)
        elif code not in can.characters and character not in _INVISIBLE:
            raise MissingGlyph(character, where)
        previous = character


_SELECTORS = frozenset(fonts.VARIATION_SELECTORS)


def require_all(values: Mapping[str, Any]) -> None:
    """Every text in nested plain data can be printed; `where` is the path to it. Raises `MissingGlyph`."""
    for where, text in _texts(values, ""):
        require(text, where)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{index}")
