"""What a situation means for an action: which guards do not hold, what is learned, what follows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backend.definitions.canonical import canonical
from backend.definitions.shapes import compiled
from backend.workflow import facts, guards, proposing, watches  # noqa: F401 - importing registers names
from backend.workflow.model import Action, Effect, SchemaGuard, Text
from backend.workflow.registry import FUNCTIONS, GUARDS
from backend.workflow.situation import NOTHING, Situation


@dataclass(frozen=True, slots=True)
class Unmet:
    """A guard that does not hold: its name, and why not and what to do.

    `sharing` tells that a ground to share is missing, `cite` which article asks for one.
    """

    guard: str
    says: Text
    sharing: bool = False
    cite: str = ""


def unmet(action: Action, situation: Situation) -> tuple[Unmet, ...]:
    """Every guard of an action that does not hold.

    While `situation.answers` is None, guards that read answers are left open, and while nothing was looked
    up those that read that: they are decided when the form is sent.
    """
    found = []
    for guard in action.guards:
        if isinstance(guard, SchemaGuard):
            if not _fits(guard, situation):
                found.append(Unmet("schema", guard.says))
            continue
        known = GUARDS[guard]
        if (situation.answers is None and known.reads) or (situation.known is None and known.knows):
            continue
        if not known.holds(situation):
            found.append(Unmet(guard, known.says, known.decides_sharing, known.cite))
    return tuple(found)


def wanted(action: Action) -> dict[str, str]:
    """The answers the name of an action says already, which its guards hold for."""
    named = [GUARDS[guard].wants for guard in action.guards if not isinstance(guard, SchemaGuard)]
    return dict(pair for pair in named if pair is not None)


def learned(action: Action, situation: Situation) -> dict[str, Any]:
    """The facts an action's functions learn, in their order; each sees what those before it learned."""
    facts_: dict[str, Any] = {}
    for name in action.do:
        facts_.update(FUNCTIONS[name].learn(situation.knowing(facts_)))
    return facts_


def effects(action: Action, situation: Situation) -> tuple[Effect, ...]:
    """What follows, those left out whose `when` does not hold. Give the situation after `learned`."""
    return tuple(effect for effect in action.then if not effect.when or GUARDS[effect.when].holds(situation))


def _fits(guard: SchemaGuard, situation: Situation) -> bool:
    data = {
        "case": {**situation.case, "facts": dict(situation.facts)},
        "answers": dict(situation.answers or NOTHING),
        "member": dict(situation.member),
    }
    return bool(_test(canonical(_plain(guard.schema)))(data))


@lru_cache(maxsize=256)
def _test(schema: bytes) -> Any:
    return compiled(json.loads(schema))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
