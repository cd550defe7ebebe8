"""Letters that stopped on their way, brought to an end: printed, or void with a reason somebody is told.

The effect of a step issues its letter and is tried again by itself. What is found here has no such effect, or
none any more: its worker died once too often, an approved draft was never numbered, or a held letter has an
address now. Each try is recorded before it is made, so that a letter that kills its worker cannot do so for
ever.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from backend.cases.effects import reason
from backend.cases.models import Effect, Step
from backend.letters import effects, issue, life
from backend.letters.glyphs import MissingGlyph
from backend.letters.inputs import LetterInputError
from backend.letters.models import IssuedLetter, LetterEvent, LetterState

MOST_TRIES = 3
PATIENCE = timedelta(seconds=120)  # between two tries, and before the first
log = structlog.get_logger(__name__)


def finish_all(*, go_on: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Bring every letter that stopped to an end, while `go_on()`; how many by the state they came to."""
    counts: dict[str, int] = {}
    for letter_id in [*_unfinished(), *_addressed()]:
        if not go_on():
            break
        state = _try(letter_id)
        if state:
            counts[state] = counts.get(state, 0) + 1
    return counts


def _unfinished() -> Iterable[UUID]:
    """Letters without number or bytes that no effect is going to finish."""
    rows = IssuedLetter.objects.filter(id__in=issue.unfinished()).exclude(Exists(_at_work()))
    return _rested(rows).values_list("id", flat=True)


def _addressed() -> Iterable[UUID]:
    """Letters held for want of an address, whose person has one now or whose case was corrected since."""
    held = IssuedLetter.objects.filter(state=LetterState.HELD).exclude(Exists(_at_work()))
    of_the_person = Q(addressee_kind__in=("resident", "debtor")) & ~Q(case__person__address="")
    corrections = Step.objects.filter(case=OuterRef("case"), corrects__isnull=False)
    corrected = Exists(corrections.filter(recorded_at__gt=OuterRef("touched")))
    known = _rested(held).filter(Q(case__person__isnull=False) & of_the_person | corrected)
    return known.values_list("id", flat=True)


def _at_work() -> QuerySet[Effect]:
    """The effect that issues the letter, while it will be run or is being run."""
    same = Effect.objects.filter(kind="letter", case=OuterRef("case"), seq=OuterRef("seq"))
    live = (Effect.State.READY, Effect.State.CLAIMED)
    return same.filter(target=OuterRef("definition"), ordinal=OuterRef("ordinal"), state__in=live)


def _rested(rows: QuerySet[IssuedLetter]) -> QuerySet[IssuedLetter]:
    """Those nobody did anything with for a while, the longest first."""
    events = LetterEvent.objects.filter(letter=OuterRef("pk")).order_by("-nth")
    touched = rows.annotate(touched=Subquery(events.values("at")[:1]))
    return touched.filter(touched__lt=timezone.now() - PATIENCE).order_by("touched", "id")


def _try(letter_id: UUID) -> str:
    """One try; the state the letter came to, "" where it stays as it is."""
    if not _begin(letter_id):
        return ""
    letter = IssuedLetter.objects.get(id=letter_id)
    try:
        letter = _finish(letter)
    except (LetterInputError, MissingGlyph) as error:
        return _give_up(letter, effects.why(error))
    except Exception as error:  # it is tried again; the other letters go on
        log.error("letter.unfinished", letter=str(letter_id), error=reason(error))
        return ""
    if letter.state == LetterState.VOID:
        _tell(letter)
    return "" if letter.state == LetterState.HELD else letter.state


def _begin(letter_id: UUID) -> bool:
    """Record a try, unless somebody else is at it or there were enough: then the letter is void."""
    with transaction.atomic():
        rows = IssuedLetter.objects.select_for_update(skip_locked=True)
        letter = rows.filter(id=letter_id).first()
        if letter is None or letter.events.filter(at__gt=timezone.now() - PATIENCE).exists():
            return False
        tried = letter.events.filter(kind=LetterEvent.Kind.TRIED).count()
        if tried < MOST_TRIES or letter.state == LetterState.HELD:
            life.record(letter, LetterEvent.Kind.TRIED)
            return True
    _give_up(letter, f"it could not be printed in {MOST_TRIES} tries")
    return False


def _finish(letter: IssuedLetter) -> IssuedLetter:
    if letter.state != LetterState.HELD:
        return issue.finish(letter.id)
    effect = effects.effect_of(letter)
    if effect is None:
        return letter
    order = effects.order_for(effect)
    return issue.issue(effects.dated_today(order))


def _give_up(letter: IssuedLetter, because: str) -> str:
    life.void(letter.id, by=None, reason=because)
    _tell(letter)
    return LetterState.VOID


def _tell(letter: IssuedLetter) -> None:
    effect = effects.effect_of(letter)
    if effect is not None:
        effects.tell(effect, effects.STOPPED)
