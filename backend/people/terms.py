"""What somebody meant by the words in the search box.

Each word may be read in several ways (2000 is a year and the end of a telephone number); a person fits a word
when one reading fits, and is found when every word fits.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Q

from backend.answers.eras import EARLIEST, ERAS, LATEST, parse_date
from backend.people import folding
from backend.people.keys import ADDRESS, PHONE
from backend.people.models import Person

Kind = Literal["name", "kana", "address", "phone", "birth", "number"]

LONGEST, MOST_WORDS = 80, 6
_NUMBER = re.compile(r"(?:[a-z]{1,8}-)?[mtshr]\d{1,2}-\d{4,}")
_ERA = "明治?|大正?|昭和?|平成?|令和?|[mtshr]"
_ERA_YEAR = re.compile(rf"(?P<era>{_ERA})(?P<year>\d{{1,2}}|元)年?(?:[./-]?(?P<month>\d{{1,2}})月?)?")
_YEAR = re.compile(rf"(?P<era>{_ERA})(?P<year>\d{{1,2}}|元)年?(?:[./-]?(?P<month>\d{{1,2}})月?)?")
_YEAR = re.compile(r"(?P<year>(?:18|19|20)\d\d)年?(?:[./-]?(?P<month>\d{1,2})月?)?")
_KANA = re.compile("[ぁ-ゖ]+")


@dataclass(frozen=True, slots=True)
class NameReading:
    """Part of a name or of its reading."""

    folded: str

    @property
    def kind(self) -> Kind:
        return "kana" if _KANA.fullmatch(self.folded) else "name"

    def q(self) -> Q:
        return Q(grams__contains=sorted(folding.wanted(self.folded)), name_key__contains=self.folded)

    def fits(self, person: Person) -> bool:
        return self.folded in person.name_key


@dataclass(frozen=True, slots=True)
class AddressReading:
    """Part of an address, at least two characters."""

    folded: str
    kind: Kind = "address"

    def q(self) -> Q:
        wanted = sorted(ADDRESS + pair for pair in folding.pairs(self.folded))
        return Q(grams__contains=wanted, address_key__contains=self.folded)

    def fits(self, person: Person) -> bool:
        return self.folded in person.address_key


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """Four or more digits in a row of a telephone number or postal code."""

    digits: str
    kind: Kind = "phone"

    def q(self) -> Q:
        wanted = sorted(PHONE + run for run in folding.phone_grams(self.digits))
        return Q(grams__contains=wanted, phone_key__contains=self.digits)

    def fits(self, person: Person) -> bool:
        return self.digits in person.phone_key


@dataclass(frozen=True, slots=True)
class BirthReading:
    """A birth date, or the year or month of one."""

    first: date
    last: date
    kind: Kind = "birth"

    def q(self) -> Q:
        return Q(birth_date__range=(self.first, self.last))

    def fits(self, person: Person) -> bool:
        return person.birth_date is not None and self.first <= person.birth_date <= self.last


@dataclass(frozen=True, slots=True)
class NumberReading:
    """The number of a case; the search asks which cases of that number may be seen."""

    number: str
    kind: Kind = "number"


PersonReading = NameReading | AddressReading | PhoneReading | BirthReading


@dataclass(frozen=True, slots=True)
class Term:
    """One word as typed, and what it may mean; no reading at all means that nobody can fit it."""

    typed: str
    readings: tuple[PersonReading, ...]
    number: NumberReading | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return ("number",) if self.number else tuple(reading.kind for reading in self.readings)


def understand(text: str) -> tuple[Term, ...]:
    """The words of a search, each with its readings; what goes beyond six words or 80 characters is cut."""
    return tuple(_term(word) for word in text[:LONGEST].split()[:MOST_WORDS])


def _term(word: str) -> Term:
    plain = unicodedata.normalize("NFKC", word).casefold().strip("〒-‐−ー()（）,、。")
    if _NUMBER.fullmatch(plain):
        return Term(word, (), NumberReading(plain.upper()))
    span = birth_span(plain)
    readings: list[PersonReading] = [BirthReading(*span)] if span else []
    digits = folding.digits(plain)
    if len(digits) >= folding.PHONE_GRAM and re.fullmatch(r"[\d\-‐−－ー―()+]+", plain):
        readings.append(PhoneReading(digits))
    if not span:
        readings.extend(_words(word))
    return Term(word, tuple(readings))


def _words(word: str) -> list[PersonReading]:
    name, address = folding.fold(word), folding.fold_address(word)
    found: list[PersonReading] = []
    if name and not any(char.isdecimal() for char in name):
        found.append(NameReading(name))
    # A word all in kana is somebody's reading; as part of an address it would find half the city.
    if len(address) >= 2 and not _KANA.fullmatch(name):
        found.append(AddressReading(address))
    return found


def birth_span(word: str) -> tuple[date, date] | None:
    """The first and last day of a birth date: `S13.5.2` one day, `昭13` and `1938年5月` a year and a month.

    A year of an era ends where the era does: S64 is the first week of 1989.
    """
    word = re.sub("(生まれ|生れ|生)$", "", word)
    if found := _ERA_YEAR.fullmatch(word):
        era = next(era for era in ERAS if found["era"][0] in (era.letter.lower(), era.name.ja[0]))
        year = era.offset + (1 if found["year"] == "元" else int(found["year"]))
        return _span(year, found["month"], era.first, era.last)
    if found := _YEAR.fullmatch(word):
        return _span(int(found["year"]), found["month"], EARLIEST, LATEST)
    try:
        day = parse_date(word)
    except ValueError:
        return None
    return day, day


def _span(year: int, month: str | None, earliest: date, latest: date) -> tuple[date, date] | None:
    number = int(month or 1)
    if not (1 <= number <= 12 and earliest.year <= year <= latest.year):
        return None
    last_month = number if month else 12
    first = max(date(year, number, 1), earliest)
    last = min(date(year, last_month, monthrange(year, last_month)[1]), latest)
    return (first, last) if first <= last else None
