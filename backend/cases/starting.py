"""Cases that begin by themselves from a step of another: a review, the tasks of a meeting. Each exactly once.

The new case belongs to the controller of the case it comes from and is begun by the automated run. Its start
form asks `source` and `source_step`, the case and the step it comes from; a function registered for the
workflow may say more, or that several begin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.cases import actions
from backend.cases.effects import EffectError, Hopeless, handler
from backend.cases.errors import DoorError
from backend.cases.failing import Code
from backend.cases.models import Case, Effect
from backend.people.models import Member, Role


@dataclass(frozen=True)
class Beginning:
    """One case to begin: the answers of its start form, and whom it is about."""

    answers: dict[str, Any]
    person: UUID | None = None
    area: str | None = None


Beginnings = Callable[[Case, int], Sequence[Beginning]]
_BEGINNINGS: dict[str, Beginnings] = {}


def begins(workflow: str) -> Callable[[Beginnings], Beginnings]:
    """Register what begins when a step starts cases of a workflow: from the source case and its step."""

    def register(function: Beginnings) -> Beginnings:
        _BEGINNINGS[workflow] = function
        return function

    return register


def origin(case: Case, seq: int) -> dict[str, Any]:
    """The answers every such start form asks."""
    return {"source": str(case.id), "source_step": seq}


@handler("start_case")
def start_cases(effect: Effect) -> None:
    """Begin what the step asked for, within the transaction that marks the effect as done."""
    case = effect.case
    found = _BEGINNINGS.get(effect.target, _same)(case, effect.seq)
    actor = _actor(case)
    for number, beginning in enumerate(found):
        try:
            actions.start(
                effect.target,
                actor=actor,
                answers=beginning.answers,
                key=f"start/{effect.case_id}/{effect.seq}/{effect.ordinal}/{number}",
                person=beginning.person,
                area=beginning.area or case.area_id,
                controller=case.controller,
            )
        except DoorError as error:
            said = f"{effect.target} could not begin: {type(error).__name__}"
            raise Hopeless(said, Code.START) from error


def _same(case: Case, seq: int) -> Sequence[Beginning]:
    return [Beginning(origin(case, seq), case.person_id)]


def _actor(case: Case) -> UUID:
    """The automated run of the case's own controller: another's would act on what is none of its business.

    Raises `EffectError` where it has none; the effect is tried again, so that adding one is enough.
    """
    runs = Member.objects.filter(role=Role.SYSTEM, controller=case.controller)
    mine = runs.order_by("id").first()
    if mine is None:
        said = f"{case.controller} has no member with the role system; add one for its automated runs"
        raise EffectError(said, Code.NO_RUN, controller=case.controller)
    return mine.id
