"""Who is meant by the words of a workflow: assignee, owner, receiver, reporter, watchers or a role."""

from datetime import date

from django.db.models import Q

from backend.access.areas import current_areas
from backend.cases.models import Case
from backend.people.acting import can_act, current
from backend.people.models import Member, Role

_STAFF = {Role.CASEWORKER, Role.CSW_STAFF}


def addressees(case: Case, word: str, today: date, *, receiver: str = "") -> list[Member]:
    """The members meant by `word` (an addressee or a role; empty: the owner) on that day, deputies included.

    An unassigned case means the members of its owner role; a role is looked for among the members of the
    case's controller whose area covers the case, and the staff of an agency in the receiving organisation.
    `person` means no member: the office reaches them by letter. `receiver` is the organisation that was the
    receiver when the step was taken, where that is who is meant.
    """
    meant = _staff(receiver, today) if receiver else _meant(case, word or "owner", today)
    found = {member.id: member for member in [*meant, *_deputies(meant, today)]}
    return list(found.values())


def _meant(case: Case, word: str, today: date) -> list[Member]:
    nobody: list[Member] = []
    known = {
        "person": lambda: nobody,
        "watchers": lambda: _in_office(today, Q(id__in=case.watchers)),
        "reporter": lambda: _one(case.reporter, today),
        "receiver": lambda: _staff(case.receiver_id, today),
        "assignee": lambda: _one(case.assignee, today) or _owners(case, today),
        "owner": lambda: _owners(case, today),
        case.owner_role: lambda: _owners(case, today),
    }
    return known[word]() if word in known else _role(case, word, today)


def _owners(case: Case, today: date) -> list[Member]:
    """Who has to act now.

    The receiving agency, the assignee when of the owner role, else all of that role.
    """
    if case.owner_role != Role.AGENCY_STAFF and case.assignee and _in_charge(case.assignee, case):
        assigned = _one(case.assignee, today)
        if assigned:
            return assigned
    return _role(case, case.owner_role, today)


def _in_charge(assignee: Member, case: Case) -> bool:
    """Whether the assignee is meant by the owner role: the same role, or staff handling for staff."""
    return assignee.role == case.owner_role or {assignee.role, case.owner_role} <= _STAFF


def _one(member: Member | None, today: date) -> list[Member]:
    return [member] if member is not None and can_act(member, today) else []


def _in_office(today: date, *conditions: Q) -> list[Member]:
    active = Q(user=None) | Q(user__is_active=True)
    return list(Member.objects.filter(current(today), active, *conditions).order_by("id"))


def _staff(organisation: str | None, today: date) -> list[Member]:
    return _in_office(today, Q(organisation=organisation)) if organisation else []


def _role(case: Case, role: str, today: date) -> list[Member]:
    if role == Role.AGENCY_STAFF:
        return _staff(case.receiver_id, today)
    if role == Role.SUPERVISOR and case.assignee and case.assignee.supervisor:
        own = _one(case.assignee.supervisor, today)
        if own:
            return own
    around = (case.area_id, *current_areas(case.area_id).ancestors(case.area_id))
    covers = Q(area=None) | Q(area__in=around)
    return _in_office(today, Q(role=role, controller=case.controller), covers)


def _deputies(members: list[Member], today: date) -> list[Member]:
    """Those who stand in for one of the members on that day."""
    standing_in = []
    for member in members:
        dated = member.deputy_from is not None and member.deputy_until is not None
        if member.deputy and dated and member.deputy_from <= today <= member.deputy_until:  # type: ignore[operator]
            standing_in += _one(member.deputy, today)
    return standing_in
