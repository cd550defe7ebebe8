"""Lengths of time as definitions write them: `48 hours`, `1 business day`, `same business day`."""

import re
from dataclasses import dataclass
from typing import Literal, cast

Unit = Literal["minutes", "hours", "days", "business_days", "months"]
Side = Literal["before", "at", "after"]

PATTERN = r"(same business day|[1-9][0-9]{0,3} (minute|hour|day|business day|month)s?)"
_DURATION = re.compile(PATTERN)
_OFFSET = re.compile(rf"at due|{PATTERN} (before|after)")
_JA: dict[Unit, str] = {
    "minutes": "分",
    "hours": "時間",
    "days": "日",
    "business_days": "営業日",
    "months": "か月",
}


class NotADuration(ValueError):  # noqa: N818 - reads as what it says
    """The text is not a length of time a definition may use."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time. Minutes and hours run through holidays; the other units end with a day."""

    amount: int
    unit: Unit

    @property
    def by_the_clock(self) -> bool:
        """Whether it counts hours and minutes, so that holidays and night do not matter."""
        return self.unit in ("minutes", "hours")

    @property
    def rough_minutes(self) -> int:
        """A size to compare lengths of different units by; a business day counts as a day."""
        return self.amount * {"minutes": 1, "hours": 60, "months": 30 * 1440}.get(self.unit, 1440)

    def __str__(self) -> str:
        if self == SAME_BUSINESS_DAY:
            return "same business day"
        words = self.unit.replace("_", " ")
        return f"{self.amount} {words[:-1] if self.amount == 1 else words}"

    def words(self, lang: str) -> str:
        """As people read it: 3営業日, 3 business days."""
        if lang == "en":
            return str(self)
        return "当日(営業日)" if self == SAME_BUSINESS_DAY else f"{self.amount}{_JA[self.unit]}"


SAME_BUSINESS_DAY = Duration(0, "business_days")


def parse(text: str) -> Duration:
    """`1 business day`, `48 hours`, … Raises `NotADuration`."""
    if not _DURATION.fullmatch(text):
        raise NotADuration(f"{text!r} is not a length of time such as '48 hours' or '1 business day'")
    if text == "same business day":
        return SAME_BUSINESS_DAY
    amount, unit = text.split(" ", 1)
    plural = unit if unit.endswith("s") else f"{unit}s"
    return Duration(int(amount), cast(Unit, plural.replace(" ", "_")))


@dataclass(frozen=True, slots=True)
class Offset:
    """A moment told by a deadline: at it, or some time before or after."""

    side: Side
    by: Duration | None = None

    def __str__(self) -> str:
        return f"{self.by} {self.side}" if self.by else "at due"


def parse_offset(text: str) -> Offset:
    """`at due`, `1 business day before`, `2 hours after`, … Raises `NotADuration`."""
    if not _OFFSET.fullmatch(text):
        raise NotADuration(f"{text!r} is not a moment such as 'at due' or '1 business day after'")
    if text == "at due":
        return Offset("at")
    length, side = text.rsplit(" ", 1)
    return Offset(cast(Side, side), parse(length))
