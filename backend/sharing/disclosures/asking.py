"""Asking for a disclosure: the request, and what follows by itself from what was ruled.

What may leave now is handed over at once; what the privacy officer decides goes to them; the rest waits for
its approver. Each is a step of its own through the door, under a key that follows from the one given, so
that the same request sent twice is done once.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from backend.access import Outcome
from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.decisionlog import DecisionLog
from backend.sharing import rulings
from backend.sharing.disclosures.proposals import source_of

WORKFLOW = "disclosure"
NOW = {Outcome.ALLOW, Outcome.REVIEW}
DAYS = 14  # how long a package is readable unless somebody says otherwise


def usual(today: date) -> dict[str, str]:
    """How a request is answered unless somebody says otherwise: by a link, for two weeks."""
    return {"means": "electronic", "until": (today + timedelta(days=DAYS)).isoformat()}


def ask(answers: Mapping[str, Any], *, actor: UUID, key: str, at: datetime | None = None) -> Done:
    """Request, and go on as far as nobody has to decide. Raises the errors of the door.

    `CannotLeave` names what may not leave; then there is no request.
    """
    moment = at or timezone.now()
    person = source_of(answers.get("source")).person_id
    done = actions.start(WORKFLOW, actor=actor, answers=answers, key=key, person=person, at=moment)
    ruled = outcomes(done.case, done.seq)
    following = _following(answers, ruled, moment)
    if following is None:
        return done
    action, given = following
    again = hashlib.sha256(f"{key}/{action}".encode()).hexdigest()[:40]
    return actions.perform(done.case, action, actor=actor, answers=given, key=again, at=moment)


def outcomes(case: UUID, seq: int) -> set[Outcome]:
    """What was ruled in a step."""
    rows = DecisionLog.objects.filter(case=case, seq=seq, kind=rulings.KIND)
    return {Outcome(outcome) for outcome in rows.values_list("outcome", flat=True)}


def _following(
    answers: Mapping[str, Any], ruled: set[Outcome], moment: datetime
) -> tuple[str, dict[str, Any]] | None:
    if ruled and ruled <= NOW:
        action = "share_and_review" if Outcome.REVIEW in ruled else "share"
        return action, _handover(answers, moment)
    if Outcome.REFER in ruled:
        return "refer_to_officer", {"body": str(answers.get("reason", ""))[:4000] or "-"}
    return None


def _handover(answers: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    given = {"means": answers["means"], "handed_on": timezone.localdate(moment).isoformat()}
    return {**given, "return_by": answers["until"]} if answers["means"] == "paper" else given
