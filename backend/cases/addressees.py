"""Who is meant by the words of a workflow: assignee, owner, receiver, reporter, watchers or a role."""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q

from backend.access.areas import current_areas
from backend.people.acting import has_deputy, in_office
from backend.people.models import Member, Role
from backend.workflow.vocabulary import ABOVE

_STAFF = {Role.CASEWORKER, Role.CSW_STAFF}


class Concerned(Protocol):
    """What of a case says who is meant; a `Case` has it all."""

    @property
    def owner_role(self) -> str: ...
    @property
    def assignee_id(self) -> UUID | None: ...
    @property
    def reporter_id(self) -> UUID | None: ...
    @property
    def receiver_id(self) -> str | None: ...
    @property
    def watchers(self) -> Any: ...
    @property
    def controller(self) -> str: ...
    @property
    def area_id(self) -> str: ...


def addressees(case: Concerned, word: str, today: date, *, receiver: str = "") -> list[Member]:
    """The members meant by `word` on that day; see `Office.meant`."""
    return Office(today).meant(case, word, receiver=receiver)


class Office:
    """Who is in office on a day. Each question is put to the database once, however many cases ask it.

    For the length of one run: who joins or leaves meanwhile is noticed by the next.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self._answered: dict[Hashable, Sequence[Member]] = {}

    def meant(self, case: Concerned, word: str, *, receiver: str = "") -> list[Member]:
        """The members meant by `word` (an addressee or a role; empty: the owner), deputies included.

        An unassigned case means the members of its owner role; a role is looked for among the members of the
        case's controller whose area covers the case, and the staff of an agency in the receiving
        organisation. `person` means no member: the office reaches them by letter. `receiver` is the
        organisation that was the receiver when the step was taken, where that is who is meant.
        """
        found = self._staff(receiver) if receiver else self._meant(case, word or "owner")
        return list({member.id: member for member in [*found, *self._deputies(found)]}.values())

    def _meant(self, case: Concerned, word: str) -> Sequence[Member]:
        known: dict[str, Callable[[], Sequence[Member]]] = {
            "person": lambda: (),
            "watchers": lambda: self._asked(("watchers", *case.watchers), Q(id__in=case.watchers)),
            "reporter": lambda: self._one(case.reporter_id),
            "receiver": lambda: self._staff(case.receiver_id),
            "assignee": lambda: self._one(case.assignee_id) or self._owners(case),
            "owner": lambda: self._owners(case),
            ABOVE: lambda: self._above(case),
            case.owner_role: lambda: self._owners(case),
        }
        return known[word]() if word in known else self._role(case, word)

    def _owners(self, case: Concerned) -> Sequence[Member]:
        """Who has to act now.

        The receiving agency, the assignee when of the owner role, else all of that role.
        """
        if case.owner_role != Role.AGENCY_STAFF:
            assigned = self._one(case.assignee_id)
            if assigned and _in_charge(assigned[0], case):
                return assigned
        return self._role(case, case.owner_role)

    def _role(self, case: Concerned, role: str) -> Sequence[Member]:
        if role == Role.AGENCY_STAFF:
            return self._staff(case.receiver_id)
        if role == Role.SUPERVISOR and case.assignee_id is not None:
            own = self._supervisor(case.assignee_id)
            if own:
                return own
        around = (case.area_id, *current_areas(case.area_id).ancestors(case.area_id))
        covers = Q(area=None) | Q(area__in=around)
        key = (role, case.controller, case.area_id)
        return self._asked(key, Q(role=role, controller=case.controller), covers)

    def _supervisor(self, assignee: UUID) -> Sequence[Member]:
        """The assignee's own supervisor, whether or not the assignee is still in office."""
        of = Member.objects.filter(id=assignee).values("supervisor")
        return self._asked(("supervisor", assignee), Q(id__in=of))

    def _above(self, case: Concerned) -> Sequence[Member]:
        """The supervisor of the assignee's supervisor, else those above the supervisors of the case.

        Nobody where nobody is above them: the run then tells the supervisors once more.
        """
        found: Sequence[Member] = ()
        if case.assignee_id is not None:
            nearest = Member.objects.filter(id=case.assignee_id).values("supervisor")
            of = Member.objects.filter(id__in=nearest).values("supervisor")
            found = self._asked(("above", case.assignee_id), Q(id__in=of))
        near = self._role(case, Role.SUPERVISOR)
        bosses = {member.supervisor_id for member in near if member.supervisor_id}
        return found or self._asked(("bosses", *sorted(map(str, bosses))), Q(id__in=bosses))

    def _staff(self, organisation: str | None) -> Sequence[Member]:
        return self._asked(("staff", organisation), Q(organisation=organisation)) if organisation else ()

    def _one(self, member: UUID | None) -> Sequence[Member]:
        return self._asked(member, Q(id=member)) if member is not None else ()

    def _deputies(self, members: Sequence[Member]) -> list[Member]:
        """Those who stand in for one of the members on that day."""
        return [
            deputy
            for member in members
            if has_deputy(member, self.today)
            for deputy in self._one(member.deputy_id)
        ]

    def _asked(self, key: Hashable, *conditions: Q) -> Sequence[Member]:
        if key not in self._answered:
            rows = Member.objects.filter(in_office(self.today), *conditions)
            self._answered[key] = tuple(rows.order_by("id"))
        return self._answered[key]


def _in_charge(assignee: Member, case: Concerned) -> bool:
    """Whether the assignee is meant by the owner role: the same role, or staff handling for staff."""
    return assignee.role == case.owner_role or {assignee.role, case.owner_role} <= _STAFF
