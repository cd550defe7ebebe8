"""What ends a disclosure by itself: the consent it rested on is gone, or its last day is over.

Both act as the automated run of the controller, through the door; that a package can no longer be read does
not wait for it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from backend.cases import actions
from backend.cases.errors import DoorError, NotPossible
from backend.cases.models import Case
from backend.cases.reading import latest
from backend.people import merging
from backend.people.acting import automated
from backend.people.models import Member
from backend.sharing.consents.withdrawing import Ended, holds, on_end
from backend.sharing.disclosures import packages
from backend.sharing.disclosures.models import Package, PackageEvent
from backend.sharing.disclosures.proposals import REQUEST, proposal_of, source_of
from backend.sharing.disclosures.provisions import matrix_for

WORKFLOW = "disclosure"
ASKED = frozenset({"requested", "questioned", "referred"})
LATE = frozenset({"return_due"})
log = structlog.get_logger(__name__)


@on_end
def stop(ended: Ended) -> None:
    """Recall what is out and cancel what is asked for, where nothing else bears it; in the same step.

    A package is closed first, whatever the door says to the rest: nobody reads it from here on.
    """
    if ended.person is None:
        return
    cases = Case.objects.filter(workflow=WORKFLOW, person=ended.person, controller=ended.by.controller)
    # Locked in order, so that a hand-over at the same moment is either before this or refused.
    for case in cases.filter(is_open=True).select_for_update(of=("self",)).order_by("id"):
        here = case.state.partition(".")[2]
        if here not in LATE and not still_borne(case, ended.written.now):
            _stop(case, here, ended)


def still_borne(case: Case, now: datetime) -> bool:
    """Whether everything the disclosure is about may leave today, asked for by whoever asked for it."""
    answers = latest(case, REQUEST)
    asker = Member.objects.select_related("organisation", "user").get(pk=str(case.assignee_id))
    try:
        source = source_of(answers.get("source"))
        proposal = proposal_of(answers, source).only(case.facts.get("approved") or case.facts["requested"])
    except NotPossible:
        return False
    ruled = matrix_for(asker.facts(), proposal, timezone.localdate(now))
    return not any(one.denied for one in ruled.values())


def _stop(case: Case, here: str, ended: Ended) -> None:
    now = ended.written.now
    run = automated(case.controller, timezone.localdate(now))
    actor = run.id if run else UUID(ended.written.member.id)
    for package in Package.objects.filter(case=case):
        packages.happened(
            package, PackageEvent.Kind.RECALLED, "recalled", now, by=actor, detail="consent_withdrawn"
        )
    action = "cancel_request" if here in ASKED else _with_paper(case, "recall", here)
    _through_the_door(case, action, {"reason": "consent_withdrawn"}, actor, now)


def _with_paper(case: Case, action: str, here: str) -> str:
    """The action that also gets paper back, where paper is out."""
    paper = case.facts.get("handed_by") == "paper" and here not in ("approved", "conditional")
    return f"{action}_paper" if paper else action


def _through_the_door(case: Case, action: str, answers: dict[str, str], actor: UUID, now: datetime) -> bool:
    key = f"{action}-{case.id}-{case.revision}"
    try:
        actions.perform(case.id, action, actor=actor, answers=answers, key=key, at=now)
    except DoorError as error:
        log.warning("disclosure.not_ended", case=str(case.id), action=action, error=error.code)
        return False
    return True


def expire_due(now: datetime) -> int:
    """End every disclosure whose last day is over; returns how many. Safe to repeat and to race."""
    today = timezone.localdate(now)
    return sum(_expire(case, today, now) for case in _over(today))


def _over(today: date) -> QuerySet[Case]:
    rows = Case.objects.filter(workflow=WORKFLOW, is_open=True, facts__expires_on__lt=today.isoformat())
    waiting = [f"{WORKFLOW}.{state}" for state in (*ASKED, *LATE)]
    return rows.exclude(state__in=waiting).order_by("id")


def _expire(case: Case, today: date, now: datetime) -> bool:
    actor = automated(case.controller, today)
    if actor is None:
        return False
    action = _with_paper(case, "expire", case.state.partition(".")[2])
    return _through_the_door(case, action, {"over_on": str(case.facts["expires_on"])}, actor.id, now)


@holds
def holders(person: UUID, controller: str) -> Iterable[str]:
    """The organisations that were told something about a person and have not given it back."""
    about = merging.ids(person)
    rows = Package.objects.filter(person__in=about, controller=controller, recipient__isnull=False)
    told = rows.filter(events__kind=PackageEvent.Kind.ISSUED)
    back = Package.objects.filter(events__kind=PackageEvent.Kind.RETURNED)
    return set(told.exclude(pk__in=back).values_list("recipient_id", flat=True))
