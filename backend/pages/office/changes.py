"""What changed between a version of a definition and the one in use, in words."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backend.cases import pinned
from backend.catalogue import loading
from backend.catalogue.differing import Difference, differences
from backend.definitions import store
from backend.definitions.models import Published
from backend.pages import wording
from backend.pages.acting import Asked, signed_in
from backend.pages.office.rules import words_of

KINDS = ("workflow", "form", "letter")
Content = Mapping[str, Any]


@require_safe
@signed_in
def difference(request: Asked, kind: str, name: str, old: str) -> HttpResponse:
    """What changed between one version and the newest."""
    rows = Published.objects.filter(kind=kind, name=name) if kind in KINDS else None
    if rows is None or not rows.filter(hash=old).exists():
        raise Http404
    lang, newest = request.acting.lang, pinned.newest(kind, name)
    before, after = (_content(kind, digest) for digest in (old, newest))
    shown = {
        "title": _title(kind, name, lang),
        "back": reverse(f"pages:rules_{kind}", args=[name]),
        "old": old[:12],
        "newest": newest[:12],
        "rows": [_in_words(one, before, after, lang) for one in differences(before, after)],
    }
    return render(request, "pages/rules/difference.html", shown)


def _content(kind: str, digest: str) -> Content:
    """A version by its named parts; of a letter its declaration and, by their names, its files."""
    found = store.load(kind, digest)
    return {**found["declaration"], "files": found["files"]} if kind == "letter" else found


def _title(kind: str, name: str, lang: str) -> str:
    if kind == "letter":
        return words_of(name, lang)
    use = loading.use()
    if kind == "form":
        form = use.forms.get(name)
        return form.title.of(lang) if form else name
    flow = use.workflows.get(name)
    return flow.title.in_language(lang) if flow else name


def _in_words(one: Difference, before: Content, after: Content, lang: str) -> tuple[str, str, str, str]:
    """What it is, what became of it, how it is called, and in what it changed."""
    became = {"added": _("new"), "removed": _("gone"), "changed": _("changed")}[one.kind]
    if not one.where:
        return _("The whole"), became, _part(one.name), ""
    found = _named(before if one.kind == "removed" else after, one.where, one.name)
    parts = wording.listed(dict.fromkeys(_part(name) for name in one.parts))
    return str(_WHERE.get(one.where, "")), became, _called(found, lang) or one.name, parts


def _named(content: Content, where: str, name: str) -> Content:
    """A named thing of a version, whether it is kept in a mapping or in a list."""
    rows = content.get(where) or ()
    found = (
        rows.get(name) if isinstance(rows, Mapping) else next((r for r in rows if r["name"] == name), None)
    )
    return found if isinstance(found, Mapping) else {}


def _called(found: Content, lang: str) -> str:
    """How a state, an action, a question or an item is called."""
    title = found.get("title", "")
    if isinstance(title, Mapping):
        return str(title.get(lang, ""))
    return str(found.get("x-label-en") or title) if lang == "en" else str(title)


def _part(name: str) -> str:
    return str(_PARTS[name]) if name in _PARTS else name


_WHERE = {
    "states": gettext_lazy("State"),
    "actions": gettext_lazy("Action"),
    "properties": gettext_lazy("Question"),
    "inputs": gettext_lazy("Item"),
    "files": gettext_lazy("File"),
}
_ANSWER, _CHOICES = gettext_lazy("what can be answered"), gettext_lazy("the choices")
_ASKED, _TEXT = gettext_lazy("what is asked when"), gettext_lazy("the words")
_PARTS = {
    "title": _TEXT,
    "x-label-en": _TEXT,
    "x-title-en": _TEXT,
    "x-words": _TEXT,
    "x-help": gettext_lazy("the help beside it"),
    "x-help-en": gettext_lazy("the help beside it"),
    "citizen": gettext_lazy("what the person reads"),
    "confirm": gettext_lazy("what is asked before it is done"),
    "purpose": gettext_lazy("when to choose it"),
    "from": gettext_lazy("in which states it is possible"),
    "except": gettext_lazy("in which states it is possible"),
    "to": gettext_lazy("where it leads"),
    "guard": gettext_lazy("the conditions"),
    "needs_reason": gettext_lazy("the conditions"),
    "prove_again": gettext_lazy("the conditions"),
    "class": gettext_lazy("what kind of action it is"),
    "form": gettext_lazy("the form"),
    "do": gettext_lazy("what follows from it"),
    "then": gettext_lazy("what follows from it"),
    "consult": gettext_lazy("who is asked first"),
    "due": gettext_lazy("the deadline"),
    "due_by": gettext_lazy("the deadline"),
    "remind": gettext_lazy("the reminders"),
    "escalate": gettext_lazy("the reminders"),
    "owner": gettext_lazy("whose turn it is"),
    "kind": gettext_lazy("whose turn it is"),
    "final": gettext_lazy("whether it ends there"),
    "start": gettext_lazy("how it begins"),
    "retain": gettext_lazy("how long it is kept"),
    "items": _CHOICES,
    "enum": _CHOICES,
    "x-enum-ja": _CHOICES,
    "x-enum-en": _CHOICES,
    "type": _ANSWER,
    "format": _ANSWER,
    "const": _ANSWER,
    "minimum": _ANSWER,
    "maximum": _ANSWER,
    "minLength": _ANSWER,
    "maxLength": _ANSWER,
    "minItems": _ANSWER,
    "maxItems": _ANSWER,
    "uniqueItems": _ANSWER,
    "x-widget": _ANSWER,
    "x-kana-of": _ANSWER,
    "x-prefill": gettext_lazy("what it begins with"),
    "x-category": gettext_lazy("the data category"),
    "required": gettext_lazy("what must be answered"),
    "dependentRequired": gettext_lazy("what must be answered"),
    "allOf": _ASKED,
    "if": _ASKED,
    "x-accepted": gettext_lazy("the examples"),
    "x-rejected": gettext_lazy("the examples"),
    "sample": gettext_lazy("the examples"),
    "text": gettext_lazy("the text"),
    "addressee": gettext_lazy("to whom"),
    "seal": gettext_lazy("the seal"),
    "tear_off": gettext_lazy("the slip to answer with"),
    "pages": gettext_lazy("the layout"),
    "large": gettext_lazy("the layout"),
    "window": gettext_lazy("the layout"),
    "source": gettext_lazy("where it comes from"),
}
