"""The lists of "my work": which cases are in each, how many, in what order, narrowed by what.

Late cases stand in their list whatever it is narrowed by, and come back to every list when they were put off.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from backend import access
from backend.cases.models import Case
from backend.pages.acting import Acting
from backend.pages.approvals import WAITING
from backend.pages.models import Later
from backend.pages.seeing import FIELD_ROLES

VIEWS = ("mine", "team", "unassigned", "approval", "overdue", "later")
ORDERS = {"due": ("due_at", "id"), "newest": ("-opened_at", "id")}
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


def mine(acting: Acting) -> Q:
    """What waits for this member: what they are assigned, what their agency received, what they watch."""
    own = Q(assignee=acting.member)
    if acting.facts.role == "agency_staff":
        return Q(receiver=acting.facts.organisation)
    if acting.facts.role in FIELD_ROLES:
        return own | Q(watchers__contains=[acting.facts.id])
    return own


def rows(acting: Acting, asked: Wanted) -> QuerySet[Case]:
    """The open cases of one view that the member may list."""
    allowed = access.visible_q(acting.facts, "case", acting.day)
    cases = Case.objects.filter(allowed, is_open=True)
    late = Q(due_at__lt=acting.now, held_at=None)
    if asked.view == "overdue":
        return cases.filter(late)
    put_off = Exists(Later.objects.filter(member=acting.member, case=OuterRef("pk"), until__gt=acting.now))
    cases = cases.filter(put_off) if asked.view == "later" else cases.filter(late | ~put_off)
    found = {
        "mine": mine(acting),
        "team": Q(),
        "unassigned": Q(assignee=None),
        "approval": Q(state__in=WAITING),
        "later": Q(),
    }[asked.view]
    return cases.filter(found, _narrow(asked))


def _narrow(asked: Wanted) -> Q:
    narrow = Q()
    if asked.workflow:
        narrow &= Q(workflow=asked.workflow)
    if asked.urgency:
        narrow &= Q(urgency=asked.urgency)
    if asked.area:
        narrow &= Q(area=asked.area) | Q(area__parent=asked.area)
    return narrow


def counts(acting: Acting, asked: Wanted) -> dict[str, int]:
    """How many are in each view, up to one more than `MOST`: one statement, and none reads a long list."""
    parts: list[str] = []
    values: list[Any] = []
    for view in VIEWS:
        some = rows(acting, replace(asked, view=view)).order_by().values("pk")[: MOST + 1]
        try:
            sql, params = some.query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608 - every value is a parameter
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        found = cursor.fetchone()
    return dict(zip(VIEWS, found, strict=True))


def cursor_of(case: Case, order: str) -> str:
    """Where a page ended, opaque and without personal data."""
    at = case.due_at if order == "due" else case.opened_at
    return base64.urlsafe_b64encode(f"{at.isoformat() if at else ''}|{case.id}".encode()).decode()


def beyond(cursor: str, order: str) -> Q:
    """The rows after a cursor; a cursor nobody made begins at the front again."""
    try:
        moment, _bar, ident = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition("|")
        last = UUID(ident)
        at = datetime.fromisoformat(moment) if moment else None
        if at is not None and at.tzinfo is None:
            return Q()
    except (ValueError, UnicodeError, binascii.Error):
        return Q()
    if order == "newest":
        return Q(opened_at__lt=at) | Q(opened_at=at, id__gt=last) if at else Q()
    if at is None:
        return Q(due_at=None, id__gt=last)
    return Q(due_at__gt=at) | Q(due_at=at, id__gt=last) | Q(due_at=None)
