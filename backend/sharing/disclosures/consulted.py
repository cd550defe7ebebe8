"""What the person said about sharing, as the gate asks it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.cases import reading
from backend.cases.models import Case
from backend.people.models import Person

_REPRESENTATIVES = ("legal_representative", "guardian", "parent")


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """One consent (or refusal) as codes. `own`: by the person, or with proof of authority."""

    consent: str = "none"
    own: bool = False
    method: str = ""
    purposes: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    until: date | None = None


def live(source: Case, person: Person, today: date) -> list[ConsentFacts]:
    """Everything the person said that counts on that day; none where nobody asked."""
    answers = reading.latest(source, "consent")
    state = str(source.facts.get("consent", "unknown"))
    if state in ("refused", "withdrawn"):
        return [ConsentFacts(consent=state)]
    if state not in ("given", "partial") or not answers:
        return []
    return [_of_answers(answers)]


def _of_answers(answers: dict[str, Any]) -> ConsentFacts:
    by = answers.get("by")
    until = answers.get("valid_until")
    return ConsentFacts(
        consent="given",
        own=by == "self" or (by in _REPRESENTATIVES and bool(answers.get("proof"))),
        method=str(answers.get("method", "")),
        purposes=tuple(answers.get("purposes") or ()),
        recipients=tuple(answers.get("recipients") or ()),
        categories=tuple(answers.get("categories") or ()),
        until=date.fromisoformat(until) if until else None,
    )
