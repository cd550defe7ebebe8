"""The functions that learn facts inside the transaction: codes, dates, yes or no; no names, no free text."""

from datetime import datetime
from typing import Any

from backend.workflow.guards import consent_is_valid, duty_bases, today
from backend.workflow.registry import in_transaction
from backend.workflow.situation import Situation

Facts = dict[str, Any]


@in_transaction(
    "set_detection",
    reads=("imminent", "abuse_suspected", "reporter_type"),
    sets=(
        "imminent",
        "abuse",
        "feedback_wanted",
        "reporter_type",
        "reporter_letter",
        "subject_known",
        "consent",
        "legal_basis",
    ),
)
def set_detection(situation: Situation) -> Facts:
    """What a detection report tells machines. A consent somebody else heard of is not consent."""
    answer = situation.answer
    return {
        "imminent": answer("imminent") is True,
        "abuse": answer("abuse_suspected", "none"),
        "feedback_wanted": answer("feedback_wanted") is True,
        "reporter_type": answer("reporter_type", "other"),
        "reporter_letter": bool(answer("reporter_name")) and bool(answer("reporter_addr")),
        "subject_known": bool(situation.case.get("person"))
        or (bool(answer("subject_name")) and bool(answer("subject_addr"))),
        "consent": "unknown",
        "legal_basis": "",
    }


@in_transaction(
    "set_triage",
    reads=("imminent", "subject_known", "abuse_suspected", "urgency"),
    sets=("imminent", "subject_known", "abuse", "urgency"),
)
def set_triage(situation: Situation) -> Facts:
    """Danger, who it is, kind of abuse and urgency as the triage decided them."""
    return {
        "imminent": situation.answer("imminent") is True,
        "subject_known": situation.answer("subject_known") is True,
        "abuse": situation.answer("abuse_suspected", "none"),
        "urgency": situation.answer("urgency"),
    }


@in_transaction("set_urgency", reads=("urgency",), sets=("urgency",))
def set_urgency(situation: Situation) -> Facts:
    """The urgency alone."""
    return {"urgency": situation.answer("urgency")}


@in_transaction("set_assignee", reads=("assigned_to",), sets=("assignee",))
def set_assignee(situation: Situation) -> Facts:
    """Who is in charge (a member id)."""
    return {"assignee": situation.answer("assigned_to")}


@in_transaction("set_consent_requested", sets=("consent",))
def set_consent_requested(situation: Situation) -> Facts:
    """Consent has been asked for; one that is still valid stays until the new answer comes."""
    return {"consent": situation.facts["consent"] if consent_is_valid(situation) else "requested"}


@in_transaction("set_consent", reads=("answer",), sets=("consent", "consent_until", "consent_categories"))
def set_consent(situation: Situation) -> Facts:
    """The person's answer, and how far and how long it reaches."""
    answer = situation.answer("answer")
    given = answer in ("given", "partial")
    return {
        "consent": "requested" if answer == "pending" else answer,
        "consent_until": situation.answer("valid_until") if given else None,
        "consent_categories": sorted(situation.answer("categories", ())) if given else [],
    }


@in_transaction(
    "set_withdrawal",
    reads=("consent_withdrawn",),
    sets=("consent", "consent_until", "consent_categories"),
)
def set_withdrawal(situation: Situation) -> Facts:
    """A consent withdrawn is gone at once; a withdrawal of the matter alone leaves it."""
    if situation.answer("consent_withdrawn") is not True:
        return {}
    return {"consent": "withdrawn", "consent_until": None, "consent_categories": []}


@in_transaction(
    "set_legal_basis",
    reads=("legal_basis", "categories", "recipient"),
    sets=("legal_basis", "basis_categories", "basis_recipient"),
)
def set_legal_basis(situation: Situation) -> Facts:
    """The approved legal basis, for which items and which recipient."""
    return {
        "legal_basis": situation.answer("legal_basis"),
        "basis_categories": sorted(situation.answer("categories", ())),
        "basis_recipient": situation.answer("recipient"),
    }


@in_transaction(
    "set_receiver",
    reads=("to_org", "basis"),
    sets=("receiver", "legal_basis", "basis_categories", "basis_recipient"),
    discloses=True,
)
def set_receiver(situation: Situation) -> Facts:
    """The agency the case is referred to; a duty to report becomes the recorded basis."""
    receiver = situation.answer("to_org")
    cited = situation.answer("legal_basis")
    if situation.answer("basis") != "statutory" or cited not in duty_bases(situation):
        return {"receiver": receiver}
    return {
        "receiver": receiver,
        "legal_basis": cited,
        "basis_categories": sorted(situation.answer("shared_items", ())),
        "basis_recipient": receiver,
    }


@in_transaction("set_transfer", reads=("destination",), sets=("receiver", "transfer_outside"), discloses=True)
def set_transfer(situation: Situation) -> Facts:
    """Who is asked to take over: an agency of the city, or somebody outside who cannot answer here."""
    outside = situation.answer("destination") == "outside_city"
    return {"receiver": "" if outside else situation.answer("to_org"), "transfer_outside": outside}


@in_transaction("clear_receiver", sets=("receiver", "transfer_outside"))
def clear_receiver(situation: Situation) -> Facts:
    """Nobody outside is in charge any more."""
    return {"receiver": "", "transfer_outside": False}


@in_transaction("set_rejection", sets=("receiver", "rejected_by", "transfer_outside"))
def set_rejection(situation: Situation) -> Facts:
    """Which agency declined, so that it is not asked again; it no longer sees the case."""
    receiver = situation.case.get("receiver") or situation.facts.get("receiver")
    declined = {*situation.facts.get("rejected_by", ()), *([receiver] if receiver else [])}
    return {"receiver": "", "rejected_by": sorted(declined), "transfer_outside": False}


@in_transaction("set_first_contact", reads=("first_contact_at", "met"), sets=("first_contact_on", "seen_on"))
def set_first_contact(situation: Situation) -> Facts:
    """The date the person was first reached, and first seen (not only phoned); the first ones stay."""
    given = today(datetime.fromisoformat(situation.answer("first_contact_at"))).isoformat()
    seen = given if situation.answered("met", "met") else None
    return {
        "first_contact_on": situation.facts.get("first_contact_on") or given,
        "seen_on": situation.facts.get("seen_on") or seen,
    }


@in_transaction("set_outcome", reads=("outcome",), sets=("outcome", "closed_on"))
def set_outcome(situation: Situation) -> Facts:
    """How the matter ended."""
    return {"outcome": situation.answer("outcome"), "closed_on": today(situation.now).isoformat()}


@in_transaction("set_transferred", sets=("outcome", "closed_on"))
def set_transferred(situation: Situation) -> Facts:
    """Somebody else has taken over."""
    return {"outcome": "handed_over", "closed_on": today(situation.now).isoformat()}


@in_transaction(
    "clear_outcome",
    sets=("outcome", "closed_on", "rejected_by", "imminent", "first_contact_on", "seen_on"),
)
def clear_outcome(situation: Situation) -> Facts:
    """The matter is open again: what was true then (danger, contact, who declined) must be found out anew."""
    return {
        "outcome": "",
        "closed_on": None,
        "rejected_by": [],
        "imminent": False,
        "first_contact_on": None,
        "seen_on": None,
    }
