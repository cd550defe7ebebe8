"""My work: the open cases a member may list, those due first, and in each why it is here and what is next."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.db.models import DateTimeField, OuterRef, Subquery, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.cases.models import Case, Step
from backend.catalogue import loading
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.offers import decider, next_title
from backend.pages.cases.steps import action_title
from backend.pages.desk import lists, saved
from backend.pages.desk.evening import evening
from backend.pages.desk.lists import Counts, Wanted
from backend.pages.models import Later
from backend.pages.seeing import Seen, see
from backend.people.models import Role

PAGE = 20


@dataclass(frozen=True)
class Tab:
    """One view of the work, with how many open cases are in it, in words."""

    name: str
    words: str
    shown: str
    current: bool
    address: str


@dataclass(frozen=True)
class Row:
    """One case in the list: `why` it is here, `next` what somebody can do; `back` when it comes back."""

    seen: Seen
    why: str
    next: str
    back: str


@require_safe
@signed_in
def work(request: Asked) -> HttpResponse:
    """The list of one view, a page at a time; of the first that has something where none was asked for."""
    acting, asked = request.acting, lists.wanted(request)
    counts = lists.counts(acting, asked)
    if "view" not in request.GET:
        asked = replace(asked, view=counts.landing)
    after = request.GET.get("after", "")
    rows, following = _page(asked, after, acting)
    own = asked.view == "mine" and not after
    shown = {
        "tabs": _tabs(counts, asked),
        "today": _summary(counts, asked.view),
        "rows": rows,
        "asked": asked,
        "landed": "view" not in request.GET and asked.view != "mine" and rows,
        "evening": evening(acting, counts.today["mine"], [row.seen for row in rows]) if own else None,
        "here": saved.address(asked),
        "kept": asdict(asked).items(),
        "everything": saved.address(Wanted(asked.view)),
        "following": following,
        "first_page": not after,
        "saved": [(view, saved.address(lists.read(view.wanted))) for view in saved.of(acting)],
        "workflows": _workflows(acting.lang),
        "orders": _orders(),
        "urgencies": lists.URGENCIES,
        "key": uuid4().hex,
        "may_report": access.decide(acting.facts, "report", None, today=acting.day).allowed,
    }
    return render(request, "pages/desk/work.html", shown)


def _workflows(lang: str) -> list[tuple[str, str]]:
    found = loading.use().workflows.values()
    return [(workflow.name, workflow.title.in_language(lang)) for workflow in found]


def _orders() -> list[tuple[str, str, str]]:
    """The orders: the name, what it is called, and the sentence under the heading."""
    return [
        ("due", _("Due first"), _("Open cases, those due first.")),
        ("waiting", _("Waiting longest first"), _("Open cases, those that wait longest first.")),
        ("newest", _("Newest first"), _("Open cases, the newest first.")),
    ]


def _tabs(counts: Counts, asked: Wanted) -> list[Tab]:
    words = {
        "mine": _("Mine"),
        "team": _("Team"),
        "unassigned": _("Unassigned"),
        "approval": _("For approval"),
        "overdue": _("Overdue"),
        "later": _("Later (put off)"),
    }
    return [
        Tab(
            name,
            words[name],
            lists.shown(counts.views[name]),
            name == asked.view,
            saved.address(replace(asked, view=name)),
        )
        for name in lists.VIEWS
    ]


def _summary(counts: Counts, view: str) -> dict[str, str]:
    """What of a view is due today and this week, and how much is overdue; nothing for the other views."""
    if view not in lists.SUMMED:
        return {}
    found = {"today": counts.today[view], "week": counts.week[view], "late": counts.views["overdue"]}
    return {name: lists.shown(count) for name, count in found.items()}


def _page(asked: Wanted, after: str, acting: Acting) -> tuple[list[Row], str]:
    """One page of rows the policies, asked again for each, let the member see; and where the next begins."""
    ids = lists.ids(acting, asked, after, PAGE + 1)
    last = Step.objects.filter(case=OuterRef("pk"), seq=OuterRef("revision")).values("action")
    cases = Case.objects.filter(pk__in=ids).select_related("person", "area", "assignee", "receiver")
    mine = Later.objects.filter(case=OuterRef("pk"), member=acting.member, until__gt=acting.now)
    back = Subquery(mine.values("until")) if asked.view == "later" else Value(None, DateTimeField())
    by_id = cases.annotate(last=Subquery(last), back=back).in_bulk()
    found = [by_id[one] for one in ids if one in by_id]
    following = lists.cursor_of(found[PAGE - 1], asked.order) if len(found) > PAGE else ""
    looked = [(see(case, acting), case) for case in found[:PAGE]]
    rows = [
        Row(seen, _why(seen, case.last), _next(seen), _back(case.back, acting.lang))
        for seen, case in looked
        if seen is not None
    ]
    return rows, following


def _back(until: datetime | None, lang: str) -> str:
    return _("Comes back %(when)s") % {"when": wording.moment(until, lang)} if until else ""


def _why(seen: Seen, action: str | None) -> str:
    return action_title(seen, action) if action is not None and seen.follows else ""


def _next(seen: Seen) -> str:
    """The next action of this member, else for whom the case waits."""
    title = next_title(seen)
    if title:
        return title
    if not seen.follows:
        return _("Nothing for you to do now")
    if decider(seen):
        return _("Waiting for %(whom)s") % {"whom": Role(decider(seen)).label}
    if seen.case.kind == "theirs" and seen.case.receiver is not None:
        return _("Waiting for %(whom)s") % {"whom": wording.body(seen.case.receiver)}
    if seen.case.assignee is not None and seen.case.assignee_id != seen.acting.member.id:
        return _("Waiting for %(whom)s") % {"whom": seen.case.assignee.name}
    return _("Nothing for you to do now")
