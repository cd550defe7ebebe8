"""Who may decide on a request and on what: never whoever asked, and only on what they saw."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from backend.cases.consulting import Asked, consults
from backend.people.acting import same_hands
from backend.people.models import Member
from backend.sharing.disclosures.gate import MATRIX, ruled_in
from backend.workflow.registry import guard
from backend.workflow.situation import NOTHING, Situation


@consults("hands")
def hands(asked: Asked) -> Mapping[str, Any]:
    """Whether who decides is the same person as one who asked, or stands in for one of them."""
    on = timezone.localdate(asked.now)
    accounts = tuple(asked.case.facts.get("requesters") or ())
    approver = Member.objects.select_related("user").get(pk=asked.member.id)
    rows = Member.objects.filter(user_id__in=[int(it) for it in accounts if it.isdecimal()])
    others = Member.objects.filter(id__in=[it for it in accounts if not it.isdecimal()])
    return {"same": any(same_hands(approver, member, on) for member in [*rows, *others])}


@guard(
    "approver_is_the_right_one",
    ja="個人情報保護の担当が決める申込みです。「個人情報保護の担当に回す」を使ってください。",
    en="The privacy officer decides on this one. Refer it to the privacy officer.",
    knows=(MATRIX,),
)
def approver_is_the_right_one(situation: Situation) -> bool:
    needed = ruled_in(situation).get("approver")
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
    return bool(situation.answer("content_hash") == ruled_in(situation).get("content"))


@guard(
    "decision_is_approval",
    ja="決定が「承認する」ではありません。決定に合う手続きを選んでください。",
    en="The decision is not an approval. Choose the action that fits it.",
    reads=("decision",),
    wants=("decision", "approved"),
)
def decision_is_approval(situation: Situation) -> bool:
    return situation.answered("decision", "approved")


@guard(
    "decision_is_conditional",
    ja="決定が「条件をつけて承認する」ではありません。決定に合う手続きを選んでください。",
    en="The decision is not an approval with conditions. Choose the action that fits it.",
    reads=("decision",),
    wants=("decision", "conditional"),
)
def decision_is_conditional(situation: Situation) -> bool:
    return situation.answered("decision", "conditional")


@guard(
    "decision_is_refusal",
    ja="決定が「認めない」ではありません。決定に合う手続きを選んでください。",
    en="The decision is not a refusal. Choose the action that fits it.",
    reads=("decision",),
    wants=("decision", "refused"),
)
def decision_is_refusal(situation: Situation) -> bool:
    return situation.answered("decision", "refused")
