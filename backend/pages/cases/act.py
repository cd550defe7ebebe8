"""Doing something with a case: the form of an action, its live part, and what the door answered."""

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.access import explain
from backend.answers import render as drawing
from backend.answers.form import Form
from backend.answers.post import Post, asks_again, rows_shown
from backend.answers.problems import Problem
from backend.cases import actions, visible
from backend.cases.errors import AnswersWrong, Conflict, DoorError, KeyMissing, KeyReused, NotFound, Refused
from backend.cases.generic import proves_again
from backend.cases.models import Step
from backend.definitions.canonical import NotCanonical
from backend.pages import wording
from backend.pages.acting import Asked, signed_in, typed
from backend.pages.cases import choosing, differing, drafts, keyed
from backend.pages.cases.known import first_answers
from backend.pages.cases.offers import Offer, offered
from backend.pages.cases.steps import action_title
from backend.pages.cases.tasks import Task, file_categories, task
from backend.pages.entry.again import question
from backend.pages.seeing import IMMINENT, Seen, find
from backend.pages.sharing import deciding, instead
from backend.pages.sharing.instead import Prepared
from backend.papers.keying import Found


@dataclass(frozen=True)
class Trouble:
    """Why the door did not open, for the top of the page: what happened, what to do, who was first."""

    status: int
    kind: str
    title: str
    says: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@require_http_methods(["GET", "POST"])
@signed_in
def act(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """The form of one action (GET) and doing it (POST). A refusal says why and keeps what was typed."""
    seen = find(case_id, request.acting)
    offer = _offer(seen, action)
    if request.method == "GET":
        visible.record_look(seen.case, request.acting.facts, request.acting.now, "page")
        if not offer.allowed:
            return _closed_door(request, seen, offer)
        if deciding.on_its_own_page(seen, action):
            return redirect(f"{reverse('pages:approvals')}?case={seen.case.id}")
        asked = task(seen, action, offer.title, request.GET.get("step", ""))
        draft = (
            drafts.resume(request.acting, drafts.of_case(seen, action), asked.form)
            if asked.step is None
            else None
        )
        answers = draft.answers if draft else dict(asked.first)
        return _draw(request, seen, asked, answers, draft=draft)
    # Whether it is possible is the door's business: a page sent twice gets its first answer there.
    asked = task(seen, action, offer.title, request.POST.get("_step", ""))
    if "_draft" in request.POST and asked.form is not None:
        return _close(request, seen, asked)
    if asked.form is not None and asks_again(typed(request)):
        return _draw(request, seen, asked, asked.form.read_all(typed(request)))
    again = question(request) if proves_again(asked.name, seen.pin.workflow) else None
    return again or _do(request, seen, asked)


@require_POST
@signed_in
def live(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """Only the questions that the changed answer decides about; nothing is written."""
    seen = find(case_id, request.acting)
    offer = _offer(seen, action)
    asked = task(seen, action, offer.title, request.POST.get("_step", ""))
    if asked.form is None:
        raise Http404
    parts = drawing.live_parts(
        asked.form,
        typed(request),
        lang=request.acting.lang,
        live_url=request.path,
        choices=choosing.choices(asked.form, seen.case.controller, request.acting),
        today=request.acting.today,
        first=_begun(asked.form, seen) if asked.step is None else None,
    )
    emergency = asked.form.read_all(typed(request)).get(IMMINENT) is True or seen.emergency
    return render(request, "pages/cases/live.html", {"parts": parts, "emergency": emergency})


def _begun(form: Form, seen: Seen) -> dict[str, Any]:
    return first_answers(form, seen.acting, seen=seen, hidden=True)


@require_safe
@signed_in
def stamp(request: Asked, case_id: UUID) -> HttpResponse:
    """Whether the case is as the page shows it: 204, or what was done since. Asked every 20 seconds.

    `told` is how many steps the page tells of already: the same is not said twice.
    """
    seen = find(case_id, request.acting)
    revision = _whole(request.GET.get("revision", ""))
    news = _changes(seen, revision) if seen.follows else ()
    if len(news) <= max(_whole(request.GET.get("told", "")), 0):
        return HttpResponse(status=204)
    return render(request, "pages/cases/moved.html", {"seen": seen, "news": news, "revision": revision})


def _close(request: Asked, seen: Seen, asked: Task) -> HttpResponse:
    """Keep the draft and go back to the case; what is too long to be kept stays on the page."""
    because = drafts.not_kept(request.acting, drafts.of_case(seen, asked.name), typed(request))
    if because:
        messages.warning(request, because)
        return _draw(request, seen, asked, asked.form.read_all(typed(request)) if asked.form else {})
    messages.success(request, _("The draft is kept. It is here when you open the form again."))
    return redirect(home_of(seen.case.workflow), seen.case.id)


def _offer(seen: Seen, name: str) -> Offer:
    """The action as it stands; 404 for a name neither the workflow nor the engine knows."""
    offer = offered(seen, name)
    if offer is None:
        raise Http404
    return offer


def _do(request: Asked, seen: Seen, asked: Task) -> HttpResponse:
    acting, paper = request.acting, _paper(request, seen, asked)
    try:
        perform = partial(
            actions.perform,
            seen.case.id,
            asked.name,
            actor=acting.member.id,
            answers=_given(request, seen, asked),
            revision=_whole(request.POST.get("_revision", "")),
            key=request.POST.get("_key", ""),
        )
        done = keyed.through(request, paper, perform)
    except NotFound:
        raise Http404 from None
    except NotCanonical:
        return _not_done(request, seen, asked, AnswersWrong(asked.unreadable(typed(request))))
    except DoorError as error:
        return _not_done(request, find(seen.case.id, acting), asked, error)
    drafts.forget(acting, drafts.of_case(seen, asked.name))
    if "_draft_of" in request.POST:
        drafts.forget(acting, drafts.of_case(seen, request.POST["_draft_of"]))
    if not done.repeated:
        messages.success(request, _("Recorded: %(action)s") % {"action": asked.title})
    if paper is not None:
        return redirect("pages:key_in")
    return redirect(home_of(seen.case.workflow), seen.case.id)


def _given(request: Asked, seen: Seen, asked: Task) -> dict[str, Any]:
    """What the door is given: of a form that two people answered, what was chosen."""
    if asked.form is None or "_theirs" not in request.POST:
        return asked.answers(typed(request), request.FILES, seen)
    chosen = asked.form.applicable(differing.overlaid(seen, asked.form, typed(request)))
    return chosen if asked.step is None else {"step": asked.step, "answers": chosen}


def _paper(request: Asked, seen: Seen, asked: Task) -> Found | None:
    return keyed.of_action(request, seen.case.id, asked.name, asked.form.name if asked.form else "")


def home_of(workflow: str) -> str:
    """The page a case of a workflow is worked on at."""
    return "pages:council" if workflow == "council" else "pages:case"


def _not_done(request: Asked, seen: Seen, asked: Task, error: DoorError) -> HttpResponse:
    """The page again with everything that was typed, and what to do about it."""
    acting, data = request.acting, typed(request)
    answers = differing.overlaid(seen, asked.form, data) if asked.form else {}
    if asked.form is not None and asked.step is None and _paper(request, seen, asked) is None:
        drafts.not_kept(acting, drafts.of_case(seen, asked.name), data)
    problems = error.problems if isinstance(error, AnswersWrong) else ()
    told = None if problems else trouble(error, seen, request.POST.get("_revision", ""))
    if isinstance(error, Conflict):
        since = _whole(request.POST.get("_revision", ""))
        chooser = differing.chooser(seen, asked, answers, since, data)
        return _draw(request, seen, asked, answers, told=told, chooser=chooser)
    way = instead.of_error(seen, asked.name, answers, error)
    return _draw(request, seen, asked, answers, problems, told, way)


def trouble(error: DoorError, seen: Seen | None, revision: str, lang: str = "") -> Trouble:
    """What the door answered, in the words of a page."""
    lang = lang or (seen.acting.lang if seen else "ja")
    if isinstance(error, Refused):
        told = explain(error.decision, lang)
        return Trouble(error.status, "refused", str(error), (*told.because, told.help), told.cites)
    if isinstance(error, Conflict):
        return Trouble(error.status, "conflict", str(error), changes=_changes(seen, _whole(revision)))
    if isinstance(error, KeyReused):
        again = _("This form was sent before. Look at the history; to record something more, send it again.")
        return Trouble(409, "again", again)
    if isinstance(error, KeyMissing):
        return Trouble(400, "again", _("The page was incomplete. Nothing was changed; send it again."))
    return Trouble(error.status, "impossible", str(error))


def _changes(seen: Seen | None, revision: int) -> tuple[str, ...]:
    """What others did since the revision this page was drawn with."""
    if seen is None:
        return ()
    rows = Step.objects.filter(case=seen.case, seq__gt=revision).select_related("actor")
    return tuple(
        _("%(when)s %(who)s: %(action)s")
        % {
            "when": wording.moment(step.recorded_at, seen.acting.lang),
            "who": step.actor.name,
            "action": action_title(seen, step.action),
        }
        for step in rows.order_by("seq")[:10]
    )


def _draw(
    request: Asked,
    seen: Seen,
    asked: Task,
    answers: dict[str, Any],
    problems: tuple[Problem, ...] = (),
    told: Trouble | None = None,
    way: Prepared | None = None,
    draft: drafts.Resumed | None = None,
    chooser: differing.Chooser | None = None,
) -> HttpResponse:
    status = told.status if told else 422 if problems else 200
    posted = request.method == "POST"
    fresh = not posted or (told is not None and told.kind in ("again", "conflict"))
    shown = {
        "seen": seen,
        "task": asked,
        "paper": _paper(request, seen, asked),
        "problems": [
            (problem, problem.en if seen.acting.lang == "en" else problem.ja) for problem in problems
        ],
        "trouble": told,
        "instead": way,
        "instead_key": new_key() if way else "",
        "draft": draft,
        "chooser": chooser,
        "key": new_key() if fresh else request.POST.get("_key", ""),
        "revision": seen.case.revision if fresh or told else request.POST.get("_revision", ""),
        "emergency": seen.emergency or answers.get(IMMINENT) is True,
        "form": _form(seen, asked, answers, problems, draft.posted if draft else typed(request)),
        "categories": file_categories(seen) if asked.takes_file else (),
        "typed": request.POST if asked.takes_file else {},
    }
    return render(request, "pages/cases/act.html", shown, status=status)


def _form(
    seen: Seen, asked: Task, answers: dict[str, Any], problems: tuple[Problem, ...], posted: Post
) -> str:
    if asked.form is None:
        return ""
    acting = seen.acting
    return drawing.render(
        asked.form,
        answers=answers,
        problems=problems,
        lang=acting.lang,
        live_url=reverse("pages:live", args=[seen.case.id, asked.name]),
        choices=choosing.choices(asked.form, seen.case.controller, acting),
        rows=rows_shown(asked.form.fields, posted),
        today=acting.today,
    )


def _closed_door(request: Asked, seen: Seen, offer: Offer) -> HttpResponse:
    """The action cannot be done: why, and what would make it possible."""
    status = 403 if offer.help else 409
    way = instead.of_offer(seen, offer)
    shown = {"seen": seen, "offer": offer, "instead": way, "instead_key": new_key() if way else ""}
    return render(request, "pages/refused.html", shown, status=status)


def new_key() -> str:
    """A key that makes sending the same page twice harmless."""
    return uuid.uuid4().hex


def _whole(text: str) -> int:
    """The revision in a page; a page without one is treated as older than every step."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
