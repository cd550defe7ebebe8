"""The call sheet: members who read no mail and whom something waits for, to be told by telephone.

Somebody is on it while a notice is unread that no call has told of. Whoever may call about a case (the
action `call`) sees it there, with the case's number and nothing else of the case. What is about no case, such
as the end of a term, stands on the sheet of everybody who may call in the controller. A call that reached
somebody covers the notices the caller saw on the sheet, not one that came meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from backend import access
from backend.access import MemberFacts
from backend.cases import visible
from backend.cases.called import Call
from backend.cases.errors import NotFound
from backend.cases.models import Case, Notice
from backend.cases.reading import case_facts
from backend.people.acting import in_office
from backend.people.models import Member

ACTION = "call"
MOST = 500  # notices looked at; the oldest first


@dataclass
class ToCall:
    """One member to call, what waits for them, and the calls made about it so far, the newest first."""

    member: Member
    notices: list[Notice] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    @property
    def until(self) -> int:
        return max(notice.id for notice in self.notices)

    @property
    def back_at(self) -> datetime | None:
        """When they asked to be called again."""
        return self.calls[0].back_at if self.calls else None


def sheet(caller: MemberFacts, now: datetime) -> list[ToCall]:
    """Whom to call: first those who asked to be called by now, then by how long they have been waiting."""
    found: dict[UUID, ToCall] = {}
    for notice in _untold(caller, now):
        found.setdefault(notice.member_id, ToCall(notice.member)).notices.append(notice)
    for call in _calls(found.values()):
        row = found[call.member_id]
        if call.until >= row.notices[0].id:
            row.calls.append(call)
    return sorted(found.values(), key=lambda row: _turn(row, now))


def may_any(caller: MemberFacts, now: datetime) -> bool:
    """Whether the policies leave the member anybody to call."""
    return access.visible_q(caller, "case", visible.day(now), action=ACTION) != access.NONE


def record(
    caller: MemberFacts,
    member: UUID,
    outcome: Call.Outcome,
    until: int,
    now: datetime,
    back_at: datetime | None = None,
) -> Call:
    """Keep how a call went. `until` is the newest notice the caller saw.

    Raises `NotFound` for somebody who is not on the caller's sheet.
    """
    with transaction.atomic():
        # Two who record calls to the same member come one after the other; the second finds them told.
        Member.objects.select_for_update(of=("self",)).filter(id=member).first()
        row = next((row for row in sheet(caller, now) if row.member.id == member), None)
        if row is None:
            raise NotFound
        return Call.objects.create(
            member_id=member,
            by_id=UUID(caller.id),
            at=now,
            outcome=outcome,
            until=min(until, row.until),
            back_at=back_at if outcome == Call.Outcome.CALL_BACK else None,
        )


def _untold(caller: MemberFacts, now: datetime) -> list[Notice]:
    """Unread notices to members in office without an address, that no call told of."""
    today = timezone.localdate(now)
    allowed = access.visible_q(caller, "case", visible.day(now), action=ACTION)
    offices = Member.objects.filter(in_office(today), email="")
    about = Q(case__in=Case.objects.filter(allowed))
    if may_any(caller, now):
        about |= Q(case=None, member__controller=caller.controller)
    told = Call.objects.filter(
        outcome=Call.Outcome.REACHED, member=OuterRef("member"), until__gte=OuterRef("id")
    )
    rows = Notice.objects.filter(
        about, read_at=None, created_at__lte=now, member__in=offices.exclude(id=caller.id)
    )
    # What was told stays unread for ever, so it is left out before the oldest are taken, not after.
    # Many notices are of few cases and few members: each of those is read, and decided about, once.
    new = rows.exclude(Exists(told)).prefetch_related("member__organisation", "case").order_by("id")[:MOST]
    cases = {row.case for row in new if row.case is not None}
    may = {case for case in cases if _may(caller, case, now)}
    return [row for row in new if row.case is None or row.case in may]


def _may(caller: MemberFacts, case: Case, now: datetime) -> bool:
    return access.decide(caller, ACTION, case_facts(case, now), today=visible.day(now)).allowed


def _calls(rows: Iterable[ToCall]) -> Iterable[Call]:
    members = [row.member.id for row in rows]
    return Call.objects.filter(member__in=members).select_related("by").order_by("-at", "-id")


def _turn(row: ToCall, now: datetime) -> tuple[int, datetime]:
    back = row.back_at
    if back is not None:
        return (0, back) if back <= now else (2, back)
    return 1, row.notices[0].created_at
