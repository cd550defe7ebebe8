"""What an action looks up before its guards: named, reviewed functions that may read the database.

They run inside the door's transaction, after the case is locked and the decision has allowed the action. What
they return stands in `Situation.known` under their name; raising `NotPossible` stops the action.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.access import MemberFacts
from backend.cases.models import Case
from backend.workflow.model import Action
from backend.workflow.registry import CONSULTATIONS, consultation

LookUp = Callable[["Asked"], Mapping[str, Any]]


@dataclass(frozen=True)
class Asked:
    """Everything a consultation may look at. A case that is only beginning is not in the database yet."""

    case: Case
    member: MemberFacts
    answers: Mapping[str, Any]
    now: datetime


def consults(name: str, *, reads: tuple[str, ...] = ()) -> Callable[[LookUp], LookUp]:
    """Register a look-up under the name workflows use."""
    return consultation(name, reads=reads)


def looked_up(action: Action, asked: Asked) -> dict[str, Any]:
    """What the consultations of an action found, by their names."""
    return {name: CONSULTATIONS[name].look_up(asked) for name in action.consult}
