"""Issuing a letter: number and row in one transaction, then the bytes, once.

Killed anywhere, the same order issued again goes on where it was left: a letter with a number and no bytes is
printed from the inputs stored with it; a letter that cannot be printed is void with the reason, and keeps its
number. Two who print the same letter: the first bytes stay, the others are thrown away.
"""

import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.cases.chain import commitment
from backend.cases.kill import kill_point
from backend.definitions import store
from backend.definitions.canonical import canonical
from backend.letters import definition, house, numbering, render
from backend.letters.asking import asked_of, composed
from backend.letters.context import LetterContext
from backend.letters.definition import Letter
from backend.letters.fields import InputProblem
from backend.letters.freezing import Fence, freeze, stored_of
from backend.letters.inputs import LetterInputError
from backend.letters.life import NO_ADDRESS, PROTECTED_ADDRESS, record
from backend.letters.models import IssuedLetter, LetterEvent, LetterState

_COMMITTED = "letter/inputs"


@dataclass(frozen=True, slots=True)
class Order:
    """Which letter of which step, and what it is made from.

    `definition` is the hash the case is pinned to (empty: the letters in use); `addressee` the opaque id of
    who receives it; `by` the member who issues it (None: an automated run). `allow_back_dating` is a
    supervisor's leave.
    """

    case: UUID
    seq: int
    letter: str
    controller: str
    context: LetterContext
    ordinal: int = 0
    definition: str = ""
    addressee: str = ""
    by: UUID | None = None
    allow_back_dating: bool = False


def issue(order: Order, *, fence: Fence = lambda: None) -> IssuedLetter:
    """Number and print a letter, once for its step; repeated, it returns the same letter.

    A letter that must be approved stays a draft until `life.approve` and `finish`; one to a person whose
    address nobody knows is held, without a number, until it is asked for again with one. `fence` is called
    first in every transaction and raises where somebody else does this work now. Raises `LetterInputError`
    and `MissingGlyph` before any number is taken, `HouseError` for an unknown sender, `BackDated`,
    `FontsMissing`.
    """
    letter = pinned(order.letter, order.definition)
    row = _existing(order) or _create(letter, order, fence)
    if row.state == LetterState.HELD:
        row = _go_on(letter, row.id, order, fence)
    kill_point("P12")
    return finish(row.id, fence=fence)


def finish(letter_id: UUID, *, fence: Fence = lambda: None) -> IssuedLetter:
    """Bring a letter as far as it can go: an approved draft gets its number, a numbered letter its bytes.

    Safe to repeat and to race. Raises what `issue` raises.
    """
    row = IssuedLetter.objects.get(id=letter_id)
    letter = pinned(row.definition, row.definition_hash)
    if row.state == LetterState.APPROVED:
        row = _number_draft(letter, row, fence)
    if row.inputs is not None and row.state == LetterState.ISSUED:
        freeze(letter, row, fence)
        row.refresh_from_db()
    return row


def unfinished() -> list[UUID]:
    """Letters left between two steps by something that died.

    Approved without number, or numbered without bytes.
    """
    waiting = (LetterState.APPROVED, LetterState.ISSUED)
    rows = IssuedLetter.objects.filter(inputs__isnull=False, state__in=waiting).order_by("created_at", "id")
    return list(rows.values_list("id", flat=True))


def reprint(letter_id: UUID, *, by: UUID | None = None) -> bytes:
    """The frozen bytes, always the same; that they were taken (again) is recorded."""
    with transaction.atomic():
        row = IssuedLetter.objects.select_for_update(of=("self",)).select_related("frozen").get(id=letter_id)
        before = row.events.filter(kind=LetterEvent.Kind.PRINTED).exists()
        record(row, LetterEvent.Kind.REPRINTED if before else LetterEvent.Kind.PRINTED, by=by)
        return row.pdf


def pinned(name: str, digest: str = "") -> Letter:
    """A letter in the version published under `digest`, or the one in use. Raises `NotPublished`."""
    return _published(digest) if digest else definition.current()[name]


@lru_cache(maxsize=128)
def _published(digest: str) -> Letter:
    return definition.from_content(store.load("letter", digest))


# --- number and row ------------------------------------------------------------------------------------


def _existing(order: Order) -> IssuedLetter | None:
    same = IssuedLetter.objects.filter(case_id=order.case, seq=order.seq, definition=order.letter)
    return same.filter(ordinal=order.ordinal, branch=1).first()


def _create(letter: Letter, order: Order, fence: Fence) -> IssuedLetter:
    asked = asked_of(letter, order.context)
    render.check_glyphs(asked)
    row = _row(letter, order)
    try:
        with transaction.atomic():
            fence()
            _begin(letter, row, asked, order)
            row.save(force_insert=True)
            record(row, LetterEvent.Kind(row.state), by=order.by, reason=_instead(row))
    except IntegrityError:
        other = _existing(
            order
        )  # somebody issued it meanwhile; the number taken here went back with the rest
        if other is None:
            raise
        return other
    return row


def _obstacle(letter: Letter, context: LetterContext) -> str:
    """Why the letter must not go out as it is; "" where nothing is in the way."""
    person = context.person(letter.addressee)
    if person is None or (person.address.strip() and not person.protected):
        return ""
    return PROTECTED_ADDRESS if person.protected else NO_ADDRESS


def _begin(letter: Letter, row: IssuedLetter, asked: dict[str, Any], order: Order) -> None:
    """Bring a new letter as far as it can go at once: numbered, drafted, or held for want of an address."""
    row.held = _obstacle(letter, order.context)
    if row.held == NO_ADDRESS:
        row.state = LetterState.HELD
    elif letter.approval:
        row.state = LetterState.DRAFTED
        _keep(row, asked)
    else:
        row.state = LetterState.ISSUED
        _number(letter, row, asked, allow_back_dating=order.allow_back_dating)


def _go_on(letter: Letter, letter_id: UUID, order: Order, fence: Fence) -> IssuedLetter:
    """Issue a held letter with the date of the order, now that there is an address; else it stays held."""
    asked = asked_of(letter, order.context)
    render.check_glyphs(asked)
    with transaction.atomic():
        fence()
        row = IssuedLetter.objects.select_for_update().get(id=letter_id)
        if row.state != LetterState.HELD:
            return row
        series = numbering.Series.of(row.controller, row.symbol, order.context.dated_on)
        row.dated_on, row.fiscal_year = order.context.dated_on, series.fiscal_year
        _begin(letter, row, asked, order)
        if row.state != LetterState.HELD:
            row.save()
            record(row, LetterEvent.Kind(row.state), by=order.by, reason=_instead(row))
        return row


def _row(letter: Letter, order: Order) -> IssuedLetter:
    context = order.context
    symbol = house.current().sender(context.sender.code).symbol
    series = numbering.Series.of(order.controller, symbol, context.dated_on)
    return IssuedLetter(
        case_id=order.case,
        seq=order.seq,
        ordinal=order.ordinal,
        definition=letter.name,
        definition_hash=letter.hash,
        controller=order.controller,
        organisation=context.sender.code,
        symbol=series.symbol,
        fiscal_year=series.fiscal_year,
        dated_on=context.dated_on,
        addressee_kind=letter.addressee,
        addressee=order.addressee,
        two_person=letter.two_person,
        inputs_salt=secrets.token_bytes(32),
    )


def _number(
    letter: Letter, row: IssuedLetter, asked: dict[str, Any], *, allow_back_dating: bool = False
) -> None:
    """Take the number and compose what will be printed."""
    series = numbering.Series(row.controller, row.symbol, row.fiscal_year)
    (row.number,) = numbering.take(series, row.dated_on, allow_back_dating=allow_back_dating)
    _keep(row, composed(letter, asked, row.shown_number, row.dated_on))


def _instead(row: IssuedLetter) -> str:
    """Who signed an issued letter in the office-holder's place; "" for nobody."""
    if row.state != LetterState.ISSUED:
        return ""
    return house.current().sender(row.organisation).signed(row.definition, row.dated_on).instead


def _keep(row: IssuedLetter, stored: dict[str, Any]) -> None:
    row.inputs = canonical(stored)
    row.inputs_digest = commitment(bytes(row.inputs_salt), _COMMITTED, bytes(row.inputs))


def _number_draft(letter: Letter, row: IssuedLetter, fence: Fence) -> IssuedLetter:
    """Number an approved draft with today's date."""
    with transaction.atomic():
        fence()
        row = IssuedLetter.objects.select_for_update().get(id=row.id)
        if row.state != LetterState.APPROVED:
            return row
        row.dated_on = timezone.localdate()
        row.fiscal_year = numbering.Series.of(row.controller, row.symbol, row.dated_on).fiscal_year
        row.state = LetterState.ISSUED
        record(row, LetterEvent.Kind.ISSUED, reason=_instead(row))
        _number(letter, row, stored_of(row))
        row.save()
    return row


# --- corrected --------------------------------------------------------------------------------------------


def correct(order: Order, before: UUID, *, fence: Fence = lambda: None) -> IssuedLetter:
    """Issue a corrected letter under the same number with the next branch (「第123号の2」).

    The old one stays as it is. Raises what `issue` raises, and `LetterInputError` where there is no address.
    """
    letter = pinned(order.letter, order.definition)
    asked = asked_of(letter, order.context)
    render.check_glyphs(asked)
    row = _row(letter, order)
    row.held = _obstacle(letter, order.context)
    if row.held == NO_ADDRESS:
        raise LetterInputError(letter.name, [InputProblem("addressee", "has no address; find it first")])
    with transaction.atomic():
        fence()
        old = IssuedLetter.objects.get(id=before)
        row.branch = numbering.next_branch(old)
        row.symbol, row.fiscal_year, row.number = old.symbol, old.fiscal_year, old.number
        row.state = LetterState.ISSUED
        _keep(row, composed(letter, asked, row.shown_number, row.dated_on))
        row.save(force_insert=True)
        record(row, LetterEvent.Kind.ISSUED, by=order.by, reason=_instead(row))
    return finish(row.id, fence=fence)
