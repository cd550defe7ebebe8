"""The household of a person: a picture, the same as a table, and who stands by them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend import access
from backend.cases import visible
from backend.cases.models import Case
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.residents import drawing, words
from backend.pages.residents.record import found
from backend.people import folding, households, keeping
from backend.people.errors import KeepingError, Refused
from backend.people.models import Person, PersonRelation
from backend.people.supporters import Supporter

LOOK = "household"
SELF = gettext_lazy("the person")
HEAD = gettext_lazy("head of the household")


@dataclass(frozen=True)
class Row:
    """Somebody of the table. `id` is empty where their record does not open to the reader.

    `other_case` says that there is a case of theirs the reader may list, or only that there is one; `renames`
    that the reader may correct the word for how they are related to the head.
    """

    id: UUID | None
    relation: str
    name: str
    age: str
    together: bool
    reach: str
    role: str
    protected: bool
    other_case: str
    supporter: int = 0
    related: PersonRelation | None = None
    leaves: bool = False
    renames: bool = False


class SupporterForm(plain.Form):
    """Somebody who stands by the person."""

    name = plain.text(gettext_lazy("Name"), 80)
    relation = plain.text(gettext_lazy("Relation (neighbour, eldest daughter …)"), 40)
    phone = plain.text(gettext_lazy("Telephone"), 24, required=False)
    emergency_order = forms.IntegerField(
        label=gettext_lazy("Whom to telephone first (1, 2, 3 …)"), min_value=1, max_value=9, required=False
    )
    kin = forms.BooleanField(label=gettext_lazy("A relative"), required=False)
    key_holder = forms.BooleanField(label=gettext_lazy("Keeps a key"), required=False)

    def clean_phone(self) -> str:
        typed = str(self.cleaned_data["phone"])
        if typed and not 9 <= len(folding.digits(typed)) <= 11:
            raise forms.ValidationError(_("A telephone number has 10 or 11 digits with its area code."))
        return typed


@require_http_methods(["GET", "POST"])
@signed_in
def household(request: Asked, person_id: UUID) -> HttpResponse:
    """The household (GET), and one change of it (POST)."""
    acting, person = request.acting, found(request, person_id)
    keeps = keeping.may(acting.member, person.facts(), acting.now).allowed
    form = SupporterForm(request.POST if request.POST.get("do") == "stand_by" else None)
    if request.method == "POST":
        if not keeps:
            raise Http404
        told = _change(request, person, form)
        if told:
            messages.success(request, told)
            return redirect("pages:household", person_id)
    else:
        visible.record_look(person, acting.facts, acting.now, LOOK)
    rows, drawn = _drawn(person, acting)
    shown = {
        "person": person,
        "name": person.name if "identity" in words.categories(person, acting) else _("Name withheld"),
        "rows": rows,
        "drawing": drawing.draw(drawn),
        "node": drawing.NODE,
        "keeps": keeps,
        "form": form,
        "near": _near(person, acting) if keeps else [],
        "registers": keeping.may_register(acting.member, acting.now).allowed,
        "note": person.household.note if person.household else "",
    }
    return render(request, "pages/residents/household.html", shown, status=422 if form.errors else 200)


def _change(request: Asked, person: Person, form: SupporterForm) -> str:
    """Do what was posted; returns what was done, "" where the form has to be corrected."""
    acting, do = request.acting, request.POST.get("do", "")
    try:
        if do == "stand_by":
            if not form.is_valid():
                return ""
            households.stand_by(person, form.cleaned_data, by=acting.member, now=acting.now)
            return _("Noted.")
        if do in _CHANGES:
            return _CHANGES[do](person, request.POST, acting)
    except Refused:
        raise Http404 from None
    except KeepingError as error:
        form.add_error(None, str(error))
        return ""
    raise Http404


def _stand_down(person: Person, post: QueryDict, acting: Acting) -> str:
    households.stand_down(person, _number(post.get("supporter")), by=acting.member, now=acting.now)
    return _("Ended. The line is kept.")


def _join(person: Person, post: QueryDict, acting: Acting) -> str:
    other = _named(households.neighbours_of(person, acting.member, acting.today), post.get("other"))
    relation = _words(post, "relation", 40) or _("living with")
    reason = _words(post, "reason", 200)
    households.join(person.pk, other.pk, relation, by=acting.member, reason=reason, now=acting.now)
    return _("They are one household now.")


def _relation(person: Person, post: QueryDict, acting: Acting) -> str:
    one, reason = _named(households.members_of(person), post.get("of")), _words(post, "reason", 200)
    relation = _words(post, "relation", 40)
    households.name_relation(one.pk, relation, by=acting.member, reason=reason, now=acting.now)
    return _("Corrected. The earlier version is kept.")


def _relate(person: Person, post: QueryDict, acting: Acting) -> str:
    order = _number(post.get("emergency_order"))
    given = {
        "relation": _words(post, "relation", 40),
        "emergency_order": order if 0 < order < 10 else None,
        "key_holder": "key_holder" in post,
    }
    return _related(person, post, given, acting)


def _unrelate(person: Person, post: QueryDict, acting: Acting) -> str:
    return _related(person, post, None, acting)


def _related(person: Person, post: QueryDict, given: dict[str, Any] | None, acting: Acting) -> str:
    reason, relation = _words(post, "reason", 200), _number(post.get("related"))
    households.relate(person.pk, relation, given, by=acting.member, reason=reason, now=acting.now)
    return _("Corrected. The earlier version is kept.")


def _leave(person: Person, post: QueryDict, acting: Acting) -> str:
    households.leave(person.pk, by=acting.member, reason=_words(post, "reason", 200), now=acting.now)
    return _("Taken out of the household.")


_CHANGES = {
    "stand_down": _stand_down,
    "join": _join,
    "relation": _relation,
    "relate": _relate,
    "unrelate": _unrelate,
    "leave": _leave,
}


def _named(persons: Iterable[Person], ident: str | None) -> Person:
    """The one of that id, among those it may be."""
    one = next((one for one in persons if str(one.pk) == ident), None)
    if one is None:
        raise Http404
    return one


def _words(post: QueryDict, name: str, most: int) -> str:
    return post.get(name, "").strip()[:most]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


def _near(person: Person, acting: Acting) -> list[dict[str, Any]]:
    rows = households.neighbours_of(person, acting.member, acting.today)[:10]
    return [{"id": one.pk, "name": one.name, "kana": one.kana} for one in rows]


def _drawn(person: Person, acting: Acting) -> tuple[list[Row], list[drawing.One]]:
    """The lines of the table and what is drawn, from the same facts."""
    rows, drawn = [], []
    if "household" in words.categories(person, acting):
        for one in households.members_of(person):
            row, node = _member(one, person, acting, one.relation, together=True)
            rows.append(row)
            drawn.append(node)
        there = {row.id for row in rows}
        for related in households.relations_of(person):
            if related.other_id not in there:
                row, node = _member(related.other, person, acting, related.relation, together=False)
                role = _role(related.emergency_order, related.key_holder)
                rows.append(replace(row, role=role, related=related))
                drawn.append(node)
    else:
        row, node = _member(person, person, acting, person.relation, together=False)
        rows.append(row)
        drawn.append(node)
    if "emergency_contact" in words.categories(person, acting):
        for helper in households.supporters_of(person):
            rows.append(_supporter(helper))
            drawn.append(drawing.One(helper.name, helper.relation, helper=not helper.kin))
    return rows, drawn


def _told(relation: str, *, self: bool) -> str:
    """The relation in words: whoever it is kept to is the person of the page, or else the head."""
    if (self and not relation) or relation == households.HEAD:
        return str(SELF if self else HEAD)
    return relation


def _member(
    one: Person, person: Person, acting: Acting, relation: str, *, together: bool
) -> tuple[Row, drawing.One]:
    """Somebody with a record of their own: by that record's own rights, not by those of the household."""
    seen = words.categories(one, acting)
    opens = access.decide(acting.facts, "view", one.facts(), today=acting.day).allowed
    named, self = opens and "identity" in seen, one.pk == person.pk
    shielded = one.protected and not self
    # A protected person is drawn without place, and not as living where the others live.
    name = _("somebody under protection") if shielded or not named else one.name
    until = one.deceased_on or acting.today
    age = str(wording.age(one.birth_date, until)) if named and one.birth_date and not shielded else ""
    together = together and not one.protected and one.deceased_on is None
    reach = one.phone if "contact" in seen and not one.protected else ""
    row = Row(
        id=one.pk if opens and not shielded else None,
        relation=_told(relation, self=self),
        name=name,
        age=age,
        together=together,
        reach=reach,
        role="",
        protected=one.protected,
        other_case=_other_case(one, acting) if opens and not self and not shielded else "",
        leaves=self,
        renames=opens
        and not shielded
        and one.household_id is not None
        and one.household_id == person.household_id
        and keeping.may(acting.member, one.facts(), acting.now).allowed,
    )
    node = drawing.One(
        name=name,
        relation=row.relation,
        sex=one.sex if named and not shielded else "unknown",
        age=age,
        self=self,
        together=together,
        died=one.deceased_on is not None and named,
        protected=one.protected,
    )
    return row, node


def _other_case(one: Person, acting: Acting) -> str:
    """That somebody of the household has an open case of their own, as far as the policies list it."""
    rows = visible.visible(Case.objects.filter(person=one, is_open=True), acting.facts, acting.now)
    return ", ".join(rows.order_by("opened_at").values_list("number", flat=True)[:3])


def _supporter(helper: Supporter) -> Row:
    return Row(
        id=None,
        relation=helper.relation,
        name=helper.name,
        age="",
        together=False,
        reach=helper.phone,
        role=_role(helper.emergency_order, helper.key_holder),
        protected=False,
        other_case="",
        supporter=helper.pk,
    )


def _role(order: int | None, key_holder: bool) -> str:
    order_words = _("Emergency contact %(n)d") % {"n": order} if order else ""
    return wording.listed(filter(None, (order_words, _("keeps a key") if key_holder else "")))
