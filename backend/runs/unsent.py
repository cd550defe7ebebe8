"""Digest mails that were refused, or of which nobody can tell whether they left; and who decides about them.

Nothing happens to one by itself: whoever looks after the runs of its member's controller has it sent again or
leaves it out. A member's older ones go the way of the newest, since each digest tells everything that waits;
one that a later digest has overtaken is nobody's to decide.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.access import MemberFacts
from backend.cases.errors import NotFound, NotPossible
from backend.people import anybody
from backend.runs.models import MAIL, Decided, Digest

ACTION = "run_jobs"
State = Digest.State
STUCK = (State.REFUSED, State.UNCLEAR)
OVER = (State.MERGED, State.SKIPPED)
LONGEST_REASON = 400


@dataclass(frozen=True)
class Choice:
    """What somebody decides about a digest, and as whom."""

    digest: int
    how: Decided.How
    by: MemberFacts
    now: datetime
    reason: str = ""


def may_any(member: MemberFacts, now: datetime) -> bool:
    """Whether the member looks after the automated runs of their controller."""
    return anybody.may(member, ACTION, now).allowed


def listed(member: MemberFacts, now: datetime) -> QuerySet[Digest]:
    """The newest stuck digest of each member, for whoever decides; the oldest first."""
    if not may_any(member, now):
        return Digest.objects.none()
    later = Digest.objects.filter(member=OuterRef("member"), id__gt=OuterRef("id")).exclude(state__in=OVER)
    rows = Digest.objects.filter(state__in=STUCK, member__controller=member.controller).exclude(Exists(later))
    return rows.select_related("member__organisation").order_by("business_date", "id")


def decide(choice: Choice) -> None:
    """Lock, ask the policies, change and record it together; one of two who decide at once is heard.

    Raises `NotFound` for what is none of the member's business, `NotPossible` without a needed reason or when
    somebody decided first.
    """
    with transaction.atomic():
        if not may_any(choice.by, choice.now):
            raise NotFound
        rows = Digest.objects.select_for_update(of=("self",))
        digest = rows.filter(id=choice.digest, member__controller=choice.by.controller).first()
        if digest is None:
            raise NotFound
        if not listed(choice.by, choice.now).filter(id=digest.id).exists():
            raise NotPossible(_("Somebody else decided first, or a later mail told the same."))
        certain = choice.how == Decided.How.RETRIED and digest.state == State.REFUSED
        if not certain and not choice.reason.strip():
            raise NotPossible(_("Say why; whoever looks later must understand it."))
        _record(digest, choice)
        if choice.how == Decided.How.RETRIED:
            _send_again(digest, timezone.localdate(choice.now))
        else:
            _stuck_of(digest).update(state=State.SKIPPED)


def _record(digest: Digest, choice: Choice) -> None:
    Decided.objects.create(
        digest=digest,
        how=choice.how,
        by_id=UUID(choice.by.id),
        at=choice.now,
        reason=choice.reason.strip()[:LONGEST_REASON],
        was=digest.state,
        error=digest.last_error,
    )


def _send_again(digest: Digest, today: date) -> None:
    """A digest of today, which the next run sends; those of before are merged into it."""
    _stuck_of(digest).update(state=State.MERGED)
    given: dict[str, Any] = {"state": State.READY, "last_error": "", "failure": {}, "held_at": None}
    Digest.objects.update_or_create(
        member_id=digest.member_id, business_date=today, channel=MAIL, defaults=given
    )


def _stuck_of(digest: Digest) -> QuerySet[Digest]:
    return Digest.objects.filter(member=digest.member_id, state__in=STUCK)


def history(digests: Iterable[Digest]) -> QuerySet[Decided]:
    """What was decided about the members' digests before, the newest first."""
    rows = Decided.objects.filter(digest__member__in=[digest.member_id for digest in digests])
    return rows.select_related("by", "digest").order_by("-at", "-id")
