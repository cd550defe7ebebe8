"""A letter to each of several persons: what it says is asked once, and every case gets a step of its own.

A letter comes from an action that leaves a case where it is and writes to the person whatever the answers
are. What is grave is written to by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.answers import render as drawing
from backend.answers.form import Form
from backend.answers.post import asks_again, rows_shown
from backend.answers.problems import Problem
from backend.pages.acting import Asked, signed_in, typed
from backend.pages.cases import choosing
from backend.pages.cases.known import first_answers
from backend.pages.desk import together
from backend.pages.desk.together import Outcome
from backend.pages.seeing import Seen
from backend.workflow.model import Action

PERSON = "person"


@dataclass(frozen=True)
class Writing:
    """What a letter is asked with: the action of each case by its id, and the form all of them share."""

    title: str
    form: Form
    actions: Mapping[str, str]


@require_POST
@signed_in
def letters(request: Asked) -> HttpResponse:
    """First what the letter says and who gets it, then one step for each through the one door."""
    ticked = together.chosen(request)
    writing = _writing(ticked, request.POST.get("_form", ""))
    if writing is None or "_send" not in request.POST:
        return _ask(request, ticked, writing)
    data = typed(request)
    answers = writing.form.read_post(data)
    problems = [] if asks_again(data) else writing.form.check(answers)
    if asks_again(data) or problems:
        return _ask(request, ticked, writing, writing.form.read_all(data), problems)

    def send(seen: Seen) -> str:
        action = writing.actions.get(str(seen.case.id))
        because = together.apart(seen) or ("" if action else _none())
        return because or together.through(request, seen, str(action), answers)

    return together.each(request, writing.title, send)


def _ask(
    request: Asked,
    ticked: list[Seen],
    writing: Writing | None,
    answers: Mapping[str, Any] | None = None,
    problems: list[Problem] | None = None,
) -> HttpResponse:
    acting = request.acting
    outcomes = [Outcome(seen, _why_not(seen, writing)) for seen in ticked]
    shown: dict[str, Any] = {
        "outcomes": outcomes,
        "able": [one for one in outcomes if one.done],
        "writing": writing,
        "key": uuid4().hex if answers is None else request.POST.get("_key", ""),
        "problems": problems,
    }
    if writing is not None:
        first = first_answers(writing.form, acting) if answers is None else answers
        shown["form"] = drawing.render(
            writing.form,
            answers=first,
            problems=problems or (),
            lang=acting.lang,
            choices=choosing.choices(writing.form, acting.facts.controller, acting),
            rows=rows_shown(writing.form.fields, typed(request)),
            today=acting.today,
        )
    return render(request, "pages/desk/together_letters.html", shown, status=422 if problems else 200)


def _why_not(seen: Seen, writing: Writing | None) -> str:
    action = writing.actions.get(str(seen.case.id)) if writing else None
    return together.apart(seen) or (together.refused(seen, action) if action else _none())


def _none() -> str:
    return _("No letter is written to the person in the state the case is in.")


def _writing(ticked: list[Seen], wanted: str) -> Writing | None:
    """The letter that most of the cases can get, or the one that is being written."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    first: dict[tuple[str, str], tuple[Seen, Action]] = {}
    for seen in ticked:
        for action in _writes(seen):
            key = (str(action.form), seen.pin.form(str(action.form))[1])
            found.setdefault(key, {}).setdefault(str(seen.case.id), action.name)
            first.setdefault(key, (seen, action))
    kept = [key for key in found if not wanted or key[1] == wanted]
    if not kept:
        return None
    key = max(kept, key=lambda one: len(found[one]))
    seen, action = first[key]
    return Writing(action.title.in_language(seen.acting.lang), seen.pin.form(key[0])[0], found[key])


def _writes(seen: Seen) -> list[Action]:
    """The actions that do nothing but write to the person."""
    return [
        action
        for action in seen.pin.workflow.leaving(seen.here)
        if action.to is None
        and action.form
        and any(one.kind == "letter" and one.to == PERSON and not one.when for one in action.then)
    ]
