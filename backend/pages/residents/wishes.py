"""How a person wants to read the letters written to them: large type, readings over the characters."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend.cases import visible
from backend.cases.errors import NotFound
from backend.pages import plain
from backend.pages.acting import Acting, Asked, signed_in
from backend.people import keeping, versions
from backend.people.errors import KeepingError, Refused
from backend.people.models import Person, Ruby

SIZES = (("usual", gettext_lazy("Usual size")), ("large", gettext_lazy("Large type, 14 point")))


class WishForm(plain.Form):
    """What they told the office."""

    size = plain.one_of(gettext_lazy("Size of the characters"), SIZES)
    ruby = plain.one_of(gettext_lazy("Readings (furigana)"), Ruby.choices, required=False)
    reason = plain.text(gettext_lazy("How you know, such as: told on the telephone"), 200)
    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@signed_in
def wishes(request: Asked, person_id: UUID) -> HttpResponse:
    """The wishes of a person as they are, and changing them."""
    acting, person = request.acting, _find(request, person_id)
    form = WishForm(request.POST or None, initial=_now(person))
    if request.method == "POST" and form.is_valid():
        try:
            changed = _change(person, form, acting)
        except Refused:
            raise PermissionDenied from None
        except KeepingError as error:
            form.add_error(None, str(error))
        else:
            told = _("Letters to them are set like this from now on.") if changed else _("Nothing differs.")
            messages.success(request, told)
            return redirect("pages:person", person_id)
    status = 422 if form.errors else 200
    return render(request, "pages/residents/wishes.html", {"person": person, "form": form}, status=status)


def _find(request: Asked, person_id: UUID) -> Person:
    """The person, for somebody who may keep their record. Raises Http404, PermissionDenied."""
    acting = request.acting
    try:
        person = visible.get_visible(Person.objects.all(), person_id, acting.facts, acting.now)
    except NotFound:
        raise Http404 from None
    if not keeping.may(acting.member, person.facts(), acting.now).allowed:
        raise PermissionDenied
    visible.record_look(person, acting.facts, acting.now, "page")
    return person


def _now(person: Person) -> dict[str, object]:
    return {
        "size": "large" if person.large_type else "usual",
        "ruby": person.ruby,
        "seen": versions.revision(person),
    }


def _change(person: Person, form: WishForm, acting: Acting) -> bool:
    given = {"large_type": form.cleaned_data["size"] == "large", "ruby": form.cleaned_data["ruby"]}
    reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"]
    made = keeping.edit(person.id, given, seen=seen, by=acting.member, reason=reason, now=acting.now)
    return made is not None
