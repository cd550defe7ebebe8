"""The first six steps of a referral, with the forms' own examples as answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from backend.catalogue import loading
from backend.demo.cast import member_id


@dataclass(frozen=True)
class Act:
    """One action of the caseworker."""

    action: str
    answers: dict[str, Any]
    member: UUID


@cache
def first_six() -> tuple[Act, ...]:
    """Report, triage, ask for consent, record it, assign, refer."""
    return tuple(_acts())


def _acts() -> Iterator[Act]:
    forms, caseworker = loading.use().forms, member_id("caseworker")
    changed: dict[str, dict[str, Any]] = {
        "triage": {"urgency": "C"},
        "assign": {"assigned_to": str(caseworker)},
    }
    for action, form in (
        ("report", "detection_report"),
        ("triage", "triage"),
        ("request_consent", "consent_request"),
        ("record_consent", "consent"),
        ("assign", "assign"),
        ("refer", "referral_sheet"),
    ):
        yield Act(action, {**forms[form].sample(), **changed.get(form, {})}, caseworker)
