"""Moving what somebody has on their desk to others: what to look at before, then one step for each case.

Every case goes through the door by itself, under a key made from the key of the whole move: pressed twice, or
gone on with after an interruption, each case is moved once. What the door refuses stays where it is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from backend.access import MemberFacts
from backend.cases import actions, visible
from backend.cases.errors import Conflict, DoorError, NotFound
from backend.cases.models import Case, Step

ACTION = "pass_on"
WORKING_PAPERS = ("note", "progress_note")  # forms whose answers are what the next one wants to read
Outcome = Literal["moved", "changed", "gone", "refused"]
_SPACE = UUID("8f3f7a52-6a1c-4a2b-9a53-6f0c7cfd4c1e")


@dataclass(frozen=True)
class Item:
    """One case of the caseload, with what must not be forgotten in it."""

    case: Case
    notes: int


@dataclass(frozen=True)
class Wish:
    """Which case goes to whom, as it was seen."""

    case: UUID
    to: UUID
    revision: int


@dataclass(frozen=True)
class Told:
    """What became of one wish; `says` why it was not done."""

    wish: Wish
    number: str
    outcome: Outcome
    says: str = ""


def caseload(member: UUID, reader: MemberFacts, now: datetime, most: int) -> list[Item]:
    """The open cases somebody is in charge of, as far as the reader may list them, those due first."""
    rows: QuerySet[Case] = Case.objects.filter(assignee=member, is_open=True, controller=reader.controller)
    rows = visible.visible(rows, reader, now).select_related("person", "area", "assignee", "receiver")
    order = (F("held_at").asc(nulls_first=True), "due_at", "id")  # what is on hold hurries nobody
    cases = visible.still(rows.order_by(*order)[:most], reader, now)
    written = Step.objects.filter(case__in=[case.pk for case in cases], form__in=WORKING_PAPERS)
    notes = dict(written.order_by().values_list("case").annotate(n=Count("pk")))
    return [Item(case, notes.get(case.pk, 0)) for case in cases]


def shared_out(cases: Sequence[Case], to: Sequence[UUID], open_now: Mapping[UUID, int]) -> dict[UUID, UUID]:
    """A proposal: each case to whoever of these has the fewest by then, in the order they were named."""
    load = Counter({member: open_now.get(member, 0) for member in to})
    found = {}
    for case in cases:
        least = min(to, key=lambda member: (load[member], to.index(member)))
        found[case.pk] = least
        load[least] += 1
    return found


def move(wishes: Iterable[Wish], *, by: MemberFacts, why: str, handover: str, key: str) -> list[Told]:
    """Do each wish through the door. Returns what became of every one of them, in their order."""
    return [_one(wish, by, why, handover, key) for wish in wishes]


def _one(wish: Wish, by: MemberFacts, why: str, handover: str, key: str) -> Told:
    answers: dict[str, Any] = {"assigned_to": str(wish.to), "reason": "other", "reason_other": why}
    if handover:
        answers["handover"] = handover
    number = Case.objects.filter(pk=wish.case, controller=by.controller).values_list("number", flat=True)
    try:
        done = actions.perform(
            wish.case,
            ACTION,
            actor=UUID(by.id),
            answers=answers,
            revision=wish.revision,
            key=uuid5(_SPACE, f"{key}/{wish.case}").hex,
        )
    except Conflict:
        says = _("Somebody changed the case meanwhile. Look at it and move it once more.")
        return Told(wish, number.first() or "", "changed", says)
    except NotFound as error:
        return Told(wish, "", "gone", str(error))
    except DoorError as error:
        return Told(wish, number.first() or "", "refused", str(error))
    return Told(wish, done.number or number.first() or "", "moved")
