"""The list behind a figure of the board: the cases it counts, as far as the reader may list them, now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.access import current_areas
from backend.cases import visible
from backend.cases.models import Case, Step
from backend.figures.counting import APRIL, WAITING
from backend.figures.reading import endings
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.desk import lists
from backend.pages.lead import words
from backend.pages.seeing import see
from backend.people.models import Area, Member
from backend.workflow.board import OPEN, Way, way

PAGE = 20
NOBODY = "nobody"
LONGEST = 120


def address(**asked: Any) -> str:
    """Where the list of a figure is; ids and codes only, so that nothing personal is in the address."""
    return f"{_page_address()}?{urlencode(asked)}"


@cache
def _page_address() -> str:
    return reverse("pages:board_cases")  # a board has two hundred of them


@dataclass(frozen=True)
class Part:
    """One condition: which cases, and what it is called."""

    cases: Q
    says: str


@require_safe
@signed_in
def cases(request: Asked) -> HttpResponse:
    """The cases behind a figure, a page at a time."""
    acting = words.leader(request.acting)
    asked = {name: value[:LONGEST] for name in _PARTS if (value := request.GET.get(name, ""))}
    parts = [_PARTS[name](value, acting) for name, value in asked.items()]
    standing = not {"year", "month"} & set(asked)
    wanted = Q(controller=acting.facts.controller)
    for part in parts:
        wanted &= part.cases
    if standing:
        wanted &= Q(is_open=True)
    rows = visible.visible(Case.objects.filter(wanted), acting.facts, acting.now)
    found, following = _page(rows, standing, request.GET.get("after", ""), acting)
    shown = {
        "says": [part.says for part in parts if part.says],
        "rows": found,
        "following": f"{address(**asked)}&{urlencode({'after': following})}" if following else "",
        "first": address(**asked) if request.GET.get("after") else "",
    }
    return render(request, "pages/lead/cases.html", shown)


def _page(rows: QuerySet[Case], standing: bool, after: str, acting: Acting) -> tuple[list[Any], str]:
    """Those due first, or of a year those that began last; in the order of the lists of work."""
    order = "due" if standing else "newest"
    rows = rows.select_related("person", "area", "assignee", "receiver").order_by(*lists.ORDERS[order])
    found: list[Case] = []
    for part in lists.beyond(after, order):
        if len(found) <= PAGE:
            found += rows.filter(part)[: PAGE + 1 - len(found)]
    following = lists.cursor_of(found[PAGE - 1], order) if len(found) > PAGE else ""
    looked = (see(case, acting) for case in found[:PAGE])
    return [seen for seen in looked if seen is not None], following


def _worker(value: str, acting: Acting) -> Part:
    if value == NOBODY:
        return Part(Q(assignee=None), _("nobody in charge"))
    member = Member.objects.filter(pk=_uuid(value), controller=acting.facts.controller).first()
    return Part(Q(assignee=_uuid(value)), member.name if member else "")


def _uuid(value: str) -> UUID:
    """An id; that of nobody when it is none."""
    try:
        return UUID(value)
    except ValueError:
        return UUID(int=0)


def _state(value: str, acting: Acting) -> Part:
    return Part(Q(state=value), words.state(value, acting.lang))


def _area(value: str, acting: Acting) -> Part:
    area = Area.objects.filter(pk=value).first()
    if area is None:
        return Part(Q(pk=None), "")
    return Part(Q(area__in=[value, *current_areas(value).descendants(value)]), area.name)


def _due(value: str, acting: Acting) -> Part:
    midnight = datetime.combine(acting.today + timedelta(days=1), time(), timezone.get_default_timezone())
    running = Q(held_at=None)
    found = {
        "late": Part(running & Q(due_at__lt=acting.now), _("past the deadline")),
        "today": Part(running & Q(due_at__gte=acting.now, due_at__lt=midnight), _("due today")),
        "held": Part(Q(held_at__isnull=False), _("on hold")),
    }
    return found.get(value, Part(Q(), ""))


def _waiting(value: str, acting: Acting) -> Part:
    return Part(Q(state__in=WAITING), _("waiting for an approval"))


def _year(value: str, acting: Acting) -> Part:
    """Of the way that is counted, what began in a fiscal year."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) == 4 else 1
    began = _between(date(number, APRIL, 1), date(number + 1, APRIL, 1))
    return Part(_counted(way()) & began, words.year(number, acting.lang))


def _month(value: str, acting: Acting) -> Part:
    try:
        first = date.fromisoformat(f"{value}-01")
    except ValueError:
        return Part(Q(pk=None), "")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Part(_counted(way()) & _between(first, following), value)


def _between(first: date, following: date) -> Q:
    zone = timezone.get_default_timezone()
    begins, ends = (datetime.combine(day, time(), zone) for day in (first, following))
    return Q(opened_at__gte=begins, opened_at__lt=ends)


def _counted(course: Way) -> Q:
    return Q(workflow=course.workflow) & ~Q(state__in=_of(course, course.left_out))


def _reached(value: str, acting: Acting) -> Part:
    """Those that came at least as far as a stage."""
    course = way()
    place = _place(value, course)
    return Part(_at_least(course, place), course.stages[place].title.in_language(acting.lang))


def _furthest(value: str, acting: Acting) -> Part:
    """Those that came as far as a stage and no further."""
    course = way()
    place = _place(value, course)
    further = _at_least(course, place + 1) if place + 1 < len(course.stages) else Q(pk=None)
    return Part(_at_least(course, place) & ~further, course.stages[place].title.in_language(acting.lang))


def _place(value: str, course: Way) -> int:
    names = [group.name for group in course.stages]
    return names.index(value) if value in names else 0


def _at_least(course: Way, place: int) -> Q:
    if place == 0:
        return Q()
    states = _of(course, [name for group in course.stages[place:] for name in group.states])
    return Q(state__in=states) | Q(Exists(Step.objects.filter(case=OuterRef("pk"), to_state__in=states)))


def _ending(value: str, acting: Acting) -> Part:
    course = way()
    if value == OPEN or value not in endings(course):
        ended = [name for group in course.endings for name in group.states]
        return Part(~Q(state__in=_of(course, ended)), _("still on the way"))
    group = next(group for group in course.endings if group.name == value)
    return Part(Q(state__in=_of(course, group.states)), group.title.in_language(acting.lang))


def _of(course: Way, names: Any) -> list[str]:
    return [f"{course.workflow}.{name}" for name in names]


_PARTS: Mapping[str, Callable[[str, Acting], Part]] = {
    "worker": _worker,
    "state": _state,
    "area": _area,
    "due": _due,
    "waiting": _waiting,
    "year": _year,
    "month": _month,
    "reached": _reached,
    "furthest": _furthest,
    "ending": _ending,
}
