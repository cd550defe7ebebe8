"""決まりを見る: what can happen, who may and why, what is asked and sent; versions and what uses them.

Nothing is edited here. Who may is asked of the policies, never written down a second time.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.access.reading import Policy, heading
from backend.answers import render as drawing
from backend.cases.models import Case
from backend.catalogue import loading
from backend.catalogue.permitting import May, tried, who_may
from backend.definitions.models import Published
from backend.definitions.source import find
from backend.pages import wording
from backend.pages.acting import Asked, signed_in
from backend.papers.sheet import Look, sheet
from backend.people.models import Role
from backend.sharing.disclosures import duties
from backend.workflow import draw
from backend.workflow.model import Action, State, Workflow

MOST_ROWS = 40


@dataclass(frozen=True)
class Version:
    """One published version: since when, how many open cases of the own controller go by it."""

    hash: str
    short: str
    since: str
    cases: int
    newest: bool


@dataclass(frozen=True)
class Doing:
    """One action in a state: whereto, which form and letters, and who may by which policies."""

    title: str
    to: str
    form: tuple[str, str] | None
    letters: tuple[tuple[str, str], ...]
    who: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Place:
    """A state in words: whose turn it is, by when, what can be done."""

    name: str
    title: str
    citizen: str
    owner: str
    due: str
    doings: tuple[Doing, ...]


@dataclass(frozen=True)
class Told:
    """A policy in words."""

    id: str
    says: str
    cite: str
    permits: bool


@require_safe
@signed_in
def rules(request: Asked) -> HttpResponse:
    """Everything there is, by name; `?rule=` goes on to a policy."""
    lang, catalogue = request.acting.lang, loading.use()
    using = _using(request)
    shown = {
        "workflows": [
            (name, flow.title.in_language(lang), sum(using[name].values()))
            for name, flow in catalogue.workflows.items()
        ],
        "forms": sorted(
            (form.title.of(lang), name, _users(name, lang)) for name, form in catalogue.forms.items()
        ),
        "letters": sorted((words_of(name, lang), name) for name in catalogue.letters),
        "policies": _files(lang),
    }
    return render(request, "pages/rules/index.html", shown)


def _using(request: Asked) -> dict[str, Counter[str]]:
    """Open cases of the own controller by workflow and version: one query."""
    found: dict[str, Counter[str]] = {name: Counter() for name in loading.use().workflows}
    rows = Case.objects.filter(is_open=True, controller=request.acting.facts.controller)
    counted = rows.order_by().values_list("workflow", "definition").annotate(n=Count("pk"))
    for workflow, digest, cases in counted:
        found.setdefault(workflow, Counter())[digest] = cases
    return found


def _users(form: str, lang: str) -> str:
    """The workflows that ask a form: two forms may have one title."""
    flows = loading.use().workflows.values()
    return wording.listed(flow.title.in_language(lang) for flow in flows if form in flow.form_names())


def words_of(letter: str, lang: str) -> str:
    """The title of a letter."""
    found = loading.use().letters[letter]
    return found.title_ja if lang == "ja" else found.title_en


def _files(lang: str) -> list[tuple[str, list[Told]]]:
    found: dict[str, list[Told]] = {}
    for policy in access.current().every:
        found.setdefault(policy.file, []).append(_told(policy, lang))
    headings = {source.name: heading(source.path).get(lang, source.name) for source in find("policy")}
    return [(headings.get(file, file), told) for file, told in found.items()]


def _told(policy: Policy, lang: str) -> Told:
    notes = policy.annotations
    return Told(policy.id, notes.get(f"reason_{lang}", ""), notes.get("cite", ""), policy.permits)


@require_safe
@signed_in
def workflow(request: Asked, name: str) -> HttpResponse:
    """One workflow drawn, one of its states in full, and its versions."""
    lang = request.acting.lang
    flow = loading.use().workflows.get(name)
    if flow is None:
        raise Http404
    here = request.GET.get("state", "")
    state = flow.states.get(here) or flow.states[flow.start.state]
    shown = {
        "name": name,
        "title": flow.title.in_language(lang),
        "purpose": flow.purpose.in_language(lang),
        "picture": _picture(flow, lang),
        "states": [
            (one.name, one.title.in_language(lang), one.name == state.name) for one in flow.states.values()
        ],
        "place": _place(flow, state, lang),
        "versions": versions(request, "workflow", name),
        "retain": flow.retain,
    }
    fragment = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "detail"
    return render(request, "pages/rules/place.html" if fragment else "pages/rules/workflow.html", shown)


def _picture(flow: Workflow, lang: str) -> SafeString:
    """Drawn from the workflow alone; its words are escaped there."""
    return mark_safe(draw.svg(flow, lang))  # noqa: S308


def _place(flow: Workflow, state: State, lang: str) -> Place:
    due = ""
    if state.due is not None:
        due = state.due.within.words(lang)
    return Place(
        state.name,
        state.title.in_language(lang),
        state.citizen.in_language(lang),
        str(Role(state.owner).label) if state.owner in Role.values else "",
        due,
        tuple(_doing(flow, state, action, lang) for action in flow.leaving(state.name)),
    )


def _doing(flow: Workflow, state: State, action: Action, lang: str) -> Doing:
    to = flow.states[action.target(state.name)].title.in_language(lang) if action.to else ""
    named = [effect.name for effect in action.then if effect.kind == "letter"]
    letters = tuple((name, words_of(name, lang)) for name in named)
    form = (action.form, loading.use().forms[action.form].title.of(lang)) if action.form else None
    who = tuple(_who(may) for may in who_may(flow, state, action))
    return Doing(action.title.in_language(lang), to, form, letters, who)


def _who(may: May) -> tuple[str, str, tuple[str, ...]]:
    relations = {
        "anybody": "",
        "in_charge": _("when in charge"),
        "received": _("when the case was referred to them"),
        "watching": _("when they watch over the person"),
        "own": _("in cases of their own controller"),
    }
    return str(Role(may.role).label), relations[may.relation], may.rules


def versions(request: Asked, kind: str, name: str) -> list[Version]:
    """The newest first. What runs under which is asked of the cases of the own controller."""
    rows = list(Published.objects.filter(kind=kind, name=name).order_by("-published_at", "-id"))
    cases: Counter[str] = Counter()
    if kind == "workflow":
        open_ = Case.objects.filter(is_open=True, controller=request.acting.facts.controller, workflow=name)
        cases.update(dict(open_.order_by().values_list("definition").annotate(n=Count("pk"))))
    return [
        Version(
            row.hash,
            row.hash[:12],
            wording.moment_with_year(row.published_at, request.acting.lang),
            cases[row.hash],
            place == 0,
        )
        for place, row in enumerate(rows)
    ]


@require_safe
@signed_in
def form(request: Asked, name: str) -> HttpResponse:
    """A form as it is asked, empty; nothing can be sent from here."""
    lang = request.acting.lang
    found = loading.use().forms.get(name)
    if found is None:
        raise Http404
    shown = {
        "name": name,
        "title": found.title.of(lang),
        "form": drawing.render(found, answers={}, lang=lang, today=request.acting.today),
        "versions": versions(request, "form", name),
        "used_by": [
            (flow.name, flow.title.in_language(lang))
            for flow in loading.use().workflows.values()
            if name in flow.form_names()
        ],
    }
    return render(request, "pages/rules/form.html", shown)


@require_safe
@signed_in
def on_paper(request: Asked, name: str) -> HttpResponse:
    """The form as it is printed, blank and without a number: to look at."""
    found = loading.use().forms.get(name)
    if found is None:
        raise Http404
    response = HttpResponse(sheet(found, Look(request.acting.lang)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@require_safe
@signed_in
def policy(request: Asked, name: str) -> HttpResponse:
    """A policy in words, with the rows of the decision tables that it decides."""
    lang = request.acting.lang
    found = next((one for one in access.current().every if one.id == name), None)
    if found is None:
        raise Http404
    # What was tried in several ways is told once.
    tries = list(dict.fromkeys((row.situation, _decided(row.expected)) for row in tried().get(name, ())))
    shown = {
        "told": _told(found, lang),
        "help": found.annotations.get(f"help_{lang}", ""),
        "file": found.file,
        "text": found.text,
        "obligations": duties.of_ruling(found.obligations, lang),
        "rows": tries[:MOST_ROWS],
        "more": max(0, len(tries) - MOST_ROWS),
    }
    return render(request, "pages/rules/policy.html", shown)


def _decided(outcome: str) -> str:
    """The decision of a tried situation in words."""
    return {
        "allow": _("Possible"),
        "deny": _("Not possible"),
        "approval": _("Needs approval"),
        "refer": _("The privacy officer decides"),
        "review_later": _("Possible now, reviewed later"),
    }[outcome]
