"""What a step will write besides itself: timers of the state entered and effects of the action."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.cases.chain import utc
from backend.workflow.deadlines import TimerSpec


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    """An effect to be written; its payload holds ids and definition hashes only."""

    kind: str
    target: str
    payload: dict[str, str]

    def entry(self) -> dict[str, Any]:
        return {"kind": self.kind, "target": self.target, "payload": self.payload}


def timer_entry(timer: TimerSpec) -> dict[str, Any]:
    """A timer as the digest in the step's body sees it."""
    return {
        "kind": timer.kind,
        "stage": timer.stage,
        "at": utc(timer.at),
        "to": timer.to,
        "letter": timer.letter,
    }


def columns(timers: Sequence[TimerSpec], effects: Sequence[PlannedEffect]) -> dict[str, list[Any]]:
    """Both as the arrays that the writing statement unnests."""
    return {
        "timer_kinds": [timer.kind for timer in timers],
        "timer_stages": [timer.stage for timer in timers],
        "timer_ats": [timer.at for timer in timers],
        "timer_tos": [timer.to for timer in timers],
        "timer_letters": [timer.letter for timer in timers],
        "effect_kinds": [effect.kind for effect in effects],
        "effect_targets": [effect.target for effect in effects],
        "effect_payloads": [json.dumps(effect.payload, sort_keys=True) for effect in effects],
    }
