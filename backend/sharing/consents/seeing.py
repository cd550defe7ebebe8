"""The consents of a person as one member sees them: of cases they may list, in the categories they see."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet

from backend import access
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.cases.visible import Sight, day
from backend.sharing.consents.asking import AGREED, is_live
from backend.sharing.consents.models import Consent

NEEDED, EXCLUDED_NEEDS = "consultation", "family_relation"
State = Literal["given", "partial", "refused", "pending", "withdrawn", "expired", "ended", "not_begun"]


@dataclass(frozen=True)
class SeenConsent:
    """One row and what of it is open: nothing but that it is there, or all but whom it excludes."""

    row: Consent
    state: State
    open: bool
    shows_excluded: bool


def state_of(row: Consent, today: date) -> State:
    """What one answer is worth on a day: `ended` is taken back, refused or replaced later."""
    if row.said not in AGREED:
        return row.said  # type: ignore[return-value]
    if is_live(row, today):
        return "given" if row.said == "given" else "partial"
    if row.ended_at is not None:
        return "ended"
    return "not_begun" if row.valid_from > today else "expired"


def of_person(person: UUID, sight: Sight, today: date) -> list[SeenConsent]:
    """What the member may see of everything a person said, newest first. One query, whatever their number."""
    may_list: dict[UUID, bool] = {}
    found = []
    for row in _rows().filter(person=person):
        if row.case_id not in may_list:
            may_list[row.case_id] = _listed(row.case, sight)
        if may_list[row.case_id]:
            found.append(_seen(row, sight.of(row.case), today))
    return found


def of_case(case: Case, categories: frozenset[str], today: date) -> list[SeenConsent]:
    """The same of one case that is being shown, to a member who sees these categories of it."""
    return [_seen(row, categories, today) for row in _rows().filter(case=case)]


def _rows() -> QuerySet[Consent]:
    related = ("case", "asked_by__organisation", "ended_by")
    return Consent.objects.select_related(*related).order_by("-said_at", "-seq")


def _listed(case: Case, sight: Sight) -> bool:
    facts = case_facts(case, sight.now)
    return access.decide(sight.member, "list", facts, today=day(sight.now)).allowed


def _seen(row: Consent, categories: frozenset[str], today: date) -> SeenConsent:
    return SeenConsent(row, state_of(row, today), NEEDED in categories, EXCLUDED_NEEDS in categories)
