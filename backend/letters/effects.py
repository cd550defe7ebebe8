"""The effect "letter": issue the letter a step asked for, once."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from backend.cases import effects
from backend.cases.models import Case, Effect
from backend.letters import casework, house, issue, numbering
from backend.letters.glyphs import MissingGlyph
from backend.letters.inputs import LetterInputError
from backend.letters.models import LetterCounter, LetterState


@effects.handler("letter", mode="commits")
def send_letter(effect: Effect) -> None:
    """Issue the letter in the version the case is pinned to.

    Raises `Hopeless` for a letter that cannot be written from what is known, or that is void because it
    could not be printed: somebody has to look at it.
    """
    case = Case.objects.get(pk=effect.case_id)
    context = casework.letter_context(effect)
    sender = house.current().sender(context.sender.code)
    series = numbering.Series.of(case.controller, sender.symbol, context.dated_on)
    order = issue.Order(
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
    try:
        letter = issue.issue(order, fence=lambda: effects.hold(effect))
    except LetterInputError as error:
        named = ", ".join(sorted(problem.path for problem in error.problems))
        raise effects.Hopeless(f"{effect.target}: not known: {named}") from error
    except MissingGlyph as error:
        raise effects.Hopeless(f"{effect.target}: {error.code} in {error.where} cannot be printed") from error
    if letter.state == LetterState.VOID:
        raise effects.Hopeless(f"{effect.target}: {letter.shown_number} does not fit its pages and is void")


def _last_date(series: numbering.Series) -> date | None:
    """The date of the series' last letter: numbers and dates go up together."""
    rows = LetterCounter.objects.filter(
        controller=series.controller, symbol=series.symbol, fiscal_year=series.fiscal_year
    )
    return rows.values_list("last_dated_on", flat=True).first()


def _actor(case: Case, seq: int) -> UUID:
    return case.steps.values_list("actor_id", flat=True).get(seq=seq)
