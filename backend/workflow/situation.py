"""What a guard or an in-transaction function may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Situation:
    """One action about to be done, as plain data.

    `case`: state, urgency, assignee, receiver, opened_at, held … and `facts`, the case's small
    machine-readable data. `answers`: those of this action, None while nobody has answered yet (a guard that
    reads them is then left open). `member`: who acts, as facts. `now`: the time of the step. `known`: what
    the action's `consult` looked up, None while nothing was (a guard that reads it is then left open).
    """

    case: Mapping[str, Any]
    answers: Mapping[str, Any] | None
    member: Mapping[str, Any]
    now: datetime
    known: Mapping[str, Any] | None = None

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts of the case."""
        facts: Mapping[str, Any] = self.case.get("facts") or NOTHING
        return facts

    def answer(self, name: str, default: Any = None) -> Any:
        """One answer, or the default."""
        return (self.answers or NOTHING).get(name, default)

    def knowing(self, facts: Mapping[str, Any]) -> "Situation":
        """The same situation after some facts were learned."""
        return replace(self, case={**self.case, "facts": {**self.facts, **facts}})

    def answered(self, name: str, *values: Any) -> bool:
        """Whether an answer is one of some values."""
        return self.answer(name) in values
