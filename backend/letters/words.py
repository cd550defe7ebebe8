"""Values as Japanese letters write them: days by era, times of day, options by their words."""

import re
from datetime import date

from backend.answers.eras import era_date

_NUMBER = re.compile("[0-9]+")
_DIGITS = "〇一二三四五六七八九"


def kanji_number(number: int) -> str:
    """A number below a hundred in kanji numerals: 十一, 二十四; larger ones digit by digit: 一二三."""
    if number >= 100:
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else _DIGITS[tens])
        + ("十" if tens else "")
        + (_DIGITS[ones] if ones or not tens else "")
    )


def in_kanji(text: str) -> str:
    """A text with its numbers in kanji numerals."""
    return _NUMBER.sub(lambda found: kanji_number(int(found.group())), text)


class Day:
    """A date: `era` 令和8年11月24日, `full` with the weekday, `kanji` 令和八年…, `iso` 2026-11-24.

    Printed alone it is `era`.
    """

    __slots__ = ("_date",)

    def __init__(self, day: date) -> None:
        self._date = day

    @property
    def era(self) -> str:
        return era_date(self._date, "ja")

    @property
    def full(self) -> str:
        return era_date(self._date, "ja", weekday=True)

    @property
    def kanji(self) -> str:
        """令和八年十一月二十四日, as vertical writing has it."""
        return in_kanji(self.era)

    @property
    def iso(self) -> str:
        return self._date.isoformat()

    def __str__(self) -> str:
        return self.era


class Clock:
    """A time of day, `14:30`: `words` is 午後2時30分. Noon is 正午, midnight 午前0時."""

    __slots__ = ("_hour", "_minute")

    def __init__(self, text: str) -> None:
        self._hour, self._minute = int(text[:2]), int(text[3:])

    @property
    def words(self) -> str:
        if (self._hour, self._minute) == (12, 0):
            return "正午"
        half, hour = ("午前", self._hour) if self._hour < 12 else ("午後", self._hour - 12)
        return f"{half}{hour}時" + (f"{self._minute}分" if self._minute else "")

    def __str__(self) -> str:
        return self.words


class Choice(str):
    """An option's words; `code` is what the definition calls it."""

    code: str
    __slots__ = ("code",)

    def __new__(cls, code: str, words: str) -> "Choice":
        choice = super().__new__(cls, words)
        choice.code = code
        return choice
