"""The answer of a recipient, through the door: as a member, or as the window of their organisation."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.cases.pinned import pinned
from backend.people.models import Member, Organisation, Role
from backend.sharing.disclosures.models import Package
from backend.workflow.model import Action

# The window of an organisation is nobody in person; its id follows from the code, so that there is one.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tsunagu:window")
WINDOW = "窓口"


def window_of(organisation: Organisation, today: date) -> UUID:
    """The member as whom an organisation without accounts answers; made when first needed."""
    values = {
        "name": f"{organisation.name} {WINDOW}"[:80],
        "role": Role.AGENCY_STAFF,
        "post": WINDOW,
        "organisation": organisation,
        "controller": organisation.controller,
        "valid_from": today,
    }
    ident = uuid.uuid5(_NAMESPACE, organisation.code)
    return Member.objects.get_or_create(id=ident, defaults=values)[0].id


def possible(case: Case) -> list[Action]:
    """What the recipient can answer as the case stands, in the order the workflow names it."""
    leaving = pinned(case.definition).workflow.leaving(case.state.partition(".")[2])
    return [action for action in leaving if action.cls == "respond"]


def reply(
    package: Package,
    action: str,
    answers: Mapping[str, Any],
    *,
    key: str,
    today: date,
    by: UUID | None = None,
) -> Done:
    """Answer as the member `by`, or as the window of the receiving organisation. Raises the door's errors."""
    if package.recipient is None:
        raise NotPossible("")  # a private person answers by telephone or paper, and the office records it
    actor = by or window_of(package.recipient, today)
    return actions.perform(package.case_id, action, actor=actor, answers=answers, key=key)
