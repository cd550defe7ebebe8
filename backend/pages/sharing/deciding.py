"""What helps whoever decides about a request: phrases for the reason, who else can, the stamp afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases import visible
from backend.cases.models import Case, Step
from backend.figures.stamp import Stamp
from backend.pages.acting import Acting
from backend.pages.seeing import Seen
from backend.people.acting import in_office, same_hands
from backend.people.models import Member, Role

MOST_NAMED = 3
# Phrases by the button they go with; what is written beside them is added.
PHRASES: Mapping[str, tuple[Any, ...]] = {
    "back": (
        _("Please say why this item is needed for the purpose."),
        _("Please ask the person for consent once more."),
        _("Please name the recipient's section."),
    ),
    "refuse": (
        _("The purpose can be reached without this information."),
        _("The legal basis does not cover the recipient."),
        _("The person does not want it to be shared."),
    ),
}
_DECIDED = {
    "disclosure.approve": _("STAMP approved"),
    "disclosure.approve_with_conditions": _("STAMP conditions"),
    "disclosure.send_back": _("STAMP back"),
    "disclosure.refuse": _("STAMP refused"),
}


@dataclass(frozen=True)
class Decided:
    """A decision just made: the request's number, and the stamp."""

    number: str
    stamp: Stamp


def on_its_own_page(seen: Seen, action: str) -> bool:
    """Whether an action is decided where what would leave is shown, not by its form alone."""
    return seen.pin.workflow.qualified(action) in _DECIDED


def note(pressed: str, phrase: str, typed: str) -> str:
    """The reason as it is kept: the phrase that was chosen and what was written beside it."""
    chosen = next((str(one) for one in PHRASES.get(pressed, ()) if str(one) == phrase), "")
    return "\n".join(filter(None, (chosen, typed.strip())))


def who_else(case: Case, acting: Acting) -> list[Member]:
    """Those in office for whose decision it waits, neither who asks nor in the hands of the requester."""
    role = Role.PRIVACY_OFFICER if case.owner_role == Role.PRIVACY_OFFICER else Role.SUPERVISOR
    rows = Member.objects.filter(
        in_office(acting.today), role=role, controller=case.controller
    ).select_related("organisation", "user")
    asker = case.assignee
    return [
        row
        for row in rows.order_by("kana", "id")
        if row.pk != acting.member.pk and (asker is None or not same_hands(row, asker, acting.today))
    ][:MOST_NAMED]


def just_decided(case_id: str, acting: Acting) -> Decided | None:
    """The member's own last decision about a request they may see, for the stamp on the next page."""
    try:
        rows = visible.visible(Case.objects.filter(pk=UUID(case_id)), acting.facts, acting.now)
    except ValueError:
        return None
    case = next(iter(visible.still(rows, acting.facts, acting.now)), None)
    if case is None:
        return None
    step = Step.objects.filter(case=case, actor=acting.member, action__in=_DECIDED).order_by("-seq").first()
    if step is None:
        return None
    on = timezone.localdate(step.recorded_at)
    return Decided(case.number, Stamp(str(_DECIDED[step.action]), acting.member.name, on, acting.lang))
