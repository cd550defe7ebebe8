"""Rows that follow from steps within the same transaction: a consent given, a package approved.

The step is the truth and its chain the proof; a projection keeps what must be asked quickly or across cases.
It is written by a function registered for the form a step was answered in, or for an action that asks none;
when that fails, so does the step.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.access import MemberFacts
from backend.cases.models import Case
from backend.cases.moves import Move


@dataclass(frozen=True)
class Written:
    """A step just written, before commit.

    `case` is as it was read, except for its state, which the machine has moved on; `move` is what changed it.
    """

    case: Case
    seq: int
    move: Move
    member: MemberFacts
    answers: Mapping[str, Any]
    now: datetime

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts of the case after the step."""
        found: Mapping[str, Any] = self.move.changes.get("facts", self.case.facts)
        return found


Projection = Callable[[Written], None]
_PROJECTIONS: dict[str, list[Projection]] = defaultdict(list)


def projects(*forms: str) -> Callable[[Projection], Projection]:
    """Register a function for the steps answered in any of these forms (or of these actions without one)."""

    def register(projection: Projection) -> Projection:
        for form in forms:
            if projection not in _PROJECTIONS[form]:
                _PROJECTIONS[form].append(projection)
        return projection

    return register


def project(written: Written) -> None:
    """Write what follows from a step. Whatever is raised undoes the step."""
    for projection in _PROJECTIONS.get(written.move.form or written.move.action, ()):
        projection(written)
