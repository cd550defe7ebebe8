"""The lists of "my work": which cases are in each, how many, in what order, narrowed by what.

Late cases stand in their list whatever it is narrowed by, and come back to every list when they were put off.
By deadline, what is on hold stands after everything whose clock runs, however old its deadline is.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from backend import access
from backend.access import MemberFacts
from backend.cases.models import Case
from backend.pages.acting import Acting
from backend.pages.models import Later
from backend.pages.seeing import FIELD_ROLES
from backend.pages.sharing.approvals import WAITING
from backend.pages.statements import MOST as STATEMENTS
from backend.pages.statements import NOW, Statement

VIEWS = ("mine", "team", "unassigned", "approval", "overdue", "later")
LANDINGS = ("mine", "approval", "team", "unassigned")
SUMMED = ("mine", "team")  # the views that tell what is due today and this week
ORDERS = {"due": ("due_at", "id"), "waiting": ("entered_at", "id"), "newest": ("-opened_at", "id")}
RUNNING = Q(held_at=None)
HELD = Q(held_at__isnull=False)
# What of a list stands before what, each part in its order: the deadline of a case on hold hurries nobody.
PARTS: Mapping[str, tuple[Q, ...]] = {"due": (RUNNING, HELD), "waiting": (Q(),), "newest": (Q(),)}
NARROWS = ("workflow", "urgency", "area")
URGENCIES = ("A", "B", "C", "D")
MOST = 999  # counted no further: a longer list is read by narrowing it, not by its number
KEPT = "work"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked to see. Nothing in it is about a person."""

    view: str = "mine"
    order: str = "due"
    workflow: str = ""
    urgency: str = ""
    area: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.workflow or self.urgency or self.area)


def wanted(request: HttpRequest) -> Wanted:
    """From the address; what is narrowed and the order are kept for the session, the view is not."""
    kept = read(request.session.get(KEPT) or {})
    asked = read(request.GET.dict())
    if "order" in request.GET or any(name in request.GET for name in NARROWS):
        if asdict(replace(asked, view="mine")) != asdict(replace(kept, view="mine")):
            request.session[KEPT] = asdict(asked)
        return asked
    return replace(kept, view=asked.view)


def read(given: Mapping[str, Any]) -> Wanted:
    """What is meant; what nobody can mean is left out."""
    view, order = str(given.get("view", "")), str(given.get("order", ""))
    urgency = str(given.get("urgency", ""))
    return Wanted(
        view if view in VIEWS else "mine",
        order if order in ORDERS else "due",
        str(given.get("workflow", ""))[:60].replace("\x00", ""),
        urgency if urgency in URGENCIES else "",
        str(given.get("area", ""))[:16].replace("\x00", ""),
    )


def mine(member: MemberFacts) -> Q:
    """What waits for this member: what they are assigned, what their agency received, what they watch."""
    own = Q(assignee=member.id)
    if member.role == "agency_staff":
        return Q(receiver=member.organisation)
    if member.role in FIELD_ROLES:
        return own | Q(watchers__contains=[member.id])
    return own


def listed(member: MemberFacts, today: int) -> QuerySet[Case]:
    """The open cases the member may list on a day (YYYYMMDD)."""
    return Case.objects.filter(access.visible_q(member, "case", today), is_open=True)


def rows(cases: QuerySet[Case], member: MemberFacts, now: datetime, asked: Wanted) -> QuerySet[Case]:
    """Of the cases `listed`, those of one view."""
    late = RUNNING & Q(due_at__lt=now)
    if asked.view == "overdue":
        return cases.filter(late)
    put_off = Exists(Later.objects.filter(member=UUID(member.id), case=OuterRef("pk"), until__gt=now))
    found = {
        "mine": mine(member),
        "team": Q(),
        "unassigned": Q(assignee=None),
        "approval": Q(state__in=WAITING),
        "later": put_off,
    }[asked.view]
    return cases.filter(found if asked.view == "later" else found & (late | ~put_off), _narrow(asked))


def due_before(cases: QuerySet[Case], moment: datetime, now: datetime) -> QuerySet[Case]:
    """Of these, the ones whose running deadline comes before a moment and is not over."""
    return cases.filter(RUNNING, due_at__gte=now, due_at__lt=moment)


def midnight_after(day: date) -> datetime:
    """When a day ends."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _narrow(asked: Wanted) -> Q:
    narrow = Q()
    if asked.workflow:
        narrow &= Q(workflow=asked.workflow)
    if asked.urgency:
        narrow &= Q(urgency=asked.urgency)
    if asked.area:
        narrow &= Q(area=asked.area) | Q(area__parent=asked.area)
    return narrow


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases are in each view, and of some how many are due `today` and by Sunday (`week`)."""

    views: Mapping[str, int]
    today: Mapping[str, int]
    week: Mapping[str, int]

    @property
    def landing(self) -> str:
        """The first view with something in it: where one lands who asked for none."""
        return next((view for view in LANDINGS if self.views[view]), VIEWS[0])


def counts(acting: Acting, asked: Wanted) -> Counts:
    """How many of the cases `listed` are in each view, up to one more than `MOST`."""
    rights = access.standpoint(acting.facts, acting.day)
    statement = _counting(rights, acting.today, replace(asked, view="", order=""))
    found = statement.ask(acting.now) if statement else [0] * (len(VIEWS) + 2 * len(SUMMED))
    told = [found[place : place + len(SUMMED)] for place in (len(VIEWS), len(VIEWS) + len(SUMMED))]
    today, week = (dict(zip(SUMMED, numbers, strict=True)) for numbers in told)
    return Counts(dict(zip(VIEWS, found, strict=False)), today, week)


@lru_cache(STATEMENTS)
def _counting(rights: access.Standpoint, today: date, asked: Wanted) -> Statement | None:
    """The statement of `counts`; None where the member may list nothing.

    The cases the member may list stand under the name of their table, so that the filter of the policies is
    written once; not materialized, each part comes from its index and stops early.
    """
    views = {view: rows(Case.objects.all(), rights.member, NOW, replace(asked, view=view)) for view in VIEWS}
    wanted = [*views.values()]
    for day in (today, today + timedelta(6 - today.weekday())):
        wanted += [due_before(views[view], midnight_after(day), NOW) for view in SUMMED]
    try:
        allowed, values = listed(rights.member, rights.today).query.sql_with_params()
    except EmptyResultSet:
        return None
    parts = []
    for some in wanted:
        sql, more = some.order_by().values("pk")[: MOST + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608 - every value is a parameter
        values += more
    table = connection.ops.quote_name(Case._meta.db_table)
    return Statement(f"WITH {table} AS NOT MATERIALIZED ({allowed}) SELECT {', '.join(parts)}", values)


def ids(acting: Acting, asked: Wanted, after: str, most: int) -> list[UUID]:
    """The first cases of one view beyond a cursor, in its order."""
    rights = access.standpoint(acting.facts, acting.day)
    # A later page is asked for seldom, and each begins elsewhere.
    make = _page.__wrapped__ if after else _page
    statement = make(rights, asked, after, most)
    return list(statement.ask(acting.now)[0][:most]) if statement else []


@lru_cache(STATEMENTS)
def _page(rights: access.Standpoint, asked: Wanted, after: str, most: int) -> Statement | None:
    """The statement of `ids`; None where the member may list nothing.

    Each part is read from its own index and stops early; together they may be more than `most`.
    """
    found = rows(listed(rights.member, rights.today), rights.member, NOW, asked)
    arrays, values = [], ()
    for part in beyond(after, asked.order):
        wanted = found.filter(part).order_by(*ORDERS[asked.order]).values("pk")[:most]
        try:
            sql, more = wanted.query.sql_with_params()
        except EmptyResultSet:
            return None
        arrays.append(f"ARRAY({sql})")
        values += more
    return Statement(f"SELECT {' || '.join(arrays)}", values)


def shown(count: int) -> str:
    """A count as it is told."""
    return f"{MOST}+" if count > MOST else str(count)


def cursor_of(case: Case, order: str) -> str:
    """Where a page ended, opaque and without personal data."""
    at = getattr(case, ORDERS[order][0].lstrip("-"))
    part = int(case.held_at is not None) if order == "due" else 0
    return base64.urlsafe_b64encode(f"{part}|{at.isoformat() if at else ''}|{case.id}".encode()).decode()


def beyond(cursor: str, order: str) -> list[Q]:
    """Of each part, the rows after a cursor; a cursor nobody made begins at the front again."""
    parts = PARTS[order]
    try:
        number, moment, ident = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().split("|")
        first, *others = parts[int(number) :]
        last = UUID(ident)
        at = datetime.fromisoformat(moment) if moment else None
        if at is not None and at.tzinfo is None:
            return [*parts]
    except (ValueError, UnicodeError, binascii.Error):
        return [*parts]
    return [first & _following(at, last, order), *others]


def _following(at: datetime | None, last: UUID, order: str) -> Q:
    name = ORDERS[order][0]
    column, further = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
    if at is None:
        return Q(due_at=None, id__gt=last) if order == "due" else Q()
    after = Q(**{f"{column}__{further}": at}) | Q(**{column: at, "id__gt": last})
    return after | Q(due_at=None) if order == "due" else after
