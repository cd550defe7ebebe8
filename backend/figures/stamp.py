"""The round date stamp (決裁の日付印) of a decision: who, what, when, as it is drawn and as it is read."""

from dataclasses import dataclass
from datetime import date

from backend.answers.eras import era_date

LONGEST = 4  # characters of a name that fit into the ring
LONGEST_WORDS = 9  # letters of what was decided that do


@dataclass(frozen=True)
class Stamp:
    """Three lines in a ring: what was decided, the day, the family name."""

    what: str
    name: str
    on: date
    lang: str = "ja"

    @property
    def family(self) -> str:
        """The family name as far as it fits: what stands before the space."""
        return self.name.replace("　", " ").partition(" ")[0][:LONGEST]

    @property
    def day(self) -> str:
        """The day as a stamp shows it: 8.11.26 in the eighth year of Reiwa; 2026-11-26 in English."""
        if self.lang == "en":
            return self.on.isoformat()
        era = era_date(self.on, "ja")
        return f"{_digits(era.partition('年')[0]) or '1'}.{self.on.month}.{self.on.day}"

    @property
    def small(self) -> bool:
        """Whether the words are too long for the ring in its usual size."""
        return len(self.what) > LONGEST_WORDS

    @property
    def words(self) -> str:
        """The same for whoever cannot see it."""
        return f"{self.what} {self.family} {era_date(self.on, self.lang)}"


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isascii() and char.isdigit())
