"""From the answers of a form to how far a consent reaches. A layer takes off what goes beyond it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend import access
from backend.sharing.consents.models import Said

# What a layer still lets be told, each including those before it (DOMAIN 9, 緊急だけ … 生活支援まで).
LAYERS = ("emergency", "commissioner", "volunteer", "life_support")
REACH = {"emergency_only": 1, "up_to_commissioner": 2, "up_to_volunteer": 3, "life_support": 4}
# The neighbours: a layer that does not reach them takes them off, whatever else was ticked.
FROM_LAYER = {
    "welfare_commissioner": "commissioner",
    "welfare_volunteer": "volunteer",
    "neighborhood_welfare_section": "volunteer",
    "district_csw": "volunteer",
    "disaster_group": "volunteer",
    "life_supporter": "life_support",
}
EMERGENCY = "emergency_rescue"
# A representative proves that they may answer; family who only write down what the person says do not.
REPRESENTATIVES = ("legal_representative", "guardian", "parent")
# What no form of consent opens by itself (DOMAIN 3.4, R01): the specially protected and what must not exist.
_NEVER = ("C4", "CX")


@dataclass(frozen=True, slots=True)
class Scope:
    """How far one answer reaches."""

    said: Said
    purposes: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    valid_until: date | None = None


def scope_of(answers: Mapping[str, Any]) -> Scope:
    """What the form `consent` says."""
    said = Said(answers["answer"])
    if said not in (Said.GIVEN, Said.PARTIAL):
        return Scope(said, purposes=_codes(answers, "refused_purposes"))
    layers = LAYERS[: REACH.get(str(answers.get("layer")), len(LAYERS))]
    purposes = (EMERGENCY,) if layers == LAYERS[:1] else _codes(answers, "purposes")
    excluded = {*_codes(answers, "excluded_recipients"), *_code(answers, "excluded_organisation")}
    named = {*_codes(answers, "recipients"), *_code(answers, "recipient_organisation")} - {"other"}
    return Scope(
        said,
        purposes,
        tuple(sorted(name for name in named - excluded if FROM_LAYER.get(name, layers[0]) in layers)),
        tuple(sorted(excluded)),
        tuple(name for name in _codes(answers, "categories") if _may_be_opened(name)),
        layers,
        date.fromisoformat(answers["valid_until"]),
    )


def withdrawal_of(answers: Mapping[str, Any]) -> Scope:
    """What the form `withdraw` takes back: everything, unless it names purposes."""
    return Scope(Said.WITHDRAWN, purposes=_codes(answers, "withdrawn_purposes"))


def is_own(answers: Mapping[str, Any]) -> bool:
    """Whether the person answered, or somebody who proved that they may answer for them."""
    by = answers.get("by")
    return by == "self" or (by in REPRESENTATIVES and bool(answers.get("proof")))


def begins(answers: Mapping[str, Any], recorded: date) -> date:
    """From when it holds: the day it was signed or explained, not before the explanation."""
    days = [answers[name] for name in ("explained_on", "signed_on") if answers.get(name)]
    return max(map(date.fromisoformat, days), default=recorded)


def _codes(answers: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(sorted(set(answers.get(name) or ())))


def _code(answers: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = answers.get(name)
    return (str(value),) if value else ()


def _may_be_opened(category: str) -> bool:
    known = access.current().categories.get(category)
    return known is not None and known.cls not in _NEVER
