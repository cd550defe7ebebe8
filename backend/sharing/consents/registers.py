"""Who was told what about a person: everything that left a controller, from wherever it is recorded.

    @leaves   names what else left (packages, openings): a function from persons and a controller

Nobody who reported and no other member of the household stands in it, so that it can be given to the person;
what is about suspected abuse is marked `shielded`: giving it out could endanger somebody (個情法78条).
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from backend import access
from backend.answers.display import value_text
from backend.answers.eras import era_date
from backend.cases import pinned
from backend.cases.models import Blob, Case, Step
from backend.letters import adding
from backend.letters.context import Item
from backend.letters.models import IssuedLetter, LetterState
from backend.people.models import Organisation, Person

SHEET = "referral_sheet"
# Letters that only carry what stands in the register already: a sheet, or a package on paper.
CARRIED = (SHEET, "disclosure_package")
MOST_LINES = 59  # a letter's table has room for 60
LETTER = "disclosure_register"
# What a register tells of a referral; nothing else of the sheet is read.
_WANTED = ("to_org", "shared_items", "basis", "legal_basis", "request")


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that left: when, to whom, which data categories, on what ground, by what.

    `recipient` is an organisation's code, or "" with the words in `recipient_name`; `basis` a code: `consent`
    or a legal basis.
    """

    person: UUID
    at: datetime
    recipient: str
    categories: tuple[str, ...]
    basis: str
    by: str
    number: str
    recipient_name: str = ""
    shielded: bool = False


Leaves = Callable[[Collection[UUID], str], Iterable[Left]]
_LEAVES: list[Leaves] = []


def leaves(function: Leaves) -> Leaves:
    """Register a function that names what left about persons from a controller."""
    if function not in _LEAVES:
        _LEAVES.append(function)
    return function


def left(persons: Collection[UUID], controller: str) -> list[Left]:
    """Everything that left about the persons, oldest first; the number of queries does not grow with it."""
    found = [*_referred(persons, controller), *_posted(persons, controller)]
    for function in _LEAVES:
        found += function(persons, controller)
    return sorted(found, key=lambda one: (one.at, one.recipient, one.by))


def referred(case: Case) -> list[Left]:
    """The referral sheets of one case, the newest first."""
    return [*_sheets_of(Step.objects.filter(case=case))][::-1]


def _referred(persons: Collection[UUID], controller: str) -> Iterator[Left]:
    """The referral sheets of every case about the persons."""
    return _sheets_of(Step.objects.filter(case__person__in=persons, case__controller=controller))


def _sheets_of(steps: QuerySet[Step]) -> Iterator[Left]:
    """Referral sheets, as they stand after corrections, the oldest first."""
    steps = steps.filter(form=SHEET).order_by("seq")
    rows = {(step.case_id, step.seq): step for step in steps.select_related("case")}
    sheets = _sheets(rows)
    corrected = {
        (step.case_id, step.corrects): step.seq for step in rows.values() if step.corrects is not None
    }
    for (case_id, seq), step in rows.items():
        if step.corrects is None:
            sheet = sheets.get((case_id, corrected.get((case_id, seq), seq)), {})
            yield _of_sheet(step, sheet)


def _sheets(rows: Mapping[tuple[UUID, int], Step]) -> dict[tuple[UUID, int], dict[str, Any]]:
    """What a register tells of each sheet. Personal parts of the sheets are not even read."""
    cases = {case_id for case_id, _seq in rows}
    blobs = Blob.objects.filter(case__in=cases, kind=f"answers/{SHEET}", category="consultation")
    found: dict[tuple[UUID, int], dict[str, Any]] = {}
    for blob in blobs:
        answers = json.loads(bytes(blob.content))
        found[blob.case_id, blob.seq] = {name: answers[name] for name in _WANTED if name in answers}
    return found


def _of_sheet(step: Step, sheet: Mapping[str, Any]) -> Left:
    return Left(
        person=step.case.person_id,  # type: ignore[arg-type] # filtered by it
        at=step.recorded_at,
        recipient=str(sheet.get("to_org", "")),
        categories=tuple(sorted(sheet.get("shared_items", ()))),
        basis=str(sheet.get("legal_basis") or sheet.get("basis", "")),
        by=SHEET,
        number=step.case.number,
        shielded=is_shielded(step.case),
    )


def _posted(persons: Collection[UUID], controller: str) -> Iterator[Left]:
    """Letters to agencies, besides those that carried a sheet or a package."""
    rows = IssuedLetter.objects.filter(
        case__person__in=persons,
        controller=controller,
        addressee_kind="receiver",
        state__in=(LetterState.ISSUED, LetterState.POSTED),
    )
    for letter in rows.exclude(definition__in=CARRIED).select_related("case").defer("inputs"):
        yield Left(
            person=letter.case.person_id,  # type: ignore[arg-type] # filtered by it
            at=letter.created_at,
            recipient=letter.addressee,
            categories=("identity",),
            basis="",
            by=letter.definition,
            number=letter.shown_number,
            shielded=is_shielded(letter.case),
        )


def is_shielded(case: Case) -> bool:
    """Whether what left of a case is about suspected abuse."""
    return str(case.facts.get("abuse") or "none") != "none"


# --- the letter to the person ----------------------------------------------------------------------------


@adding.told_in(LETTER)
def of_the_person(case: Case) -> list[Item]:
    """The lines of the printed register: for the person, so that what is shielded is left out."""
    if case.person_id is None:
        return []
    found = [one for one in left([case.person_id], case.controller) if not one.shielded]
    names, newest = names_of(one.recipient for one in found), found[-MOST_LINES:]
    items = [Item(f"row{nth}", *_line(one, names)) for nth, one in enumerate(newest)]
    older = len(found) - len(newest)
    if older:
        items.insert(0, Item("older", "これより前", f"ほかに{older}件あります。別の用紙でお渡しします。"))
    return items


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """The names of organisations by code."""
    return dict(Organisation.objects.filter(code__in=set(codes)).values_list("code", "name"))


def _line(one: Left, names: Mapping[str, str]) -> tuple[str, str]:
    day = era_date(timezone.localdate(one.at), "ja")
    who = names.get(one.recipient, one.recipient_name or one.recipient)
    return day, "\n".join(filter(None, (who, words(one.categories), ground(one.basis))))


def words(categories: Iterable[str]) -> str:
    """Data categories in words."""
    known = access.current().categories
    return "、".join(known[name].title["ja"] if name in known else name for name in categories)


def ground(basis: str) -> str:
    """The ground in words; "" for none."""
    if not basis:
        return ""
    known = access.current().bases.get(basis)
    return f"根拠：{known.title['ja'] if known else _as_on_the_sheet(basis)}"


def _as_on_the_sheet(basis: str) -> str:
    """A ground that the policies no longer know, as the sheet calls it."""
    return value_text(pinned.form(pinned.newest("form", SHEET)).by_name["legal_basis"], basis, "ja")


def people_told_of(controller: str, since: datetime, until: datetime) -> list[tuple[Left, Person]]:
    """29条の記録: what a private controller provided to others in a period, with the persons' names.

    Each line with whose data it was, oldest first.
    """
    cases = Case.objects.filter(controller=controller).exclude(person=None)
    persons = Person.objects.filter(id__in=cases.values("person")).in_bulk()
    found = left(list(persons), controller)
    return [(one, persons[one.person]) for one in found if since <= one.at < until]
