"""My work: the open cases a member may list, those due first, and in each why it is here and what is next."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.cases.models import Case, Step
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.offers import offers
from backend.pages.seeing import FIELD_ROLES, Seen, see
from backend.pages.steps import action_title

PAGE = 20
VIEWS = ("mine", "team", "unassigned", "overdue")


@dataclass(frozen=True)
class Tab:
    """One view of the work, with how many open cases are in it."""

    name: str
    words: str
    count: int
    current: bool


@dataclass(frozen=True)
class Row:
    """One case in the list: `why` it is here, `next` what somebody can do."""

    seen: Seen
    why: str
    next: str


@require_safe
@signed_in
def work(request: Asked) -> HttpResponse:
    """The list of one view, a page at a time; asked for by htmx, only the list."""
    acting = request.acting
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "mine"
    allowed = access.visible_q(acting.facts, "case", acting.day)
    cases = Case.objects.filter(allowed, is_open=True)
    rows, following = _page(cases.filter(_of(view, acting)), request.GET.get("after", ""), acting)
    shown = {
        "tabs": _tabs(cases, acting, view),
        "rows": rows,
        "view": view,
        "following": following,
        "first_page": not request.GET.get("after"),
        "may_report": access.decide(acting.facts, "report", None, today=acting.day).allowed,
    }
    return render(request, "pages/work.html", shown)


def mine(acting: Acting) -> Q:
    """What waits for this member: what they are assigned, what their agency received, what they watch."""
    own = Q(assignee=acting.member)
    if acting.facts.role == "agency_staff":
        return Q(receiver=acting.facts.organisation)
    if acting.facts.role in FIELD_ROLES:
        return own | Q(watchers__contains=[acting.facts.id])
    return own


def _of(view: str, acting: Acting) -> Q:
    return {
        "mine": mine(acting),
        "team": Q(),
        "unassigned": Q(assignee=None),
        "overdue": Q(due_at__lt=acting.now, held_at=None),
    }[view]


def _tabs(cases: QuerySet[Case], acting: Acting, view: str) -> list[Tab]:
    words = {"mine": _("Mine"), "team": _("Team"), "unassigned": _("Unassigned"), "overdue": _("Overdue")}
    some = {name: Count("pk", filter=_of(name, acting)) for name in VIEWS if name != "team"}
    counts = cases.aggregate(team=Count("pk"), **some)
    return [Tab(name, words[name], counts[name], name == view) for name in VIEWS]


def _page(cases: QuerySet[Case], after: str, acting: Acting) -> tuple[list[Row], str]:
    """One page of rows the policies, asked again for each, let the member see; and where the next begins."""
    found = list(
        cases.filter(_beyond(after))
        .select_related("person", "area", "assignee", "receiver")
        .order_by("due_at", "id")[: PAGE + 1]
    )
    following = _cursor(found[PAGE - 1]) if len(found) > PAGE else ""
    looked = [see(case, acting) for case in found[:PAGE]]
    return _rows([seen for seen in looked if seen is not None], acting), following


def _rows(looked: Iterable[Seen], acting: Acting) -> list[Row]:
    looked = list(looked)
    wanted = Q()
    for seen in looked:
        wanted |= Q(case_id=seen.case.id, seq=seen.case.revision)
    last = {step.case_id: step for step in Step.objects.filter(wanted)} if looked else {}
    return [Row(seen, _why(seen, last.get(seen.case.id)), _next(seen)) for seen in looked]


def _why(seen: Seen, step: Step | None) -> str:
    return action_title(seen, step.action) if step is not None and seen.follows else ""


def _next(seen: Seen) -> str:
    """The next action of this member, else for whom the case waits."""
    offer = offers(seen).next
    if offer is not None:
        return offer.title
    if not seen.follows:
        return _("Nothing for you to do now")
    if seen.case.kind == "theirs" and seen.case.receiver is not None:
        return _("Waiting for %(whom)s") % {"whom": seen.case.receiver.name}
    if seen.case.assignee is not None and seen.case.assignee_id != seen.acting.member.id:
        return _("Waiting for %(whom)s") % {"whom": seen.case.assignee.name}
    return _("Nothing for you to do now")


def _cursor(case: Case) -> str:
    """Where a page ended, opaque and without personal data."""
    due = case.due_at.isoformat() if case.due_at else ""
    return base64.urlsafe_b64encode(f"{due}|{case.id}".encode()).decode()


def _beyond(cursor: str) -> Q:
    """The rows after a cursor; a cursor nobody made begins at the front again."""
    try:
        due, _bar, ident = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition("|")
        last = UUID(ident)
        at = datetime.fromisoformat(due) if due else None
        if at is not None and at.tzinfo is None:
            return Q()
    except (ValueError, UnicodeError, binascii.Error):
        return Q()
    if at is None:
        return Q(due_at=None, id__gt=last)
    return Q(due_at__gt=at) | Q(due_at=at, id__gt=last) | Q(due_at=None)
