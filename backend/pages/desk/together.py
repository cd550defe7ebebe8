"""Several cases at once: put off, brought back, or given to somebody, and for each what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.access import explain
from backend.cases import actions, visible
from backend.cases.errors import AnswersWrong, DoorError, Refused
from backend.cases.models import Case
from backend.catalogue import loading
from backend.pages import wording
from backend.pages.acting import Asked, signed_in
from backend.pages.cases import choosing
from backend.pages.cases.offers import offered
from backend.pages.desk import later
from backend.pages.seeing import Seen, see

ASSIGN = "assign"
MOST = 50


@dataclass(frozen=True)
class Outcome:
    """What came of one case: done, or why not."""

    seen: Seen
    because: str = ""

    @property
    def done(self) -> bool:
        return not self.because


@require_POST
@signed_in
def put_off(request: Asked) -> HttpResponse:
    """Out of one's own lists until a morning."""
    moment = later.until(request.POST.get("until", ""), request.acting.today)
    title = _("Later: back on %(when)s") % {"when": wording.moment(moment, request.acting.lang)}
    return each(request, title, lambda seen: later.put_off(seen, moment))


@require_POST
@signed_in
def bring_back(request: Asked) -> HttpResponse:
    """Into the lists again."""

    def back(seen: Seen) -> str:
        later.bring_back(seen)
        return ""

    return each(request, _("Back in the list"), back)


@require_POST
@signed_in
def assign(request: Asked) -> HttpResponse:
    """Give several to one member: first to whom and why, then one step for each through the one door."""
    form = loading.use().forms[ASSIGN]
    acting, to, reason = request.acting, request.POST.get("assigned_to", ""), request.POST.get("reason", "")
    options = choosing.choices(form, acting.facts.controller, acting)["member"]
    reasons = [(code, words) for code, words in _reasons(acting.lang) if code != "other"]
    ticked = chosen(request)
    if to not in {value for value, _words in options} or reason not in {code for code, _words in reasons}:
        able = [Outcome(seen, apart(seen) or refused(seen, ASSIGN)) for seen in ticked]
        shown = {
            "outcomes": able,
            "able": [one for one in able if one.done],
            "members": options,
            "reasons": reasons,
            "key": uuid4().hex,
            "wrong": "assigned_to" in request.POST,
        }
        return render(
            request, "pages/desk/together_assign.html", shown, status=422 if shown["wrong"] else 200
        )
    name = dict(options)[to]
    return each(
        request,
        _("Assigned to %(name)s") % {"name": name},
        lambda seen: apart(seen) or through(request, seen, ASSIGN, {"assigned_to": to, "reason": reason}),
    )


def _reasons(lang: str) -> list[tuple[str, str]]:
    form = loading.use().forms[ASSIGN]
    field = next(field for field in form.fields if field.name == "reason")
    return [(one.code, one.label.of(lang)) for one in field.choices]


def through(request: Asked, seen: Seen, action: str, answers: Mapping[str, Any]) -> str:
    """One step through the door with the revision and key of the page; "" when it was taken, else why not."""
    revision = request.POST.get(f"revision-{seen.case.id}", "")
    try:
        actions.perform(
            seen.case.id,
            action,
            actor=request.acting.member.id,
            answers=answers,
            revision=int(revision) if revision.isascii() and revision.isdigit() else None,
            key=_key(request.POST.get("_key", ""), seen.case.id),
        )
    except Refused as error:
        told = explain(error.decision, request.acting.lang)
        return " ".join((*told.because, told.help))
    except AnswersWrong as error:
        return " ".join(one.en if request.acting.lang == "en" else one.ja for one in error.problems)
    except DoorError as error:
        return str(error)
    return ""


def apart(seen: Seen) -> str:
    """Why something grave is not done together with others; "" for what is not."""
    if seen.emergency or seen.case.urgency == "A":
        return _("It is urgent: do it by itself.")
    if seen.case.protected or seen.case.facts.get("abuse") not in (None, "", "none"):
        return _("It needs care: do it by itself.")
    return ""


def refused(seen: Seen, action: str) -> str:
    """Why an action cannot be taken now; "" when it can."""
    offer = offered(seen, action)
    if offer is not None and offer.allowed:
        return ""
    told = (offer.because, offer.help) if offer else ()
    return " ".join(filter(None, told)) or _("This cannot be done in the state the case is in.")


def each(request: Asked, title: str, act: Callable[[Seen], str]) -> HttpResponse:
    """Do it to each of the chosen cases, and tell what came of each."""
    outcomes = [Outcome(seen, act(seen)) for seen in chosen(request)]
    return render(request, "pages/desk/together.html", {"title": title, "outcomes": outcomes})


def chosen(request: Asked) -> list[Seen]:
    """The ticked cases the member may list; what is none or not theirs is not there."""
    ids = {found for found in map(_uuid, request.POST.getlist("case")[:MOST]) if found}
    acting = request.acting
    rows = visible.visible(Case.objects.filter(id__in=ids), acting.facts, acting.now)
    rows = rows.select_related("person", "area", "assignee", "receiver").order_by("due_at", "id")
    looked = (see(case, acting) for case in rows)
    return [seen for seen in looked if seen is not None]


def _key(given: str, case: UUID) -> str:
    """The key of one case in a page sent: the same again when the page is sent again."""
    return uuid5(case, given or uuid4().hex).hex


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
