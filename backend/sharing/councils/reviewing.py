"""The review of an opening in an emergency: who opened it, and whether some supervisor can judge it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from backend.cases.addressees import addressees
from backend.cases.consulting import Asked, consults
from backend.cases.models import Step
from backend.people.models import Member, Role
from backend.sharing.councils.saying import NO_SOURCE, said
from backend.workflow.registry import guard, in_transaction
from backend.workflow.situation import Situation


@consults("glass_step", reads=("source", "source_step"))
def glass_step(asked: Asked) -> Mapping[str, Any]:
    """Who opened the source case, and whether some supervisor in office is somebody else."""
    steps = Step.objects.select_related("actor", "case").filter(case=UUID(asked.answers["source"]))
    step = steps.filter(seq=asked.answers["source_step"]).first()
    if step is None:
        raise said(NO_SOURCE)
    account = account_of(step.actor)
    supervisors = addressees(step.case, Role.SUPERVISOR, timezone.localdate(asked.now))
    return {
        "member": str(step.actor_id),
        "account": account,
        "supervised": any(account_of(member) != account for member in supervisors),
    }


def account_of(member: Member) -> str:
    """The person behind a member, as policies compare them."""
    return str(member.user_id or member.id)


@in_transaction(
    "set_glass_review",
    reads=("source", "source_step"),
    sets=("source", "source_step", "opened_by", "requesters", "supervised"),
    knows=("glass_step",),
)
def set_glass_review(situation: Situation) -> dict[str, Any]:
    """What is reviewed, and whose opening it was: they may not review it themselves."""
    found = (situation.known or {}).get("glass_step")
    if found is None:
        return {}
    return {
        "source": situation.answer("source"),
        "source_step": situation.answer("source_step"),
        "opened_by": found["member"],
        "requesters": [found["account"]],
        "supervised": found["supervised"],
    }


@guard(
    "no_supervisor_can_review",
    ja="確かめられる係長がいます。",
    en="There is a supervisor who can review it.",
)
def no_supervisor_can_review(situation: Situation) -> bool:
    return situation.facts.get("supervised") is not True


@guard(
    "opening_was_proper",
    ja="適切でなかったときは「適切でなかったと判断する」を使ってください。",
    en="If it was not proper, use “Find it improper”.",
    reads=("finding",),
)
def opening_was_proper(situation: Situation) -> bool:
    return situation.answered("finding", "proper")


@guard(
    "opening_was_improper",
    ja="適切だったときは「適切だったと判断する」を使ってください。",
    en="If it was proper, use “Find it proper”.",
    reads=("finding",),
)
def opening_was_improper(situation: Situation) -> bool:
    return situation.answered("finding", "improper")
