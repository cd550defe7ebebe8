"""Who was appointed (委嘱) and is not in the register of members yet: taken over from the case with the term.

An appointment gives no right to see anything; being a member does. So somebody of the office takes each one
over, and then prints their card (`backend.field.cards`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.cases import reading
from backend.cases.errors import NotPossible
from backend.cases.models import Case
from backend.field.cards import FOR
from backend.people.models import Area, Member, Organisation

WORKFLOW, IN_OFFICE = "appointment", "appointment.appointed"


@dataclass(frozen=True)
class Place:
    """Where somebody belongs: their body and the area they look after."""

    organisation: Organisation
    area: Area


def waiting(controller: str, today: date) -> list[Case]:
    """The appointments of a controller whose term is not over and whom no member corresponds to."""
    rows = Case.objects.filter(workflow=WORKFLOW, state=IN_OFFICE, controller=controller, is_open=True)
    rows = rows.filter(facts__office__in=sorted(FOR), person__isnull=False).select_related("person", "area")
    return [case for case in rows.order_by("opened_at", "id") if _term(case) >= today and not _there(case)]


def is_waiting(case: Case, today: date) -> bool:
    """Whether this is an appointment somebody should take over."""
    office = case.facts.get("office") in FOR and case.person_id is not None
    appointed = case.workflow == WORKFLOW and case.state == IN_OFFICE
    return appointed and office and _term(case) >= today and not _there(case)


def _term(case: Case) -> date:
    """The last day of the term."""
    return date.fromisoformat(str(case.facts.get("term_ends_on") or "0001-01-01"))


def _there(case: Case) -> bool:
    there: bool = _like(case).filter(valid_until=_term(case)).exists()
    return there


def _like(case: Case) -> Any:
    """Members of the same name in the same kind of office."""
    name = case.person.name if case.person else ""
    return Member.objects.filter(role=case.facts["office"], controller=case.controller, name=name)


def bodies(case: Case) -> Iterable[Organisation]:
    """Where members in this kind of office belong; every body where there is none yet."""
    known = (
        Organisation.objects.filter(members__role=case.facts["office"]).distinct().order_by("type", "code")
    )
    return known if known.exists() else Organisation.objects.order_by("type", "code")


def take_over(case: Case, place: Place, *, today: date) -> Member:
    """A member for the term of the appointment; whoever was in this office before keeps their account.

    Raises `NotPossible` where somebody was first, or the appointment ended.
    """
    with transaction.atomic():
        row = Case.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)
        if not is_waiting(row, today) or row.person is None:
            raise NotPossible(_("Somebody else was first, or the appointment has ended."))
        before = _like(row).filter(organisation=place.organisation, user__isnull=False)
        earlier = before.order_by("-valid_until").first()
        begins = reading.latest(row, "appointment").get("begins_on") or today.isoformat()
        return Member.objects.create(
            user=earlier.user if earlier else None,
            name=row.person.name,
            kana=row.person.kana,
            role=row.facts["office"],
            organisation=place.organisation,
            controller=row.controller,
            area=place.area,
            valid_from=date.fromisoformat(begins),
            valid_until=_term(row),
            phone=row.person.phone[:20],
        )
