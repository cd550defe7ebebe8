"""Which letters go to the printer, and sorted how: what travels in one envelope at one price, by postal code.

Only ids and numbers are read here, so that a hundred thousand letters take a few megabytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from backend.letters.models import IssuedLetter, LetterEvent, LetterState
from backend.letters.postage import Postage, WeightClass


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Letters that may share a print file."""

    controller: str
    organisation: str
    sensitive: bool
    paper: str
    window: bool
    postage: WeightClass

    @property
    def key(self) -> tuple[Any, ...]:
        """Sorts the groups: by sender, then what two people must see to, then by envelope and weight."""
        return (
            self.controller, self.organisation, self.sensitive, self.paper, not self.window,
            self.postage.up_to,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """The letters of one print file to be, in postal order."""

    group: Group
    letters: tuple[UUID, ...]


def unprinted(until: date) -> QuerySet[IssuedLetter]:
    """Letters that are issued, have their bytes, and never went to the printer nor into the post."""
    return IssuedLetter.objects.filter(
        state=LetterState.ISSUED, dated_on__lte=until, frozen__isnull=False, printed__isnull=True
    )


def held_back(until: date) -> QuerySet[IssuedLetter]:
    """Of the unprinted letters those that must not go out as they are, because of where they would go."""
    return unprinted(until).exclude(held="")


def doubted(until: date) -> QuerySet[IssuedLetter]:
    """Those to somebody whose last letter came back: nothing more is sent before the address was checked."""
    return _addressed(until).filter(_came_back())


def by_hand(until: date) -> QuerySet[IssuedLetter]:
    """Those without an address, which somebody hands over."""
    return unprinted(until).filter(held="").exclude(envelope__zip__gt="")


def _addressed(until: date) -> QuerySet[IssuedLetter]:
    return unprinted(until).filter(held="", envelope__zip__gt="")


def _came_back() -> Exists:
    checked = LetterEvent.objects.filter(letter=OuterRef("pk"), kind=LetterEvent.Kind.CHECKED)
    returned = IssuedLetter.objects.filter(
        state=LetterState.RETURNED,
        addressee_kind=OuterRef("addressee_kind"),
        addressee=OuterRef("addressee"),
        envelope__zip=OuterRef("envelope__zip"),
    )
    return Exists(returned.exclude(addressee="").exclude(Exists(checked)))


def batches(until: date, postage: Postage) -> Iterator[Batch]:
    """The unprinted letters with an address, each group cut into files of at most so many sheets."""
    rows = sorted(_rows(until, postage), key=lambda row: (row[0].key, row[1:]))
    for _key, found in groupby(rows, key=lambda row: row[0].key):
        yield from _cut(list(found), postage)


def _rows(until: date, postage: Postage) -> Iterator[tuple[Group, str, int, int, str, int]]:
    """Group, postal code, fiscal year, number and id of each letter, and its sheets."""
    fields = _addressed(until).exclude(_came_back()).values_list(
        "controller", "organisation", "two_person", "envelope__paper", "envelope__window",
        "envelope__zip", "fiscal_year", "number", "id", "frozen__pages",
    )  # fmt: skip
    for controller, organisation, sensitive, paper, window, code, year, number, pk, pages in fields:
        group = Group(controller, organisation, sensitive, paper, window, postage.class_of(pages))
        yield group, code, year, number or 0, str(pk), postage.sheets(pages)


def _cut(rows: Iterable[tuple[Group, str, int, int, str, int]], postage: Postage) -> Iterator[Batch]:
    letters: list[UUID] = []
    filled = 0
    for group, _code, _year, _number, pk, sheets in rows:
        if letters and filled + sheets > postage.most_sheets:
            yield Batch(group, tuple(letters))
            letters, filled = [], 0
        letters.append(UUID(pk))
        filled += sheets
    if letters:
        yield Batch(group, tuple(letters))
