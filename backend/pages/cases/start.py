"""Beginning a case: which workflow, about whom, and its first form."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend import access
from backend.answers import render as drawing
from backend.answers.form import Form
from backend.answers.post import Post, asks_again, rows_shown
from backend.answers.problems import Problem
from backend.cases import actions, pinned, visible
from backend.cases.errors import AnswersWrong, DoorError, NotFound
from backend.cases.models import Case
from backend.cases.pinned import Pinned
from backend.cases.reading import case_facts
from backend.definitions.canonical import NotCanonical
from backend.definitions.models import Published
from backend.definitions.store import NotPublished
from backend.pages.acting import Acting, Asked, signed_in, typed
from backend.pages.cases import choosing, drafts, keyed
from backend.pages.cases.act import Trouble, home_of, new_key, trouble
from backend.pages.cases.known import first_answers
from backend.pages.cases.tasks import unreadable
from backend.pages.residents import record
from backend.pages.seeing import IMMINENT
from backend.people import keeping
from backend.people.models import Person
from backend.people.search import SearchRefused, search
from backend.sharing.disclosures import asking

NOTICED = "report"  # the class of what begins with somebody noticing something
CONVENED = "convene"  # the class of meetings, which are about nobody yet
_APPLYING = "set_applicant"  # an organisation begins it, so that there is nobody to find first


@require_safe
@signed_in
def begin(request: Asked) -> HttpResponse:
    """The workflows this member may begin a case of; what is noticed about somebody before all else."""
    names = (
        Published.objects.filter(kind="workflow").values_list("name", flat=True).distinct().order_by("name")
    )
    pins = [pin for pin in map(_pin, names) if _is_received(pin) and may_begin(pin, request.acting)]
    if len(pins) == 1:
        return redirect("pages:start", pins[0].workflow.name)
    pins.sort(key=lambda pin: pin.workflow.start.cls != NOTICED)
    return render(
        request, "pages/cases/begin.html", {"workflows": [_titles(pin, request.acting) for pin in pins]}
    )


@require_http_methods(["GET", "POST"])
@signed_in
def start(request: Asked, workflow: str) -> HttpResponse:
    """The first form of a workflow (GET) and beginning the case (POST)."""
    pin, person = _pin(workflow), _person(request)
    form = _first_form(pin)
    if person is None and _asks_whom(request, pin):
        return _whom(request, pin)
    if request.method == "GET":
        draft = drafts.resume(request.acting, drafts.of_start(workflow, person), form)
        first = first_answers(form, request.acting, person=person) if form and not draft else {}
        return _draw(request, pin, person, draft.answers if draft else first, draft=draft)
    if form is not None and "_draft" in request.POST:
        return _close(request, pin, person, form)
    if form is not None and asks_again(typed(request)):
        return _draw(request, pin, person, form.read_all(typed(request)))
    return _start(request, pin, person, form)


def _asks_whom(request: Asked, pin: Pinned) -> bool:
    """Whether it has to be said whom the case is about before anything else: a form for nobody is refused."""
    begin = pin.workflow.start
    about = begin.cls not in (NOTICED, CONVENED) and _APPLYING not in begin.do
    asked = request.method == "GET" or "_whom" in request.POST
    return about and asked and keyed.of_start(request, pin.workflow.name) is None


def _whom(request: Asked, pin: Pinned) -> HttpResponse:
    """A search for the person; what rests on a case of theirs is begun from its page."""
    acting, words = request.acting, request.POST.get("q", "")
    try:
        found = search(acting.member, words, at=acting.now, today=acting.today) if words.strip() else None
    except SearchRefused:
        raise PermissionDenied from None
    shown = {
        "workflow": _titles(pin, acting),
        "from_case": pin.workflow.name == asking.WORKFLOW,
        "q": words,
        "searched": found is not None,
        "persons": [record.alike(row.person, acting) for row in found.persons] if found else [],
        "more": bool(found and found.more),
        "registers": found is not None and keeping.may_register(acting.member, acting.now).allowed,
    }
    return render(request, "pages/cases/start_whom.html", shown)


@require_POST
@signed_in
def start_live(request: Asked, workflow: str) -> HttpResponse:
    """Only the questions that the changed answer decides about."""
    form = _first_form(_pin(workflow))
    if form is None:
        raise Http404
    acting = request.acting
    parts = drawing.live_parts(
        form,
        typed(request),
        lang=acting.lang,
        live_url=request.path,
        choices=choosing.choices(form, acting.facts.controller, acting),
        today=acting.today,
        first=first_answers(form, acting, person=_person(request), hidden=True),
    )
    emergency = form.read_all(typed(request)).get(IMMINENT) is True
    return render(request, "pages/cases/live.html", {"parts": parts, "emergency": emergency})


@require_POST
@signed_in
def keep(request: Asked, workflow: str) -> HttpResponse:
    """Keep what is typed in a first form. There is no case yet, and none begins."""
    pin, person = _pin(workflow), _person(request)
    if _first_form(pin) is None or not may_begin(pin, request.acting, person):
        raise Http404
    return drafts.kept(request, drafts.of_start(workflow, person))


@require_POST
@signed_in
def drop(request: Asked, workflow: str) -> HttpResponse:
    """Throw the draft of a first form away and begin anew."""
    person = _person(request)
    drafts.forget(request.acting, drafts.of_start(_pin(workflow).workflow.name, person))
    return redirect(_address(workflow, person))


def _address(workflow: str, person: Person | None) -> str:
    return reverse("pages:start", args=[workflow]) + (f"?person={person.id}" if person else "")


def _close(request: Asked, pin: Pinned, person: Person | None, form: Form) -> HttpResponse:
    """Keep the draft and leave; what cannot be kept stays on the page."""
    because = drafts.not_kept(request.acting, drafts.of_start(pin.workflow.name, person), typed(request))
    if because:
        messages.warning(request, because)
        return _draw(request, pin, person, form.read_all(typed(request)))
    messages.success(request, _("The draft is kept. It is here when you open the form again."))
    return redirect("pages:work")


def _start(request: Asked, pin: Pinned, person: Person | None, form: Form | None) -> HttpResponse:
    acting, paper = request.acting, keyed.of_start(request, pin.workflow.name)
    try:
        begin = partial(
            actions.start,
            pin.workflow.name,
            actor=acting.member.id,
            answers=form.read_post(typed(request)) if form else {},
            key=request.POST.get("_key", ""),
            person=person.id if person else None,
        )
        done = keyed.through(request, paper, begin)
    except NotFound:
        raise Http404 from None
    except NotCanonical:
        if form is None:
            raise
        return _draw(
            request, pin, person, form.read_all(typed(request)), tuple(unreadable(form, typed(request)))
        )
    except DoorError as error:
        if form is not None and paper is None:
            drafts.not_kept(acting, drafts.of_start(pin.workflow.name, person), typed(request))
        answers = form.read_all(typed(request)) if form else {}
        problems = error.problems if isinstance(error, AnswersWrong) else ()
        told = None if problems else trouble(error, None, "", acting.lang)
        return _draw(request, pin, person, answers, problems, told)
    drafts.forget(acting, drafts.of_start(pin.workflow.name, person))
    return _received(request, done, "pages:key_in" if paper else "")


def _received(request: Asked, done: actions.Done, onward: str) -> HttpResponse:
    """To the case, or on to the next paper; to the list for who may report and not see what becomes."""
    acting = request.acting
    number = done.number or Case.objects.values_list("number", flat=True).get(pk=done.case)
    if not done.repeated:
        messages.success(request, _("Received. The number is %(number)s.") % {"number": number})
    if onward:
        return redirect(onward)
    try:
        visible.get_visible(Case.objects.all(), done.case, acting.facts, acting.now)
    except NotFound:
        return redirect("pages:work")
    return redirect(home_of(Case.objects.values_list("workflow", flat=True).get(pk=done.case)), done.case)


def _draw(
    request: Asked,
    pin: Pinned,
    person: Person | None,
    answers: dict[str, Any],
    problems: tuple[Problem, ...] = (),
    told: Trouble | None = None,
    draft: drafts.Resumed | None = None,
) -> HttpResponse:
    acting = request.acting
    posted = request.method == "POST" and (told is None or told.kind != "again")
    shown = {
        "workflow": _titles(pin, acting),
        "paper": keyed.of_start(request, pin.workflow.name),
        "person": person,
        "of_a_person": _APPLYING not in pin.workflow.start.do,
        "problems": problems,
        "trouble": told,
        "key": request.POST.get("_key", "") if posted else new_key(),
        "emergency": answers.get(IMMINENT) is True,
        "draft": draft,
        "keeps": _first_form(pin) is not None and keyed.of_start(request, pin.workflow.name) is None,
        "form": _form(request, pin, answers, problems, draft.posted if draft else typed(request)),
    }
    return render(
        request, "pages/cases/start.html", shown, status=told.status if told else 422 if problems else 200
    )


def _form(
    request: Asked, pin: Pinned, answers: dict[str, Any], problems: tuple[Problem, ...], given: Post
) -> str:
    form, acting = _first_form(pin), request.acting
    if form is None:
        return ""
    return drawing.render(
        form,
        answers=answers,
        problems=problems,
        lang=acting.lang,
        live_url=reverse("pages:start_live", args=[pin.workflow.name]),
        choices=choosing.choices(form, acting.facts.controller, acting),
        rows=rows_shown(form.fields, given),
        today=acting.today,
    )


def _first_form(pin: Pinned) -> Form | None:
    name = pin.workflow.start.form
    return pin.form(name)[0] if name else None


def _pin(name: str) -> Pinned:
    """The newest version of a workflow. Raises Http404."""
    try:
        return pinned.pinned(pinned.newest("workflow", name))
    except NotPublished:
        raise Http404 from None


def _titles(pin: Pinned, acting: Acting) -> dict[str, Any]:
    workflow = pin.workflow
    return {
        "name": workflow.name,
        "title": workflow.title.in_language(acting.lang),
        "purpose": workflow.purpose.in_language(acting.lang),
        "action": workflow.start.title.in_language(acting.lang),
        "noticed": workflow.start.cls == NOTICED,
    }


def _person(request: Asked) -> Person | None:
    """Whom the case is to be about: a person the member may see, chosen in the search."""
    wanted = request.POST.get("_person") or request.GET.get("person") or ""
    if not wanted:
        return None
    try:
        return visible.get_visible(Person.objects.all(), wanted, request.acting.facts, request.acting.now)
    except NotFound:
        raise Http404 from None


def may_begin(pin: Pinned, acting: Acting, person: Person | None = None) -> bool:
    """Whether the member may begin a case of a workflow, decided as the door does with what is known yet."""
    first = pin.workflow.states[pin.workflow.start.state]
    member = acting.facts
    case = Case(
        workflow=pin.workflow.name,
        state=pin.machine.start(),
        kind=first.kind,
        owner_role=first.owner,
        controller=actions.controller_for(member),
        area_id=(person and person.area_id) or member.area or settings.ROOT_AREA,
        protected=person is not None and person.protected,
        reporter_id=acting.member.id,
    )
    name = pin.workflow.qualified(pin.workflow.start.action)
    return access.decide(member, name, case_facts(case, acting.now), today=acting.day).allowed


def startable(acting: Acting) -> bool:
    """Whether the member may report at all."""
    return access.decide(acting.facts, "report", None, today=acting.day).allowed


def may_begin_about(person: Person, acting: Acting, *workflows: str) -> frozenset[str]:
    """Which of these workflows the member may begin about this person."""
    pins = pinned.newest_of("workflow", *workflows)
    return frozenset(name for name in workflows if may_begin(pinned.pinned(pins[name]), acting, person))


def may_plan(acting: Acting) -> bool:
    """Whether the member may plan a meeting."""
    return may_begin(_pin("council"), acting)


def _is_received(pin: Pinned) -> bool:
    """Whether cases of it begin at the counter; meetings begin on their own page."""
    return pin.workflow.start.cls != CONVENED
