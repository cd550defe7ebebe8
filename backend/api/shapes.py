"""Rows as JSON, cut to what the member may see."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from backend import access
from backend.access import MemberFacts
from backend.api.problem import language, refusal
from backend.cases.generic import GENERIC
from backend.cases.models import Blob, Case, Step
from backend.cases.offers import Offer
from backend.cases.pinned import Pinned, pinned
from backend.cases.reading import Answered, case_facts
from backend.cases.visible import day
from backend.people.models import Area, Member, Organisation, Person
from backend.sharing.consents.seeing import SeenConsent
from backend.workflow.model import Text

# The data category a fact of a case belongs to; the others are part of the consultation.
FACT_CATEGORIES = {"abuse": "abuse", "reporter_type": "reporter_identity"}
RELATED = ("area", "person", "assignee", "receiver", "reporter")


def words(text: Text) -> str:
    """The text in the language of the request."""
    return text.in_language(language())


def case_summary(case: Case, seen: frozenset[str], now: datetime) -> dict[str, Any]:
    """A case as a list shows it. What the member may not see is null, and `withheld` is true."""
    workflow = pinned(case.definition).workflow
    return {
        "id": str(case.id),
        "number": case.number,
        "workflow": case.workflow,
        "workflow_title": words(workflow.title),
        "state": state(pinned(case.definition), case.state),
        "revision": case.revision,
        "urgency": case.urgency or None,
        "open": case.is_open,
        "held": case.held_at is not None,
        "due_at": moment(case.due_at),
        "overdue": bool(case.is_open and case.held_at is None and case.due_at and case.due_at < now),
        "opened_at": moment(case.opened_at),
        "closed_at": moment(case.closed_at),
        "area": _area(case.area) if "area" in seen else None,
        "person": _named(case.person) if "identity" in seen else None,
        "owner_role": case.owner_role,
        "assignee": member(case.assignee),
        "receiver": organisation(case.receiver),
        "withheld": _withheld(case, seen),
    }


def _withheld(case: Case, seen: frozenset[str]) -> bool:
    hidden = "area" not in seen or (case.person_id is not None and "identity" not in seen)
    return hidden or any(FACT_CATEGORIES.get(name, "consultation") not in seen for name in case.facts)


def case_detail(case: Case, member_facts: MemberFacts, seen: frozenset[str], now: datetime) -> dict[str, Any]:
    """A case as its own address shows it."""
    own = str(case.reporter_id or "") == member_facts.id
    reporter_hidden = case.reporter_id is not None and not (own or "reporter_identity" in seen)
    found = case_summary(case, seen, now)
    withheld = found["withheld"] or reporter_hidden
    return {
        **found,
        "definition": case.definition,
        "controller": case.controller,
        "entered_at": moment(case.entered_at),
        "held_at": moment(case.held_at),
        "reporter": None if reporter_hidden else member(case.reporter),
        "facts": {
            name: value
            for name, value in sorted(case.facts.items())
            if FACT_CATEGORIES.get(name, "consultation") in seen
        },
        "categories": sorted(seen),
        "withheld": withheld,
        "withheld_because": withheld_because(case, member_facts, seen, now) if withheld else [],
        "links": {
            "actions": reverse("api:actions", args=[case.id]),
            "steps": reverse("api:steps", args=[case.id]),
        },
    }


def withheld_because(
    case: Case, member_facts: MemberFacts, seen: frozenset[str], now: datetime
) -> list[dict[str, str]]:
    """Why a member does not see everything: the same for every case that looks alike to the policies.

    It speaks of all the categories closed to the member, whether the case holds any or not, so that the
    reasons do not tell what there is.
    """
    known = access.current().categories
    closed = sorted(name for name, found in known.items() if found.cls != "CX" and name not in seen)
    facts, today = case_facts(case, now), day(now)
    told: dict[tuple[str, str], dict[str, str]] = {}
    for name in closed:
        decision = access.decide(member_facts, "see", facts, today=today, context={"category": name})
        for reason in refusal(decision)["reasons"]:
            told[reason["rule"], reason["text"]] = reason
    return list(told.values())


def step(
    row: Step, pin: Pinned, answered: Answered | None, seen: frozenset[str], *, actor: bool
) -> dict[str, Any]:
    """One step of the history. `actor`: whether the member may know who did it."""
    parts = answered.parts if answered else {}
    hidden = any(part and category not in seen for category, part in parts.items())
    return {
        "seq": row.seq,
        "action": row.action,
        "title": words(action_title(pin, row.action)),
        "from": state(pin, row.from_state) if row.from_state else None,
        "to": state(pin, row.to_state),
        "actor": member(row.actor) if actor else None,
        "at": moment(row.recorded_at),
        "form": {"name": row.form, "hash": row.form_hash} if row.form else None,
        "answers": answered.merged(seen) if answered else None,
        "attachment": None,
        "corrects": row.corrects,
        "corrected_by": answered.corrected_by if answered else None,
        "rules": list(row.rules),
        "hash": bytes(row.hash).hex(),
        "withheld": hidden or not actor,
    }


def action_title(pin: Pinned, name: str) -> Text:
    """What an action is called, by the name a step carries."""
    if name in GENERIC:
        return GENERIC[name].title
    return pin.workflow.action(name.partition(".")[2]).title


def attachment(
    case: Case, about: Mapping[str, Any], blob: Blob, seen: frozenset[str]
) -> dict[str, Any] | None:
    """An attached file, or None for one of a category the member may not see."""
    if blob.category not in seen:
        return None
    address = reverse("api:file", args=[case.id, blob.seq])
    return {"title": about.get("title", ""), "media_type": about.get("media_type", ""), "url": address}


def offer(found: Offer, case: Case) -> dict[str, Any]:
    """An action with the verdict on it."""
    decision = found.decision
    told = refusal(decision) if decision is not None else {"reasons": [], "help": ""}
    return {
        "action": found.name,
        "title": words(found.title),
        "class": found.cls,
        "form": found.form,
        "needs_reason": found.needs_reason,
        "confirm": words(found.confirm) if found.confirm else None,
        "possible": found.possible,
        "obstacle": found.obstacle or None,
        "why": [words(sentence) for sentence in found.why],
        "reasons": told["reasons"],
        "help": told["help"] or None,
        "url": reverse("api:act", args=[case.id, found.name]),
    }


def state(pin: Pinned, name: str) -> dict[str, str]:
    """A state with its label; one that this version does not know shows its name."""
    found = pin.workflow.states.get(name.partition(".")[2])
    title = words(found.title) if found else name
    return {"name": name, "title": title, "kind": found.kind if found else ""}


def member(row: Member | None) -> dict[str, str] | None:
    return {"id": str(row.id), "name": row.name} if row else None


def organisation(row: Organisation | None) -> dict[str, str] | None:
    if row is None:
        return None
    name = row.called(language())
    return {"code": row.code, "name": name}


def _area(row: Area | None) -> dict[str, str] | None:
    return {"code": row.code, "name": row.name} if row else None


def _named(row: Person | None) -> dict[str, str] | None:
    return {"id": str(row.id), "name": row.name, "kana": row.kana} if row else None


# What a person's record holds, by data category.
_RECORD = ("identity", "contact", "area")


def person_summary(row: Person, seen: frozenset[str]) -> dict[str, Any]:
    """A person as a list or a search shows them. What the member may not see is null."""
    named = "identity" in seen
    return {
        "id": str(row.id),
        "name": row.name if named else None,
        "kana": row.kana if named else None,
        "birth_date": row.birth_date.isoformat() if named and row.birth_date else None,
        "area": _area(row.area) if "area" in seen else None,
        "protected": row.protected,
    }


def person_detail(row: Person, seen: frozenset[str]) -> dict[str, Any]:
    """A person's record, and which of its categories are kept from the member."""
    named, reached = "identity" in seen, "contact" in seen
    return {
        **person_summary(row, seen),
        "sex": row.sex if named else None,
        "controller": row.controller,
        "deceased_on": row.deceased_on.isoformat() if named and row.deceased_on else None,
        "zip": row.zip or None if reached else None,
        "address": row.address or None if reached else None,
        "phone": row.phone or None if reached else None,
        "withheld": [category for category in _RECORD if category not in seen],
    }


def moment(value: datetime | None) -> str | None:
    """A moment in Japan's time with its offset."""
    return timezone.localtime(value).isoformat() if value else None


_CONSENT_PARTS = (
    "method", "witnessed", "by", "own", "wording", "language", "purposes", "recipients", "excluded",
    "categories", "layers", "valid_from", "valid_until",
)  # fmt: skip


def consent(seen: SeenConsent) -> dict[str, Any]:
    """One answer of a person; its parts are null where the member does not see the consultation."""
    row = seen.row
    parts = {name: _plain(getattr(row, name)) if seen.open else None for name in _CONSENT_PARTS}
    if not seen.shows_excluded:
        parts["excluded"] = None
    return {
        "id": str(row.id),
        "case": {"id": str(row.case_id), "number": row.case.number},
        "seq": row.seq,
        "said": row.said,
        "state": seen.state,
        "holds": seen.state in ("given", "partial"),
        "said_at": moment(row.said_at),
        "asked_by": member(row.asked_by) if seen.open else None,
        **parts,
        "ended_at": moment(row.ended_at),
        "ended_how": row.ended_how or None,
        "withheld": not (seen.open and seen.shows_excluded),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
