"""Whose case it is: a report that began without a person is put to the record of one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend.cases import actions, visible
from backend.cases.errors import DoorError
from backend.cases.generic import GENERIC, asks_who
from backend.pages import plain
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.act import new_key
from backend.pages.cases.known import place_told, reported
from backend.pages.residents import record
from backend.pages.seeing import Seen, find
from backend.people import duplicates, keeping
from backend.people.models import Person
from backend.people.search import search

ACTION = "identify"


class WhoForm(plain.Form):
    """Who it is, and how that is known."""

    person = plain.one_of(gettext_lazy("Who is it?"), ())
    body = plain.text(gettext_lazy("How you know"), 200)

    def __init__(self, persons: list[Person], *given: object, **options: object) -> None:
        super().__init__(*given, **options)
        self.fields["person"].choices = [(str(one.pk), str(one.pk)) for one in persons]  # type: ignore[attr-defined]


def possible(seen: Seen) -> bool:
    """Whether it is open who the case is about, and this member may say it."""
    case = seen.case
    unknown = case.is_open and case.person_id is None and asks_who(seen.pin.workflow)
    return unknown and seen.may(GENERIC[ACTION].cls).allowed


@require_http_methods(["GET", "POST"])
@signed_in
def identify(request: Asked, case_id: UUID) -> HttpResponse:
    """Records that fit what was reported or the words posted; posted with one of them, the case is theirs."""
    acting = request.acting
    seen = find(case_id, acting)
    if not possible(seen):
        raise Http404
    said, words = reported(seen), request.POST.get("q", "")
    persons, more = _found(words, said, acting)
    choosing = "choose" in request.POST
    form = WhoForm(persons, request.POST if choosing else None)
    told, status = "", 200
    if choosing and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("person", "body")}
        key = request.POST.get("_key", "")
        try:
            actions.perform(case_id, ACTION, actor=acting.member.id, answers=given, key=key)
        except DoorError as error:
            told, status = str(error), error.status
        else:
            messages.success(request, _("Now the case belongs to this person's record."))
            return redirect("pages:case", case_id)
    visible.record_look(seen.case, acting.facts, acting.now, "page")
    shown = {
        "seen": seen,
        "said": {**said, "place": place_told(seen)},
        "q": words,
        "persons": [record.alike(one, acting) for one in persons],
        "more": more,
        "form": form,
        "told": told,
        "key": new_key(),
        "registers": keeping.may_register(acting.member, acting.now).allowed,
    }
    return render(request, "pages/cases/identify.html", shown, status=422 if form.errors else status)


def _found(words: str, said: dict[str, Any], acting: Acting) -> tuple[list[Person], bool]:
    """The records that fit, of the controller whose case it is, and whether there are more."""
    if words.strip():
        result = search(acting.member, words, at=acting.now, today=acting.today)
        rows, more = [row.person for row in result.persons], result.more
    else:
        rows, more = duplicates.likely(acting.member, Person(**said), acting.today), False
    return [row for row in rows if row.controller == acting.member.controller], more
