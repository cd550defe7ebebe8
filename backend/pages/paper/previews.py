"""The letters the workflow of a case may send, each to look at as it would be printed now (見本)."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.access import LetterFacts
from backend.cases import visible
from backend.letters import casework
from backend.letters.definition import Letter
from backend.letters.engine import NotRenderable
from backend.letters.glyphs import MissingGlyph
from backend.letters.house import HouseError
from backend.letters.models import LetterState
from backend.letters.printing import preview
from backend.letters.printing.preview import Lack, NotPreviewable
from backend.letters.render import DoesNotFit
from backend.pages.acting import Asked, signed_in
from backend.pages.seeing import Seen, Withheld, find

_LOOK = "preview"


@dataclass(frozen=True)
class Previewable:
    """A letter with its title; `alone`: it is made from the case and nothing that is frozen elsewhere."""

    name: str
    title: str
    alone: bool


@dataclass(frozen=True)
class Lacking:
    """What a letter cannot be printed for, in words; with the way to it where it is withheld."""

    title: str
    unfit: bool
    withheld: Withheld | None


def previewable(seen: Seen) -> list[Previewable]:
    """The letters of the workflow this member may preview: those they may look at and issue."""
    lang = seen.acting.lang
    return [
        Previewable(
            one.name,
            one.title_ja if lang == "ja" else one.title_en,
            casework.of_the_case_alone(one.name),
        )
        for one in preview.letters_of(seen.pin)
        if _may(seen, one)
    ]


def any_for(seen: Seen) -> bool:
    """Whether this member may preview any letter of the case."""
    return any(_may(seen, one) for one in preview.letters_of(seen.pin))


@require_safe
@signed_in
def letters(request: Asked, case_id: UUID) -> HttpResponse:
    """Which letters can be looked at before they are written."""
    seen = find(case_id, request.acting)
    found = previewable(seen)
    if not found:
        raise Http404
    return render(request, "pages/paper/previews.html", {"seen": seen, "letters": found})


@require_safe
@signed_in
def letter(request: Asked, case_id: UUID, name: str) -> HttpResponse:
    """One letter as it would be printed now, or what it still lacks. That somebody looked is recorded."""
    acting = request.acting
    seen = find(case_id, acting)
    asked = next((one for one in preview.letters_of(seen.pin) if one.name == name), None)
    if asked is None or not casework.of_the_case_alone(name) or not _may(seen, asked):
        raise Http404
    visible.record_look(seen.case, acting.facts, acting.now, _LOOK)
    try:
        pdf = preview.preview(seen.case, asked, sees=seen.categories, today=acting.today)
    except NotPreviewable as error:
        lacks = [_lacking(seen, one) for one in error.lacks]
        return _not_printed(request, seen, asked, lacks=lacks)
    except (MissingGlyph, NotRenderable, HouseError) as error:
        return _not_printed(request, seen, asked, why=_why(error))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{seen.case.number}-{name}-mihon.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _may(seen: Seen, one: Letter) -> bool:
    """Whether the member might look at this letter and issue it, if it were written."""
    draft = LetterFacts("", seen.facts, one.name, LetterState.DRAFTED.value)
    asked = (
        access.decide(seen.acting.facts, does, draft, today=seen.acting.day) for does in ("view", "issue")
    )
    return all(decision.allowed for decision in asked)


def _lacking(seen: Seen, lack: Lack) -> Lacking:
    withheld = seen.withheld(lack.withheld) if lack.withheld else None
    return Lacking(lack.title(seen.acting.lang), lack.unfit, withheld)


def _why(error: MissingGlyph | NotRenderable | HouseError) -> str:
    """Why it cannot be printed, without a word of it."""
    if isinstance(error, MissingGlyph):
        return _("No font has the character %(code)s. Agree on another spelling with the person.") % {
            "code": error.code
        }
    if isinstance(error, DoesNotFit):
        return _("It does not fit its pages. Shorten the answers it prints.")
    if isinstance(error, HouseError):
        return _("Nobody of this office is named as the sender. Tell whoever looks after the system.")
    return _("The template loads something from outside. Tell whoever looks after the system.")


def _not_printed(
    request: Asked, seen: Seen, asked: Letter, *, lacks: list[Lacking] | None = None, why: str = ""
) -> HttpResponse:
    title = asked.title_ja if request.acting.lang == "ja" else asked.title_en
    told = {"seen": seen, "title": title, "lacks": lacks or [], "why": why}
    return render(request, "pages/paper/preview_lacks.html", told)
