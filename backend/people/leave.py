"""Leave, and who stands in meanwhile: one dated period for each member of the staff."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend.people.acting import in_office
from backend.people.models import Member, Role

STAFF = (Role.CASEWORKER, Role.SUPERVISOR, Role.CSW_STAFF)


class LeaveError(ValueError):
    """Such a leave cannot be entered; the message says why and what to do."""


@dataclass(frozen=True)
class Leave:
    """A period, both days included, and the deputy."""

    deputy: UUID
    begins: date
    ends: date


def staff(controller: str, today: date) -> QuerySet[Member]:
    """The members of a controller who carry cases and are in office that day."""
    rows = Member.objects.filter(in_office(today), controller=controller, role__in=STAFF)
    return rows.select_related("organisation", "deputy").order_by("kana", "id")


def enter(member: UUID, leave: Leave | None, controller: str, today: date) -> Member:
    """Enter a leave in place of what was entered before; None ends it. Returns the member.

    Whether somebody may is asked before. Raises `LeaveError` and `Member.DoesNotExist`.
    """
    with transaction.atomic():
        row = staff(controller, today).select_for_update(of=("self",)).get(pk=member)
        if leave is not None:
            _check(row, leave, controller, today)
        row.deputy_id = leave.deputy if leave else None
        row.deputy_from = leave.begins if leave else None
        row.deputy_until = leave.ends if leave else None
        row.save(update_fields=["deputy", "deputy_from", "deputy_until"])
    return row


def _check(row: Member, leave: Leave, controller: str, today: date) -> None:
    if leave.ends < leave.begins:
        raise LeaveError(_("The last day lies before the first. Look at both once more."))
    if leave.ends < today:
        raise LeaveError(_("That leave is over already. Enter one that ends today or later."))
    if leave.deputy == row.pk:
        raise LeaveError(_("Nobody stands in for themselves. Choose somebody else."))
    deputy = staff(controller, today).filter(pk=leave.deputy).first()
    ends = Q(valid_until=None) | Q(valid_until__gte=leave.ends)
    if deputy is None or not Member.objects.filter(ends, pk=deputy.pk, valid_from__lte=leave.begins).exists():
        raise LeaveError(_("The deputy must be in office for the whole leave. Choose somebody else."))
    if _away(deputy, leave):
        raise LeaveError(_("The deputy is away in these days too. Choose somebody else."))


def _away(deputy: Member, leave: Leave) -> bool:
    begins, ends = deputy.deputy_from, deputy.deputy_until
    return begins is not None and ends is not None and begins <= leave.ends and leave.begins <= ends
