"""May it leave? Every data category of a disclosure is ruled on anew inside the transaction of each step that
lets something leave, and every ruling is kept, those of a refusal too.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend import access
from backend.access import Outcome, explain
from backend.cases.consulting import Asked, consults
from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.cases.reading import case_facts, latest
from backend.sharing import rulings
from backend.sharing.councils import sessions
from backend.sharing.councils.bases import claimed
from backend.sharing.disclosures import packages
from backend.sharing.disclosures.proposals import REQUEST, Proposal, proposal_of, source_of
from backend.sharing.disclosures.provisions import matrix_for
from backend.sharing.rulings import Ruled
from backend.workflow.registry import guard
from backend.workflow.situation import NOTHING, Situation

MATRIX = "sharing_matrix"


class CannotLeave(NotPossible):
    """Something chosen may not leave; `ruled` says what, by category. The rulings are kept all the same."""

    code = "cannot_leave"

    def __init__(self, reason: str, ruled: Mapping[str, Ruled], keep: Callable[[], None]) -> None:
        super().__init__(reason)
        self.ruled = ruled
        self.afterwards = keep


@consults(MATRIX)
def sharing_matrix(asked: Asked) -> dict[str, Any]:
    """The ruling of every category that is about to leave, and the hash of exactly what would leave.

    Raises `CannotLeave` where one of them is denied.
    """
    proposal = proposed(asked)
    on = timezone.localdate(asked.now)
    ruled = matrix_for(asked.member, proposal, on)
    denied = [one for one in ruled.values() if one.denied]
    if denied:
        raise CannotLeave(_says(denied), ruled, lambda: rulings.keep(asked, ruled.values()))
    rulings.keep(asked, ruled.values())
    whole = proposal_of(_answers(asked), proposal.source)
    outcomes = {name: str(one.ruling.outcome) for name, one in ruled.items()}
    return {
        "outcomes": outcomes,
        "approver": _approver(ruled),
        "recipient": proposal.recipient.code,
        "member": str(proposal.recipient.member.id) if proposal.recipient.member else "",
        "content": packages.shown_hash(whole),
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
        _require_meeting(asked, whole)
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


def _require_meeting(asked: Asked, proposal: Proposal) -> None:
    """A meeting that was chosen is one of both, planned or open, and its basis is the one claimed."""
    if proposal.session is None:
        return
    both = sessions.joint(UUID(asked.member.id), proposal.recipient.party).filter(pk=proposal.session).first()
    if both is None:
        raise NotPossible(
            _("Choose a meeting that is planned or open and to which you and the recipient both belong.")
        )
    if proposal.basis != claimed(both.basis):
        raise NotPossible(_("What is told in a meeting rests on the basis of the meeting. Choose that one."))


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


# --- guards ------------------------------------------------------------------------------------------------


def ruled_in(situation: Situation) -> Mapping[str, Any]:
    """What `sharing_matrix` found in this step."""
    return (situation.known or NOTHING).get(MATRIX) or NOTHING


def _outcomes(situation: Situation) -> Collection[str]:
    found: Mapping[str, str] = ruled_in(situation).get("outcomes") or {}
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
