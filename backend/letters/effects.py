"""The effect "letter": issue the letter a step asked for, once; and tell who is in charge where it stops."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.cases import effects, notices
from backend.cases.addressees import addressees
from backend.cases.failing import Code
from backend.cases.models import Case, Effect
from backend.letters import casework, house, issue, numbering
from backend.letters.glyphs import MissingGlyph
from backend.letters.inputs import LetterInputError
from backend.letters.models import IssuedLetter, LetterCounter, LetterState

# Notices about letters, beside those of steps and timers.
HELD, STOPPED = "letter_held", "letter_stopped"
WITHHELD, RETURNED = "letter_protected", "letter_returned"


@effects.handler("letter", mode="commits")
def send_letter(effect: Effect) -> None:
    """Issue the letter in the version the case is pinned to; one without an address is held.

    Raises `Hopeless` for a letter that cannot be written from what is known, or that is void because it
    could not be printed. Whoever is in charge is told of each: somebody has to look at it.
    """
    try:
        letter = issue.issue(order_for(effect), fence=lambda: effects.hold(effect))
    except (LetterInputError, MissingGlyph) as error:
        tell(effect, STOPPED)
        raise effects.Hopeless(f"{effect.target}: {why(error)}", **_facts(error)) from error
    if letter.state == LetterState.HELD:
        tell(effect, HELD)
    if letter.state == LetterState.VOID:
        tell(effect, STOPPED)
        said = f"{effect.target}: {letter.shown_number} does not fit its pages and is void"
        raise effects.Hopeless(said, Code.TOO_LONG)


def order_for(effect: Effect) -> issue.Order:
    """What the effect asks for, dated as its step, but not before the last letter of the series."""
    case = Case.objects.get(pk=effect.case_id)
    context = casework.letter_context(effect)
    sender = house.current().sender(context.sender.code)
    series = numbering.Series.of(case.controller, sender.symbol, context.dated_on)
    return issue.Order(
        case=case.id,
        seq=effect.seq,
        letter=effect.target,
        controller=case.controller,
        context=replace(context, dated_on=max(context.dated_on, _last_date(series) or context.dated_on)),
        ordinal=effect.ordinal,
        definition=effect.payload.get("definition", ""),
        addressee=casework.addressee_id(
            case, effect.payload.get("to", ""), effect.payload.get("receiver", "")
        ),
        by=_actor(case, effect.seq),
    )


def dated_today(order: issue.Order) -> issue.Order:
    """The same order for a letter that goes out later than its step."""
    return replace(
        order, context=replace(order.context, dated_on=max(order.context.dated_on, timezone.localdate()))
    )


def why(error: LetterInputError | MissingGlyph) -> str:
    """Why a letter cannot be written, without a word of it."""
    if isinstance(error, MissingGlyph):
        return f"{error.code} in {error.where} cannot be printed"
    return f"not known: {_fields(error)}"


def _fields(error: LetterInputError) -> str:
    return ", ".join(sorted(problem.path for problem in error.problems))


def _facts(error: LetterInputError | MissingGlyph) -> dict[str, Any]:
    if isinstance(error, MissingGlyph):
        return {"code": Code.CHARACTER, "character": error.code}
    return {"code": Code.UNKNOWN_FIELDS, "fields": _fields(error)}


def tell(effect: Effect, kind: str) -> None:
    """A notice to whoever is in charge that a letter waits or cannot be printed: once for each letter."""
    case = Case.objects.select_related("assignee__organisation").get(pk=effect.case_id)
    told = addressees(case, "assignee", timezone.localdate())
    prefix = f"{kind}/{case.id}/{effect.seq}/{effect.target}/{effect.ordinal}"
    with transaction.atomic():
        notices.write(case, kind, effect.target, prefix, told)
        notices.mail_hints(effect, told)


def effect_of(letter: IssuedLetter) -> Effect | None:
    """The effect a letter was issued for; None where none asked for it."""
    same = Effect.objects.filter(kind="letter", case_id=letter.case_id, seq=letter.seq)
    return same.filter(target=letter.definition, ordinal=letter.ordinal).first()


def _last_date(series: numbering.Series) -> date | None:
    """The date of the series' last letter: numbers and dates go up together."""
    rows = LetterCounter.objects.filter(
        controller=series.controller, symbol=series.symbol, fiscal_year=series.fiscal_year
    )
    return rows.values_list("last_dated_on", flat=True).first()


def _actor(case: Case, seq: int) -> UUID:
    return case.steps.values_list("actor_id", flat=True).get(seq=seq)
