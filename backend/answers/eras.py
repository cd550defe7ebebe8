"""Japanese dates: read in any common spelling, shown in eras, stored as ISO.

Eras begin as follows (元号法; 改元の詔書・政令): 明治 1868-01-25 (明治元年1月1日, in the Gregorian
calendar), 大正 1912-07-30, 昭和 1926-12-25, 平成 1989-01-08, 令和 2019-05-01. The days on which 大正 and
昭和 began belonged to the era before as well, and both spellings stand in family registers, so both are
read.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from backend.answers.text import Text

JST = timezone(timedelta(hours=9), "JST")
EARLIEST, LATEST = date(1868, 1, 1), date(2100, 12, 31)
LONGEST_TYPED = 60  # characters; nothing longer is a date


@dataclass(frozen=True, slots=True)
class Era:
    """One era: `last` is the last day that may be written with it."""

    letter: str
    name: Text
    first: date
    last: date

    @property
    def offset(self) -> int:
        """What added to a year of the era gives the Western year."""
        return self.first.year - 1


ERAS = (
    Era("M", Text("明治", "Meiji"), date(1868, 1, 25), date(1912, 7, 30)),
    Era("T", Text("大正", "Taishō"), date(1912, 7, 30), date(1926, 12, 25)),
    Era("S", Text("昭和", "Shōwa"), date(1926, 12, 25), date(1989, 1, 7)),
    Era("H", Text("平成", "Heisei"), date(1989, 1, 8), date(2019, 4, 30)),
    Era("R", Text("令和", "Reiwa"), date(2019, 5, 1), LATEST),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = Text("月火水木金土日", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

_ERA = r"(?P<era>明治?|大正?|昭和?|平成?|令和?|[MTSHR])"
_YEAR = r"(?P<year>[0-9]{1,2}|元)"
_SEPARATED = r"[年./-](?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})日?"
_SPELLINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        _ERA + r"\.?" + _YEAR + _SEPARATED,
        _ERA + r"\.?(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?:西暦)?(?P<year>[0-9]{4})" + _SEPARATED,
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<day>[0-9]{1,2})(?P<word>[A-Z]{3,9})\.?,?(?P<year>[0-9]{4})",
        r"(?P<word>[A-Z]{3,9})\.?(?P<day>[0-9]{1,2}),?(?P<year>[0-9]{4})",
    )
)
_NO_DAY = re.compile(
    rf"(?:{_ERA}\.?{_YEAR}|(?:西暦)?(?P<western>[0-9]{{4}}))年?(?:[./-]?(?P<month>[0-9]{{1,2}})月?)?",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"(?P<year>[0-9]{1,2})" + _SEPARATED)
_NO_YEAR = re.compile(r"[0-9]{1,2}[月/-][0-9]{1,2}日?")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ﹣－", "-"))
_WEEKDAY = re.compile(r"\(?[月火水木金土日](?:曜日?)?\)$|\(?[月火水木金土日]曜日?\)?$")
_KANJI_RUN = re.compile("[〇零一二三四五六七八九十百千]+")
_KANJI_DIGITS = {"零": 0, **{mark: value for value, mark in enumerate("〇一二三四五六七八九")}}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}


class DateNotRead(ValueError):  # noqa: N818 - reads as what it says
    """What was typed is no date or time; `told` says what to do, `suggestion` is the likely date."""

    def __init__(self, told: Text, suggestion: date | None = None) -> None:
        super().__init__(told.en)
        self.told = told
        self.suggestion = suggestion


Parts = tuple[str, str, str, str]


def parse_date(typed: str | Parts) -> date:
    """Read a date as people write it: S13.5.2, 昭和13年5月2日, 昭和十三年五月二日, 1938-05-02, 2 May 1938, …

    `typed` may also be four boxes: era (or "" or 西暦 for Western), year, month, day. Dates from 1868 to
    2100. Raises `DateNotRead`, whose words name what is wrong and, for an era's end, the date that was
    likely meant.
    """
    text = typed if isinstance(typed, str) else _joined(typed)
    plain = _plain(text)
    for spelling in _SPELLINGS:
        found = spelling.fullmatch(plain)
        if found:
            return _date(found.groupdict())
    raise _unread(plain)


def parse_time(typed: str) -> str:
    """Read a time of day (9:42, ０９４２, 午後5時15分, 9時半) as "HH:MM". Raises `DateNotRead`."""
    plain = _plain(typed).upper().replace("正午", "12:00").replace("半", "30分")
    half = re.search("午前|午後|AM|PM", plain)
    plain = re.sub("午前|午後|AM|PM", "", plain, count=1)
    found = re.fullmatch(r"([0-9]{1,2})[:時.](?:([0-9]{1,2})分?)?|([0-9]{1,2})([0-9]{2})", plain)
    if not found:
        raise DateNotRead(Text("時刻は 9:42 のように書いてください。", "Write the time like 9:42."))
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    if half and half[0] in ("午後", "PM") and hour < 12:
        hour += 12
    if half and half[0] in ("午前", "AM") and hour == 12:
        told = Text("午前12時は 0:00 か 12:00 で書いてください。", "Write 12 AM as 0:00, noon as 12:00.")
        raise DateNotRead(told)
    if hour > 23 or minute > 59:
        raise DateNotRead(Text("時刻は 0:00 から 23:59 までです。", "The time runs from 0:00 to 23:59."))
    return f"{hour:02d}:{minute:02d}"


def era_of(day: date) -> Era | None:
    """The era a day is written in; None before 明治元年."""
    return next((era for era in reversed(ERAS) if day >= era.first), None)


def era_year(day: date, lang: str = "ja") -> str:
    """The year of a day in its era: 令和8年, 令和元年, "Reiwa 8"; Western before 明治元年."""
    era = era_of(day)
    if era is None:
        return f"{day.year}年" if lang == "ja" else str(day.year)
    year = day.year - era.offset
    return f"{era.name.ja}{'元' if year == 1 else year}年" if lang == "ja" else f"{era.name.en} {year}"


def era_date(day: date, lang: str = "ja", *, weekday: bool = False) -> str:
    """令和8年11月24日, with the weekday 令和8年11月24日（火）; in English 24 November 2026."""
    if lang != "ja":
        name = f"{_WEEKDAYS.en.split()[day.weekday()]} " if weekday else ""
        return f"{name}{day.day} {_MONTHS[day.month - 1]} {day.year}"
    name = f"（{_WEEKDAYS.ja[day.weekday()]}）" if weekday else ""
    return f"{era_year(day)}{day.month}月{day.day}日{name}"


_WESTERN: ContextVar[bool] = ContextVar("western_years", default=False)


@contextmanager
def years_of_reader(western: bool) -> Iterator[None]:
    """Meanwhile `shown_date` counts years as the reader of a page chose. Letters and registers never do."""
    before = _WESTERN.set(western)
    try:
        yield
    finally:
        _WESTERN.reset(before)


def shown_date(day: date, lang: str = "ja", *, weekday: bool = False) -> str:
    """A date for the reader of a page: 令和8年11月24日, or 2026年11月24日 where they chose so."""
    shown = era_date(day, lang, weekday=weekday)
    if lang == "ja" and _WESTERN.get():
        return f"{day.year}年{shown[len(era_year(day)) :]}"
    return shown


def era_moment(moment: datetime, lang: str = "ja") -> str:
    """A moment in Japan: 令和8年11月24日 9:42."""
    here = moment.astimezone(JST)
    return f"{era_date(here.date(), lang)} {here.hour}:{here.minute:02d}"


def reading(day: date, lang: str = "ja", *, born_before: date | None = None) -> str:
    """How a date was understood: 昭和13年（1938年）5月2日（月）; with `born_before` (today) also the age."""
    if lang == "ja":
        western = f"（{day.year}年）" if era_of(day) else ""
        text = f"{era_year(day)}{western}{day.month}月{day.day}日（{_WEEKDAYS.ja[day.weekday()]}）"
    else:
        text = f"{era_date(day, lang, weekday=True)} ({era_year(day, lang)})"
    if born_before is None or day > born_before:
        return text
    years = age(day, born_before)
    return f"{text}・{years}歳" if lang == "ja" else f"{text}, age {years}"


def age(born: date, today: date) -> int:
    """Full years on a day. (年齢計算ニ関スル法律 adds the year when the day before the birthday ends.)"""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _plain(text: str) -> str:
    """Half-width, without spaces and weekday, one kind of hyphen, kanji numbers as digits."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TYPED])
    text = "".join(text.split()).translate(_HYPHENS)
    text = _WEEKDAY.sub("", text)
    return _KANJI_RUN.sub(lambda run: str(_kanji_number(run[0])), text)


def _kanji_number(run: str) -> int:
    if not any(mark in _KANJI_UNITS for mark in run):
        return int("".join(str(_KANJI_DIGITS[mark]) for mark in run))
    total, digit = 0, 0
    for mark in run:
        if mark in _KANJI_UNITS:
            total, digit = total + (digit or 1) * _KANJI_UNITS[mark], 0
        else:
            digit = _KANJI_DIGITS[mark]
    return total + digit


def _joined(parts: Parts) -> str:
    era, year, month, day = (part.strip() for part in parts)
    if not (month or day):
        return year  # a whole date pasted into the box of the year
    own_era = not unicodedata.normalize("NFKC", year[:1]).isdigit() and year[:1] != "元"
    return f"{'' if own_era else era}{year}年{month}月{day}日"


def _date(found: dict[str, str | None]) -> date:
    year = 1 if found["year"] == "元" else int(found["year"] or 0)
    word = found.get("word")
    month = _month(word) if word else int(found["month"] or 0)
    day = int(found["day"] or 0)
    letter = found.get("era")
    era = _era(letter) if letter else None
    western = year + era.offset if era else year
    if not 1 <= month <= 12:
        raise DateNotRead(
            Text(f"月は1から12です。いま{month}です。", f"Months run from 1 to 12. This is {month}.")
        )
    if era and not year:
        raise DateNotRead(Text("年は元年（1年）からです。", "Years of an era begin with 1."))
    if not EARLIEST.year <= western <= LATEST.year:
        told = Text("日付は1868年から2100年までで書いてください。", "Write a date from 1868 to 2100.")
        raise DateNotRead(told)
    longest = monthrange(western, month)[1]
    if not 1 <= day <= longest:
        name = era_year(date(western, month, 1)) if era else f"{western}年"
        told = Text(
            f"{name}{month}月は{longest}日までです。いま{day}日です。",
            f"{_MONTHS[month - 1]} {western} has {longest} days. This is day {day}.",
        )
        raise DateNotRead(told)
    result = date(western, month, day)
    if era:
        _require_within(era, result, era_date(result), era_date(result, "en"))
    return result


def _era(letter: str) -> Era:
    return next(era for era in ERAS if letter.upper() == era.letter or era.name.ja.startswith(letter))


def _month(word: str) -> int:
    for number, name in enumerate(_MONTHS, 1):
        if len(word) >= 3 and name.upper().startswith(word.upper()):
            return number
    told = Text("月は1から12の数字で書いてください。", "Write the month in full, such as November.")
    raise DateNotRead(told)


def _require_within(era: Era, day: date, likely_ja: str, likely_en: str) -> None:
    """Raises `DateNotRead` with the likely date where an era is used outside its days."""
    if era.first <= day <= era.last:
        return
    edge, ja, en = (era.last, "まで", "ended on") if day > era.last else (era.first, "から", "began on")
    edge_year = edge.year - era.offset
    told = Text(
        f"{era.name.ja}は{'元' if edge_year == 1 else edge_year}年{edge.month}月{edge.day}日{ja}です。"
        f"{likely_ja}ではありませんか。",
        f"{era.name.en} {en} {era_date(edge, 'en')}. Did you mean {likely_en}?",
    )
    raise DateNotRead(told, day)


def _unread(plain: str) -> DateNotRead:
    """What to say when no spelling fits."""
    part = _NO_DAY.fullmatch(plain)
    if part:
        return _missing_day(part)
    if _SHORT_YEAR.fullmatch(plain):
        return DateNotRead(
            Text(
                "年号（昭和13年）か西暦4けた（1938年）で書いてください。",
                "Write the year with its era (S13) or in four digits (1938).",
            )
        )
    if _NO_YEAR.fullmatch(plain):
        return DateNotRead(
            Text("年も書いてください。例：令和8年11月24日", "Write the year too, for example 2026-11-24.")
        )
    return DateNotRead(
        Text(
            "日付は 令和8年11月24日 か 2026-11-24 のように書いてください。",
            "Write the date like 2026-11-24 or R8.11.24.",
        )
    )


def _missing_day(part: re.Match[str]) -> DateNotRead:
    """A year, or a year and a month: first whether the era fits, then what is missing."""
    month = int(part["month"] or 0)
    if part["era"] and 1 <= month <= 12:
        era = _era(part["era"])
        western = era.offset + (1 if part["year"] == "元" else int(part["year"]))
        first = (
            max(date(western, month, 1), era.first) if western <= LATEST.year and western > 0 else era.first
        )
        try:
            likely = f"{era_year(first)}{month}月"
            _require_within(era, first, likely, f"{_MONTHS[month - 1]} {first.year}")
        except DateNotRead as error:
            return DateNotRead(error.told)
    if month:
        return DateNotRead(
            Text("日も書いてください。例：昭和13年5月2日", "Write the day too, for example 1938-05-02.")
        )
    return DateNotRead(
        Text("月と日も書いてください。例：昭和13年5月2日", "Write month and day too, for example 1938-05-02.")
    )
