"""What happens to a case in the demo city, as data: acts by named people at given moments.

Tests, the demo and the documents read the same acts; `backend.demo.playing` carries them through the door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID

JST = timezone(timedelta(hours=9), "JST")


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does one action at a moment; afterwards the case is in `state` (unqualified).

    `who` is a username. `told` says in Japanese and in English why it is done,
    where it is worth saying.
    """

    at: datetime
    who: str
    action: str
    state: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Script:
    """The life of one case; the first act starts it. `key` names it for ever, so it is played only once."""

    key: str
    workflow: str
    acts: tuple[Act, ...]
    person: UUID | None = None
    area: str | None = None

    @property
    def begins(self) -> datetime:
        return self.acts[0].at

    def key_of(self, number: int) -> str:
        """The idempotency key of the act of that number."""
        return f"demo/{self.key}/{number:02d}"


def moment(day: date, clock: str) -> datetime:
    """A moment in Japan: `moment(date(2026, 11, 16), "17:20")`."""
    return datetime.combine(day, time.fromisoformat(clock), JST)
