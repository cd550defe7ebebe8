"""A letter in 決まりを見る: to whom, signed how, from which answers, when it is sent, and its sample."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.catalogue import loading
from backend.letters import proof, tokens
from backend.letters import render as printing
from backend.letters.definition import Letter
from backend.pages.acting import Asked, signed_in
from backend.pages.office.rules import versions, words_of
from backend.workflow.model import Workflow


@require_safe
@signed_in
def letter(request: Asked, name: str) -> HttpResponse:
    """What is known of a letter before any is written."""
    lang, found = request.acting.lang, _letter(name)
    shown = {
        "name": name,
        "title": words_of(name, lang),
        "addressee": _addressees()[found.addressee],
        "seal": _seals()[found.seal],
        "letter": found,
        "inputs": [
            (one.title_ja if lang == "ja" else one.title_en, one.required, _source(one.source))
            for one in found.inputs
        ],
        "sent": [
            (flow.name, flow.title.in_language(lang), words)
            for flow in loading.use().workflows.values()
            for words in _sending(flow, name, lang)
        ],
        "versions": versions(request, "letter", name),
    }
    return render(request, "pages/rules/letter.html", shown)


@require_safe
@signed_in
def sample(request: Asked, name: str) -> HttpResponse:
    """Its sample, printed as a real one is; nobody in it exists and no number is used up."""
    found, house = _letter(name), loading.use().house
    if house is None:
        raise Http404
    inputs = proof.sample(found, house)
    printed = printing.render(found, inputs, tokens.new() if found.tear_off else None)
    response = HttpResponse(printed.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _letter(name: str) -> Letter:
    found = loading.use().letters.get(name)
    if found is None:
        raise Http404
    return found


def _sending(flow: Workflow, name: str, lang: str) -> list[str]:
    """The steps of a workflow, and the moments after one, that send the letter."""
    steps = [
        action.title.in_language(lang)
        for action in flow.every_action()
        if any(effect.kind == "letter" and effect.name == name for effect in action.then)
    ]
    late = [
        _("reminder in “%(state)s”") % {"state": state.title.in_language(lang)}
        for state in flow.states.values()
        if any(reminder.letter == name for reminder in state.remind)
    ]
    return [*steps, *late]


def _addressees() -> dict[str, str]:
    return {
        "resident": _("the person concerned"),
        "receiver": _("the organisation it was referred to"),
        "reporter": _("whoever reported"),
        "debtor": _("whoever owes the answer"),
    }


def _seals() -> dict[str, str]:
    return {
        "sealed": _("with the official seal"),
        "omitted": _("the seal is left out (公印省略)"),
        "electronic": _("sealed electronically"),
    }


def _source(path: str) -> str:
    if path.startswith("answers."):
        return _("an answer of the step")
    return _("what the case knows") if path else _("typed when it is made")
