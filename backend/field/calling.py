"""困った（電話がほしい）: somebody outside asks to be called, and somebody of their office calls."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.access import MemberFacts
from backend.cases.callsheet import may_any
from backend.cases.models import Notice
from backend.field.models import CallBack
from backend.people.acting import in_office
from backend.people.models import Member, Role

NOTICE = "call_back"
_TOLD = (Role.CASEWORKER, Role.CSW_STAFF, Role.SUPERVISOR)


def ask(member: Member, now: datetime) -> CallBack:
    """Ask to be called; asking again while nobody has called yet changes nothing."""
    with transaction.atomic():
        Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
        before = CallBack.objects.filter(member=member, called_at=None).first()
        if before is not None:
            return before
        asked = CallBack.objects.create(member=member, controller=member.controller, asked_at=now)
        staff = Member.objects.filter(
            in_office(timezone.localdate(now)), controller=member.controller, role__in=_TOLD
        )
        Notice.objects.bulk_create(
            Notice(member=one, kind=NOTICE, key=f"call_back/{asked.id}/{one.id}", created_at=now)
            for one in staff
        )
        return asked


def waiting(caller: MemberFacts, now: datetime) -> list[CallBack]:
    """Who waits for a call of the caller's office, the longest first; empty for who may call nobody."""
    if not may_any(caller, now):
        return []
    rows = CallBack.objects.filter(called_at=None, controller=caller.controller)
    return list(rows.select_related("member__organisation").order_by("asked_at"))


def called(ident: UUID, caller: MemberFacts, now: datetime) -> bool:
    """Note that the caller called; False when there is nothing of that id for them to answer."""
    if not may_any(caller, now):
        return False
    mine = CallBack.objects.filter(id=ident, controller=caller.controller, called_at=None)
    return mine.update(called_by=UUID(caller.id), called_at=now) == 1
