"""The course of a disclosure: what is known of the request, of its hand-over, and of its end."""

from datetime import date
from typing import Any

from backend.sharing.disclosures.gate import MATRIX, ruled_in
from backend.workflow.guards import today
from backend.workflow.registry import guard, in_transaction
from backend.workflow.situation import Situation

Facts = dict[str, Any]


# --- guards ------------------------------------------------------------------------------------------------


@guard(
    "same_source",
    ja="元のケースは変えられません。別のケースのときは、新しく申し込んでください。",
    en="The case it comes from cannot be changed. Make a new request for another case.",
    reads=("source",),
)
def same_source(situation: Situation) -> bool:
    return bool(situation.answer("source") == situation.facts.get("source"))


@guard(
    "package_is_whole",
    ja="渡せる包みがありません（取り消されたか、期限が過ぎました）。もう一度申し込んでください。",
    en="There is no package to hand over: it was recalled or has expired. Request it again.",
    knows=(MATRIX,),
)
def package_is_whole(situation: Situation) -> bool:
    return ruled_in(situation).get("package") is True


@guard(
    "handed_on_paper",
    ja="書面では渡していません。",
    en="It is not handed over on paper.",
    reads=("means",),
)
def handed_on_paper(situation: Situation) -> bool:
    return situation.answered("means", "paper")


@guard(
    "paper_was_handed_over",
    ja="書面では渡していません。書面のないほうの手続きを使ってください。",
    en="Nothing was handed over on paper. Use the action without paper.",
)
def paper_was_handed_over(situation: Situation) -> bool:
    return situation.facts.get("handed_by") == "paper"


@guard(
    "nothing_was_handed_on_paper",
    ja="書面を渡しています。「書面を返してもらう」ほうの手続きを使ってください。",
    en="Paper was handed over. Use the action that gets it back.",
)
def nothing_was_handed_on_paper(situation: Situation) -> bool:
    return not paper_was_handed_over(situation)


@guard(
    "last_day_is_over",
    ja="期限の日がまだ過ぎていません。やめるときは「取り消す」を使ってください。",
    en="The last day is not over yet. To end it now, recall it.",
)
def last_day_is_over(situation: Situation) -> bool:
    last = situation.facts.get("expires_on")
    return bool(last) and date.fromisoformat(str(last)) < today(situation.now)


# --- what is learned ---------------------------------------------------------------------------------------


@in_transaction(
    "set_disclosure",
    reads=("source", "to_kind", "purpose", "basis", "categories", "means", "until"),
    sets=(
        "source", "to_kind", "recipient", "recipient_member", "purpose", "basis", "requested", "means",
        "expires_on", "requesters", "assignee", "approved", "handed_by",
    ),
    knows=(MATRIX,),
)  # fmt: skip
def set_disclosure(situation: Situation) -> Facts:
    """The request as codes, and the account of everybody who asked for it or edited it."""
    known, answer = ruled_in(situation), situation.answer
    asked = {*situation.facts.get("requesters", ()), situation.member.get("account", "")}
    return {
        "source": answer("source"),
        "to_kind": answer("to_kind"),
        "recipient": known.get("recipient", ""),
        "recipient_member": known.get("member", ""),
        "purpose": answer("purpose"),
        "basis": answer("basis"),
        "requested": sorted(answer("categories", ())),
        "means": answer("means"),
        "expires_on": answer("until"),
        "requesters": sorted(asked - {""}),
        "assignee": situation.case.get("assignee") or situation.member.get("id", ""),
        "approved": [],
        "handed_by": "",
    }


@in_transaction("set_package", sets=("approved", "expires_on", "handed_by", "return_by"), knows=(MATRIX,))
def set_package(situation: Situation) -> Facts:
    """Which categories leave and until when; an approver may narrow both, never widen them."""
    requested = situation.facts.get("requested", ())
    chosen = set(situation.answer("categories") or requested)
    last = str(situation.facts.get("expires_on") or "")
    return {
        "approved": sorted(chosen & set(requested)),
        "expires_on": min(last, situation.answer("until") or last),
        **_handed(situation),
    }


@in_transaction("set_handover", reads=("means",), sets=("handed_by", "return_by"))
def set_handover(situation: Situation) -> Facts:
    """How it was handed over, and when paper must come back."""
    return _handed(situation)


def _handed(situation: Situation) -> Facts:
    if situation.answer("means") is None:
        return {}
    return {"handed_by": situation.answer("means"), "return_by": situation.answer("return_by")}


@in_transaction(
    "open_to_recipient",
    sets=("receiver", "legal_basis", "basis_recipient", "basis_categories"),
    discloses=True,
)
def open_to_recipient(situation: Situation) -> Facts:
    """The recipient may answer; what the package holds they read there, and nothing in the case itself."""
    recipient = situation.facts.get("recipient", "")
    return {
        "receiver": recipient,
        "legal_basis": situation.facts.get("basis", ""),
        "basis_recipient": recipient,
        "basis_categories": [],
    }


@in_transaction("close_to_recipient", sets=("receiver", "legal_basis", "basis_recipient"))
def close_to_recipient(situation: Situation) -> Facts:
    """Nobody outside has anything to answer any more."""
    return {"receiver": "", "legal_basis": "", "basis_recipient": ""}
