"""A person's record in words, as far as one member sees it: fields, versions, two records side by side."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend import access
from backend.answers.eras import era_date
from backend.pages import wording
from backend.pages.acting import Acting
from backend.people import comparing
from backend.people.models import Area, Person
from backend.people.recorded import PersonChange
from backend.people.versions import CATEGORIES, SHIELDED, Version

Kind = PersonChange.Kind
TITLES = {
    "name": gettext_lazy("Name"),
    "kana": gettext_lazy("Reading"),
    "sex": gettext_lazy("Sex"),
    "birth_date": gettext_lazy("Birth date"),
    "deceased_on": gettext_lazy("Died on"),
    "zip": gettext_lazy("Postal code"),
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Telephone"),
    "contact_hours": gettext_lazy("When to telephone"),
    "area_id": gettext_lazy("Area"),
    "household_id": gettext_lazy("Household"),
    "relation": gettext_lazy("Relation"),
    "protected": gettext_lazy("Protection"),
    "also": gettext_lazy("Other names"),
    "merged_into_id": gettext_lazy("Merged into"),
    SHIELDED: gettext_lazy("Address under protection"),
}
SEXES = {
    "female": gettext_lazy("Female"),
    "male": gettext_lazy("Male"),
    "other": gettext_lazy("Other"),
    "unknown": gettext_lazy("Not known"),
}
KINDS = {
    Kind.TAKEN: gettext_lazy("The record as it was found"),
    Kind.REGISTERED: gettext_lazy("Registered"),
    Kind.EDITED: gettext_lazy("Corrected"),
    Kind.HOUSEHOLD: gettext_lazy("Household changed"),
    Kind.KEPT: gettext_lazy("Another record was merged into this one"),
    Kind.MERGED: gettext_lazy("Merged into another record"),
    Kind.PARTED: gettext_lazy("A merge was undone"),
    Kind.PROTECTED: gettext_lazy("Put under protection"),
    Kind.UNPROTECTED: gettext_lazy("Protection ended"),
}
WHYS = {
    "": "",
    "variant": gettext_lazy("another form of the characters"),
    "spelling": gettext_lazy("another spelling"),
    "part": gettext_lazy("one is part of the other"),
    "one_digit": gettext_lazy("one digit differs"),
}
MARKS = {
    "same": gettext_lazy("same"),
    "alike": gettext_lazy("alike"),
    "differs": gettext_lazy("different"),
    "missing": gettext_lazy("missing"),
}


@dataclass(frozen=True)
class Shift:
    """One field of a version: before and after in words; withheld where the reader may not see it."""

    title: str
    before: str
    after: str
    withheld: bool


@dataclass(frozen=True)
class Told:
    """A version in words."""

    seq: int
    what: str
    when: str
    who: str
    reason: str
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Beside:
    """One field of two records: `sign` and `mark` compare them, both empty where either is withheld."""

    field: str
    title: str
    first: str
    second: str
    sign: str
    mark: str
    why: str
    withheld: bool


def categories(person: Person, acting: Acting) -> frozenset[str]:
    """The data categories of a record that the member sees."""
    return access.categories(acting.facts, person.facts(), acting.day)


def versions_told(rows: list[Version], person: Person, acting: Acting) -> list[Told]:
    """The history of a record, newest first, by today's rights: what is protected now was so never shown."""
    seen = categories(person, acting)
    return [
        Told(
            row.change.seq,
            str(KINDS[Kind(row.change.kind)]),
            wording.moment_with_year(row.change.at, acting.lang),
            row.change.by.name,
            row.change.reason,
            tuple(_shift(one.field, one.before, one.after, seen, acting.lang) for one in row.differences),
        )
        for row in rows
    ]


def _shift(field: str, before: Any, after: Any, seen: Collection[str], lang: str) -> Shift:
    title = str(TITLES[field])
    category = CATEGORIES.get(field)
    if category is None or category not in seen:
        return Shift(title, "", "", withheld=True)
    return Shift(title, value(field, before, lang), value(field, after, lang), withheld=False)


def value(field: str, given: Any, lang: str) -> str:
    """A field's value in words; ids are told as there or not there."""
    if given in (None, "", [], False):
        return _("none")
    if field in ("birth_date", "deceased_on"):
        day = given if isinstance(given, date) else date.fromisoformat(str(given))
        return era_date(day, lang)
    if field == "sex":
        return str(SEXES.get(str(given), given))
    if field == "area_id":
        return Area.objects.filter(pk=given).values_list("name", flat=True).first() or str(given)
    if field in ("household_id", "merged_into_id", "protected"):
        return _("yes")
    return wording.listed(given) if isinstance(given, list) else str(given)


def beside(first: Person, second: Person, acting: Acting) -> list[Beside]:
    """Two records as the member sees both: where either is withheld, nothing is compared."""
    seen = categories(first, acting) & categories(second, acting)
    return [_beside(line, seen, acting.lang) for line in comparing.compare(first, second)]


def _beside(line: comparing.Line, seen: Collection[str], lang: str) -> Beside:
    title = str(TITLES[line.field])
    if CATEGORIES[line.field] not in seen:
        return Beside(line.field, title, "", "", "", "", "", withheld=True)
    return Beside(
        line.field,
        title,
        value(line.field, line.first, lang),
        value(line.field, line.second, lang),
        comparing.SIGNS[line.mark],
        str(MARKS[line.mark]),
        str(WHYS[line.why]),
        withheld=False,
    )
