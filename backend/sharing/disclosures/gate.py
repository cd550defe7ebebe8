"""The names the workflow of a disclosure may use: what it looks up, its guards, what it learns.

What may leave is ruled anew inside the transaction of every step that lets something leave, and each ruling
is kept, those of a refusal too.
"""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend import access
from backend.access import MemberFacts, Outcome, explain, recorded
from backend.cases.consulting import Asked, consults
from backend.cases.decisionlog import DecisionLog
from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.cases.reading import case_facts, latest
from backend.people.acting import same_hands
from backend.people.models import Member
from backend.sharing.disclosures import items, packages
from backend.sharing.disclosures.proposals import Proposal, proposal_of, source_of
from backend.sharing.disclosures.provisions import Ruled, matrix_for
from backend.workflow.guards import today
from backend.workflow.registry import guard, in_transaction
from backend.workflow.situation import NOTHING, Situation

MATRIX = "sharing_matrix"
REQUEST = "disclosure_request"
DISCLOSE = "disclose"
Facts = dict[str, Any]


class CannotLeave(NotPossible):
    """Something chosen may not leave; `ruled` says what, by category. The rulings are kept all the same."""

    code = "cannot_leave"

    def __init__(self, reason: str, ruled: Mapping[str, Ruled], keep: Callable[[], None]) -> None:
        super().__init__(reason)
        self.ruled = ruled
        self.afterwards = keep


# --- what is looked up -------------------------------------------------------------------------------------


@consults(MATRIX)
def sharing_matrix(asked: Asked) -> Facts:
    """The ruling of every category that is about to leave, and the hash of exactly what would leave.

    Raises `CannotLeave` where one of them is denied.
    """
    proposal = proposed(asked)
    on = timezone.localdate(asked.now)
    ruled = matrix_for(asked.member, proposal, on)
    denied = [one for one in ruled.values() if one.denied]
    if denied:
        raise CannotLeave(_says(denied), ruled, lambda: keep(asked, ruled))
    keep(asked, ruled)
    whole = proposal_of(_answers(asked), proposal.source)
    outcomes = {name: str(one.ruling.outcome) for name, one in ruled.items()}
    return {
        "outcomes": outcomes,
        "approver": _approver(ruled),
        "recipient": proposal.recipient.code,
        "member": str(proposal.recipient.member.id) if proposal.recipient.member else "",
        "content": shown_hash(whole),
        "package": packages.open_one(asked.case, on) is not None,
    }


def proposed(asked: Asked) -> Proposal:
    """What a step is about: its own request, or the one the case carries, cut down to what is approved.

    The source case must be one that the member may look at. Raises `NotPossible`.
    """
    answers = _answers(asked)
    source = source_of(answers.get("source"))
    whole = proposal_of(answers, source)
    if "source" in asked.answers:
        _require_own(asked, source)
        return whole
    chosen = asked.answers.get("categories") or asked.case.facts.get("approved") or whole.categories
    return whole.only(chosen)


def _answers(asked: Asked) -> Mapping[str, Any]:
    return asked.answers if "source" in asked.answers else latest(asked.case, REQUEST)


def _require_own(asked: Asked, source: Case) -> None:
    """The requester may see the source, and both cases are about the same person of the same controller."""
    on = access.day(timezone.localdate(asked.now))
    may = access.decide(asked.member, "view", case_facts(source, asked.now), today=on)
    same = (asked.case.person_id, asked.case.controller) == (source.person_id, source.controller)
    if not may.allowed or not same:
        raise NotPossible(_("Choose a case in which it is known who the person is."))


def shown_hash(proposal: Proposal) -> str:
    """The number of exactly what an approver sees: the values, the recipient, what for and until when."""
    content = items.content(proposal.source, proposal.categories, proposal.left_out)
    return packages.number_of(content, proposal)


def seen_number(case: Case) -> str:
    """The number of what an approver of a disclosure sees now."""
    answers = latest(case, REQUEST)
    return shown_hash(proposal_of(answers, source_of(answers.get("source"))))


def _approver(ruled: Mapping[str, Ruled]) -> str:
    """The role that must approve: the privacy officer as soon as one category needs them."""
    referred = any(one.ruling.outcome is Outcome.REFER for one in ruled.values())
    named = {one.ruling.approver for one in ruled.values()}
    if referred or "privacy_officer" in named:
        return "privacy_officer"
    return "supervisor" if named - {""} else ""


def _says(denied: Collection[Ruled]) -> str:
    """What may not leave, and why, in the language of the reader."""
    lang = "en" if (get_language() or "ja").startswith("en") else "ja"
    known = access.current().categories
    lines = []
    for one in denied:
        told = explain(one.ruling, lang)
        name = known[one.category].title[lang] if one.category in known else one.category
        why = " ".join((*told.because, *told.cites))
        lines.append(_("“%(category)s” cannot leave. %(why)s") % {"category": name, "why": why})
    return " ".join(lines)


def keep(asked: Asked, ruled: Mapping[str, Ruled]) -> None:
    """Write every ruling to the log of decisions, with what it was made from."""
    case = asked.case
    DecisionLog.objects.bulk_create(
        DecisionLog(
            at=asked.now,
            member=UUID(asked.member.id),
            action=DISCLOSE,
            kind="provision",
            case=case.id,
            seq=case.revision + 1,
            inputs=inputs(asked.member, one, asked),
            outcome=str(one.ruling.outcome),
            rules=list(one.ruling.rules),
            policies=one.ruling.policies,
        )
        for one in ruled.values()
    )


def inputs(member: MemberFacts, ruled: Ruled, asked: Asked) -> dict[str, Any]:
    """The facts of a ruling as JSON."""
    on = access.day(timezone.localdate(asked.now))
    found: dict[str, Any] = json.loads(json.dumps(recorded.kept(member, ruled.facts, on)))
    return found


@consults("hands")
def hands(asked: Asked) -> Facts:
    """Whether who decides is the same person as one who asked, or stands in for one of them."""
    on = timezone.localdate(asked.now)
    accounts = tuple(asked.case.facts.get("requesters") or ())
    approver = Member.objects.select_related("user").get(pk=asked.member.id)
    rows = Member.objects.filter(user_id__in=[int(it) for it in accounts if it.isdecimal()])
    others = Member.objects.filter(id__in=[it for it in accounts if not it.isdecimal()])
    return {"same": any(same_hands(approver, member, on) for member in [*rows, *others])}


# --- guards ------------------------------------------------------------------------------------------------


def _known(situation: Situation) -> Mapping[str, Any]:
    return (situation.known or NOTHING).get(MATRIX) or NOTHING


def _outcomes(situation: Situation) -> Collection[str]:
    found: Mapping[str, str] = _known(situation).get("outcomes") or {}
    return found.values()


@guard(
    "every_category_is_permitted",
    ja="出せない項目が入っています。判定の表で、その項目を外すか、根拠か相手を直してください。",
    en="Something chosen may not leave. Take it out in the matrix, or correct the basis or the recipient.",
    knows=(MATRIX,),
    decides_sharing=True,
)
def every_category_is_permitted(situation: Situation) -> bool:
    found = _outcomes(situation)
    return bool(found) and Outcome.DENY not in found


@guard(
    "every_category_may_leave",
    ja="承認のいる項目が入っています。承認を待つか、その項目を外してください。",
    en="Something chosen needs approval. Wait for it, or take that out.",
    knows=(MATRIX,),
    decides_sharing=True,
)
def every_category_may_leave(situation: Situation) -> bool:
    found = _outcomes(situation)
    return bool(found) and set(found) <= {Outcome.ALLOW, Outcome.REVIEW}


@guard(
    "nothing_waits_for_review",
    ja="あとで必ず確認する項目が入っています。「緊急で渡す」を使ってください。",
    en="Something chosen must be reviewed later. Use “Hand over now”.",
    knows=(MATRIX,),
)
def nothing_waits_for_review(situation: Situation) -> bool:
    return Outcome.REVIEW not in _outcomes(situation)


@guard(
    "somebody_must_approve",
    ja="承認はいりません。",
    en="No approval is needed.",
    knows=(MATRIX,),
)
def somebody_must_approve(situation: Situation) -> bool:
    found = _outcomes(situation)
    return not found or not set(found) <= {Outcome.ALLOW, Outcome.REVIEW}


@guard(
    "approver_is_the_right_one",
    ja="個人情報保護の担当が決める申込みです。「個人情報保護の担当に回す」を使ってください。",
    en="The privacy officer decides on this one. Refer it to the privacy officer.",
    knows=(MATRIX,),
)
def approver_is_the_right_one(situation: Situation) -> bool:
    needed = _known(situation).get("approver")
    return needed != "privacy_officer" or situation.member.get("role") == "privacy_officer"


@guard(
    "approver_is_another_person",
    ja="自分の申込みは承認できません（代理どうしも同じです）。別の係長か、個人情報保護の担当が承認できます。",
    en="Nobody approves their own request, nor through a deputy. Another supervisor can.",
    knows=("hands",),
)
def approver_is_another_person(situation: Situation) -> bool:
    found = (situation.known or NOTHING).get("hands") or NOTHING
    return not found.get("same", True)


@guard(
    "content_is_what_was_seen",
    ja="見ていた内容が、そのあと変わりました。変わったところを見て、もう一度決めてください。",
    en="What you saw has changed since. Look at what changed and decide again.",
    reads=("content_hash",),
    knows=(MATRIX,),
)
def content_is_what_was_seen(situation: Situation) -> bool:
    return bool(situation.answer("content_hash") == _known(situation).get("content"))


@guard(
    "decision_is_approval",
    ja="決定が「承認する」ではありません。決定に合う手続きを選んでください。",
    en="The decision is not an approval. Choose the action that fits it.",
    reads=("decision",),
)
def decision_is_approval(situation: Situation) -> bool:
    return situation.answered("decision", "approved")


@guard(
    "decision_is_conditional",
    ja="決定が「条件をつけて承認する」ではありません。決定に合う手続きを選んでください。",
    en="The decision is not an approval with conditions. Choose the action that fits it.",
    reads=("decision",),
)
def decision_is_conditional(situation: Situation) -> bool:
    return situation.answered("decision", "conditional")


@guard(
    "decision_is_refusal",
    ja="決定が「認めない」ではありません。決定に合う手続きを選んでください。",
    en="The decision is not a refusal. Choose the action that fits it.",
    reads=("decision",),
)
def decision_is_refusal(situation: Situation) -> bool:
    return situation.answered("decision", "refused")


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
    return _known(situation).get("package") is True


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
    known, answer = _known(situation), situation.answer
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
