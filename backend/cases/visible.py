"""What a member may see: lists by the policies' filter, one thing by a decision, and each look recorded.

Views call these and never a bare manager.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone

from backend import access
from backend.access import CaseFacts, MemberFacts, PersonFacts, Resource
from backend.access.filtering import Kind
from backend.cases.errors import NotFound
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.people.models import Person

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Visible:
    """How rows of a model are shown to policies, and what a look at one is about."""

    kind: Kind
    facts: Callable[[Any], Resource]
    case: Callable[[Any], UUID | None]
    person: Callable[[Any], UUID | None]


_KNOWN: dict[type[Model], Visible] = {
    Case: Visible("case", case_facts, lambda row: row.id, lambda row: row.person_id),
    Person: Visible("person", lambda row: row.facts(), lambda row: None, lambda row: row.id),
}


def declare(model: type[Model], visible: Visible) -> None:
    """Let rows of `model` (of a package above this one) be looked at."""
    _KNOWN[model] = visible


def day(moment: datetime) -> int:
    """The date in Japan as policies compare it: YYYYMMDD."""
    return access.day(timezone.localdate(moment))


def visible(rows: QuerySet[M], member: MemberFacts, now: datetime) -> QuerySet[M]:
    """The rows the member may list. Show only those that `still` keeps."""
    return rows.filter(access.visible_q(member, _KNOWN[rows.model].kind, day(now)))


def still(rows: Iterable[M], member: MemberFacts, now: datetime) -> list[M]:
    """The rows decided again one by one: a list is a courtesy, not a decision."""
    today = day(now)
    return [row for row in rows if access.decide(member, "list", _facts(row, now), today=today).allowed]


def get_visible(rows: QuerySet[M], pk: Any, member: MemberFacts, now: datetime) -> M:
    """The one row of that id if the member may view it.

    Raises `NotFound` for absent and invisible alike, and for an id that is none.
    """
    try:
        row = rows.filter(pk=UUID(str(pk))).first()
    except ValueError:
        row = None
    if row is None or not access.decide(member, "view", _facts(row, now), today=day(now)).allowed:
        raise NotFound
    return row


def record_look(row: Model, member: MemberFacts, now: datetime, how: str) -> None:
    """Write down that the member looked at `row` (`how`: page, api, pdf, file)."""
    known = _KNOWN[type(row)]
    case = row if isinstance(row, Case) else getattr(row, "case", None)
    Look.objects.create(
        member_id=UUID(member.id),
        kind=known.kind,
        subject=row.pk,
        case_id=known.case(row),
        person_id=known.person(row),
        how=how,
        at=now,
        glass=case is not None and member.id in case_facts(case, now).glass,
    )


def _facts(row: Model, now: datetime) -> Resource:
    return case_facts(row, now) if isinstance(row, Case) else _KNOWN[type(row)].facts(row)


class Sight:
    """Which data categories one member sees, remembered for the length of one request."""

    def __init__(self, member: MemberFacts, now: datetime) -> None:
        self.member, self.now = member, now
        self._seen: dict[CaseFacts | PersonFacts, frozenset[str]] = {}

    def of(self, thing: Case | Person) -> frozenset[str]:
        """The categories of this case, or of this person's record, that the member may see."""
        facts = case_facts(thing, self.now) if isinstance(thing, Case) else thing.facts()
        if facts not in self._seen:
            self._seen[facts] = access.categories(self.member, facts, day(self.now))
        return self._seen[facts]
