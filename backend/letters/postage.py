"""What a letter weighs and costs, by the office's own figures (forms/letters/house/post.yaml)."""

from collections.abc import Sequence
from dataclasses import dataclass

TOO_HEAVY = ("窓口で計量", "weighed at the counter")


@dataclass(frozen=True, slots=True)
class WeightClass:
    """A class of the post office. `yen` is None for what is weighed at the counter."""

    name: str
    name_en: str
    up_to: int  # tenths of a gram
    yen: int | None

    def called(self, lang: str) -> str:
        """What it is called in this language."""
        return self.name_en if lang == "en" else self.name


@dataclass(frozen=True, slots=True)
class Postage:
    """The office's paper and envelopes, the classes of the post, and how letters are printed."""

    sheet: int  # tenths of a gram
    envelope: int
    classes: Sequence[WeightClass]
    sides: int
    most_sheets: int

    def sheets(self, pages: int) -> int:
        """How many sheets of paper a letter of so many pages is."""
        return -(-pages // self.sides)

    def class_of(self, pages: int) -> WeightClass:
        """The class a letter of so many pages travels in."""
        weight = self.envelope + self.sheets(pages) * self.sheet
        counter = WeightClass(*TOO_HEAVY, weight, None)
        return next((one for one in self.classes if weight <= one.up_to), counter)

    def called(self, name: str, lang: str) -> str:
        """A class a file was made for, in this language; by its own name where the office has it no more."""
        known = (*self.classes, WeightClass(*TOO_HEAVY, 0, None))
        return next((one.called(lang) for one in known if one.name == name), name)
