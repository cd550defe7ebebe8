"""Where an action that shares was refused for want of a ground: the disclosure that can be requested instead.

What was typed says to whom, what and why; where it says nothing, what the case knows of its ground does. What
nobody has said stays open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.access import MemberFacts
from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.cases.reading import latest
from backend.sharing.disclosures import advice, asking
from backend.sharing.disclosures.advice import Matrix, Row
from backend.sharing.disclosures.proposals import proposal_of

PURPOSE = "service_linkage"  # what referring and handing over a case are for
# The questions by which forms ask the same thing, and the fact that answers it where no form did.
_RECIPIENT = (("to_org", "recipient"), "basis_recipient")
_BASIS = (("legal_basis",), "legal_basis")
_REASON = ("necessity_statement", "request", "handover")
_CATEGORIES = ("shared_items", "categories")


@dataclass(frozen=True)
class Instead:
    """A request as far as it is known. `matrix` is None while recipient or categories are missing.

    `changed` is the row whose nearest change was made to get there, None where it stands as it was asked.
    """

    answers: Mapping[str, Any]
    matrix: Matrix | None = None
    changed: Row | None = None

    @property
    def verdict(self) -> str:
        """What becomes of it (as `Matrix.verdict`); "" where that cannot be told yet."""
        return self.matrix.verdict if self.matrix else ""

    @property
    def decisive(self) -> Row | None:
        """The row that decides what becomes of it."""
        rows = self.matrix.chosen if self.matrix else ()
        return next((row for row in rows if row.outcome == self.verdict), None)


def requested(case: Case, typed: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The answers of a request about the case."""
    ground = latest(case, "statutory_basis") if case.facts.get("legal_basis") else {}
    recipient, basis = _said(case, typed, _RECIPIENT), _said(case, typed, _BASIS)
    on_consent = typed.get("basis") == "consent" or not basis
    known = "consent_categories" if on_consent else "basis_categories"
    found = {
        "source": str(case.id),
        "to_kind": "organisation" if recipient else "",
        "to_org": recipient,
        "purpose": typed.get("purpose") or ground.get("purpose") or PURPOSE,
        "basis": "consent" if on_consent else basis,
        "categories": _first(typed, _CATEGORIES) or sorted(case.facts.get(known) or ()),
        "reason": str(_first(typed, _REASON) or _first(ground, _REASON) or "")[:600],
        **asking.usual(today),
    }
    return {name: value for name, value in found.items() if value}


def instead(case: Case, typed: Mapping[str, Any], member: MemberFacts, today: date, lang: str) -> Instead:
    """What can be requested: as it was asked, or in the nearest form where only that may be requested."""
    answers = requested(case, typed, today)
    asked = Instead(answers, _matrix(case, answers, member, today, lang))
    if asked.verdict != "deny" or asked.decisive is None:
        return asked
    opened = _matrix(case, answers, member, today, lang, asked.decisive.category)
    asked = Instead(answers, opened)
    if asked.decisive is None or not asked.decisive.applies:
        return asked
    changed = {**answers, **asked.decisive.applies}
    nearest = Instead(changed, _matrix(case, changed, member, today, lang), asked.decisive)
    return asked if nearest.verdict == "deny" else nearest


def _matrix(
    case: Case, answers: Mapping[str, Any], member: MemberFacts, today: date, lang: str, opened: str = ""
) -> Matrix | None:
    if not answers.get("categories") or case.person is None:
        return None
    try:
        proposal = proposal_of(answers, case)
    except NotPossible:
        return None
    return advice.matrix(member, proposal, today, lang, opened=(opened,))


def _said(case: Case, typed: Mapping[str, Any], where: tuple[tuple[str, ...], str]) -> str:
    names, fact = where
    return str(_first(typed, names) or case.facts.get(fact) or "")


def _first(answers: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((answers[name] for name in names if answers.get(name)), None)
