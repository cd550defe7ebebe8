"""Words in the two languages of the office."""

from collections.abc import Iterable
from typing import NamedTuple


class Text(NamedTuple):
    """The same words in Japanese and English."""

    ja: str
    en: str

    def of(self, lang: str) -> str:
        """The words in `lang`; Japanese for any language but English."""
        return self.en if lang.startswith("en") else self.ja

    def filled(self, **values: "Text | str | int") -> "Text":
        """With the {places} filled in; a `Text` gives each language its own words."""
        ja = {name: value.ja if isinstance(value, Text) else value for name, value in values.items()}
        en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
        return Text(self.ja.format(**ja), self.en.format(**en))


def joined(parts: Iterable[str], lang: str) -> str:
    """Several things in one line: a、b in Japanese, a, b in English; there a, b; c where one has a comma."""
    told = list(parts)
    if not lang.startswith("en"):
        return "、".join(told)
    return ("; " if any("," in part for part in told) else ", ").join(told)
