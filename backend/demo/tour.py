"""The tour of the demo city: the job of whoever signed in, step by step, ticked off as it is really done.

`data/tour.yaml` tells it. There is a tour where the installation is the demo (`TSUNAGU_DEMO`), nowhere else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from backend.cases import visible
from backend.cases.models import Case, Key, Step
from backend.definitions.source import read_yaml
from backend.demo import story
from backend.demo.acts import Script
from backend.demo.cast import BY_NAME
from backend.demo.telling import case_of
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.offers import offered
from backend.pages.seeing import see
from backend.people.models import Member
from backend.sharing.disclosures.models import PackageEvent
from backend.workflow.model import Text

_FILE = Path(__file__).with_name("data") / "tour.yaml"
MOST_LOOKED_AT = 12  # cases tried for one in which the action is possible


@dataclass(frozen=True)
class Stop:
    """One thing to do: where it leads ("" while there is no such case), and whether it was done.

    `done` is None for what is only looked at.
    """

    title: str
    says: str
    address: str
    number: str
    done: bool | None


def context(request: HttpRequest) -> dict[str, str]:
    """For every page: where the tour is, in a demo."""
    return {"tour": reverse("demo:tour")} if settings.DEMO else {}


@require_safe
@signed_in
def tour(request: Asked) -> HttpResponse:
    """What the member's role does in a week, with the very cases to do it on."""
    acting = request.acting
    told = told_of(acting)
    if not settings.DEMO or told is None:
        raise Http404
    stops = [_stop(row, acting) for row in told["steps"]]
    counted = [stop for stop in stops if stop.done is not None]
    shown = {
        "stops": stops,
        "all": len(counted),
        "done": sum(bool(stop.done) for stop in counted),
        "then": BY_NAME[told["then"]],
    }
    return render(request, "demo/tour.html", shown)


def told_of(acting: Acting) -> dict[str, Any] | None:
    """The tour of one of the cast; None for anybody else."""
    return _told().get(acting.user.username)


def done_by_hand(member: Member, actions: Collection[str]) -> bool:
    """Whether the member did one of these actions themselves: what the demo played has its own keys."""
    prefix = Script("", "", ()).key_of(0).partition("/")[0]
    played = Key.objects.filter(case=OuterRef("case_id"), seq=OuterRef("seq"), key__startswith=f"{prefix}/")
    return Step.objects.filter(~Exists(played), actor=member, action__in=actions).exists()


@cache
def _told() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(_FILE, f"backend/demo/data/{_FILE.name}").value
    return content


def _stop(row: dict[str, Any], acting: Acting) -> Stop:
    address, number = _leads_to(row, acting)
    title, says = (Text(**row[name]).in_language(acting.lang) for name in ("title", "says"))
    return Stop(title, says, address, number, _done(row, acting.member))


def _done(row: dict[str, Any], member: Member) -> bool | None:
    if "did" in row:
        return done_by_hand(member, row["did"])
    if "opened" in row:
        return PackageEvent.objects.filter(by=member, kind=PackageEvent.Kind.OPENED).exists()
    return None


def _leads_to(row: dict[str, Any], acting: Acting) -> tuple[str, str]:
    """The address of a step and the number of its case."""
    if "story" in row:
        case = case_of(story.script())
        return reverse("pages:case", args=[case.id]), case.number
    if "at" not in row:
        return reverse(row["page"]), ""
    found = _case(row, acting)
    if found is None:
        return "", ""
    if "act" in row:
        return reverse("pages:act", args=[found.id, row["act"]]), found.number
    return reverse(row["page"], args=[found.id]), found.number


def _case(row: dict[str, Any], acting: Acting) -> Case | None:
    """The first case in one of the states in which the member may do the action, their own before others."""
    rows = Case.objects.filter(state__in=row["at"], is_open=True)
    if "act" not in row:
        rows = rows.exclude(person=None)  # nothing can be told of nobody
    rows = visible.visible(rows, acting.facts, acting.now).select_related("person", "area", "assignee")
    mine = list(rows.filter(assignee=acting.member).order_by("due_at", "id")[:MOST_LOOKED_AT])
    for case in [*mine, *rows.order_by("due_at", "id")[:MOST_LOOKED_AT]]:
        seen = see(case, acting)
        offer = offered(seen, row["act"]) if seen is not None and "act" in row else None
        if seen is not None and ("act" not in row or (offer is not None and offer.allowed)):
            return case
    return None
