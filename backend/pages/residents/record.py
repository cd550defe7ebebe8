"""Registering a person, and correcting the record by a new version."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from backend.cases import actions, visible
from backend.cases.errors import DoorError, NotFound
from backend.letters.models import IssuedLetter, LetterState
from backend.pages import plain
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.act import new_key
from backend.pages.cases.known import place_told, reported
from backend.pages.residents import words
from backend.pages.seeing import find
from backend.people import duplicates, folding, households, keeping, merging, versions
from backend.people.doubles import Verdict
from backend.people.errors import Changed, NotNow, Refused
from backend.people.models import Area, Person
from backend.people.terms import understand
from backend.sharing.disclosures import protecting

MOST_RETURNED = 20


class RecordForm(plain.Form):
    """What is kept of a person."""

    name = plain.text(gettext_lazy("Name as registered"), 120)
    kana = plain.text(gettext_lazy("Reading (kana)"), 160, required=False)
    birth_date = plain.DayField(label=gettext_lazy("Birth date"), required=False)
    sex = plain.one_of(gettext_lazy("Sex"), list(words.SEXES.items()), required=False)
    zip = plain.text(gettext_lazy("Postal code"), 12, required=False)
    address = plain.text(gettext_lazy("Address"), 200, required=False)
    phone = plain.text(gettext_lazy("Telephone"), 24, required=False)
    contact_hours = plain.text(gettext_lazy("When to telephone"), 80, required=False)
    area_id = plain.one_of(gettext_lazy("Area"), (), required=False)
    deceased_on = plain.DayField(label=gettext_lazy("Died on"), required=False)
    reason = plain.text(gettext_lazy("Why (how you know)"), 200)

    def __init__(self, acting: Acting, *given: Any, shielded: bool = False, **options: Any) -> None:
        super().__init__(*given, **options)
        self.acting = acting
        areas = [(area.code, area.name) for area in Area.objects.order_by("code")]
        self.fields["area_id"].choices = [("", _("Not known")), *areas]  # type: ignore[attr-defined]
        if shielded:
            for name in keeping.REACHED:
                self.fields[name].help_text = _("Protected: not shown. What you write replaces it.")
            del self.fields["area_id"]

    def clean_zip(self) -> str:
        typed = str(self.cleaned_data["zip"])
        number = folding.digits(typed)
        if typed and len(number) != 7:
            told = _("A postal code has 7 digits. This has %(n)d.") % {"n": len(number)}
            raise forms.ValidationError(told)
        return f"{number[:3]}-{number[3:]}" if number else ""

    def clean_phone(self) -> str:
        typed = str(self.cleaned_data["phone"])
        if typed and not 9 <= len(folding.digits(typed)) <= 11:
            raise forms.ValidationError(_("A telephone number has 10 or 11 digits with its area code."))
        return typed

    def clean_area_id(self) -> str | None:
        return self.cleaned_data["area_id"] or None

    def clean_sex(self) -> str:
        return self.cleaned_data["sex"] or "unknown"

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in ("birth_date", "deceased_on"):
            day = found.get(name)
            if day is not None and day > self.acting.today:
                self.add_error(name, _("This day lies in the future."))
        return found

    @property
    def record(self) -> dict[str, Any]:
        """The fields of the record as they were given."""
        return {name: self.cleaned_data[name] for name in keeping.EDITABLE if name in self.cleaned_data}


@require_http_methods(["GET", "POST"])
@signed_in
def register(request: Asked) -> HttpResponse:
    """A new record: from the words of a search, and after a look at who may be the same person.

    `case` is that of a report whose person is looked for: what it says is filled in, and it is theirs then.
    `home` is somebody at whose address the new person lives: there they can be taken into the household.
    """
    acting = request.acting
    if not keeping.may_register(acting.member, acting.now).allowed:
        raise PermissionDenied
    case = _ident(request.POST.get("case", ""))
    home = _home(request, acting)
    place = place_told(find(case, acting)) if case else ""
    page: dict[str, Any] = {"case": case, "said": {"place": place}, "home": home}
    if request.method == "GET" or "words" in request.POST:
        said = _from_words(request.POST.get("words", "")) | _from_report(case, acting)
        there = {name: getattr(home, name) for name in households.WHERE} if home else {}
        begun = {"sex": "unknown", **said, **there}
        fresh = RecordForm(acting, initial=begun)
        return render(request, "pages/residents/person_new.html", {"form": fresh, **page})
    form = RecordForm(acting, request.POST)
    if not form.is_valid():
        return render(request, "pages/residents/person_new.html", {"form": form, **page}, status=422)
    likely = duplicates.likely(acting.member, Person(**form.record), acting.today)
    if likely and request.POST.get("sure") != "1":
        alike_ones = [alike(one, acting) for one in likely]
        shown = {"form": form, **page, "likely": alike_ones}
        return render(request, "pages/residents/person_new.html", shown, status=422)
    reason = form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            person = keeping.register(form.record, by=acting.member, reason=reason, now=acting.now)
            for one in likely:
                _declare_different(one, person, reason, acting)
            if case is not None:
                whose = {"person": str(person.pk), "body": reason}
                actions.perform(case, "identify", actor=acting.member.id, answers=whose, key=new_key())
    except DoorError as error:
        shown = {"form": form, **page, "told": str(error)}
        return render(request, "pages/residents/person_new.html", shown, status=error.status)
    return _registered(request, person, case, home)


def _registered(request: Asked, person: Person, case: UUID | None, home: Person | None) -> HttpResponse:
    """On to what the person was registered for: a case, a household, or their own page."""
    if case is not None:
        messages.success(request, _("Registered. Now the case belongs to this person's record."))
        return redirect("pages:case", case)
    if home is not None:
        messages.success(request, _("Registered. Now take this person into the household."))
        return redirect("pages:household", home.pk)
    messages.success(request, _("Registered."))
    return redirect("pages:person", person.pk)


def _declare_different(one: Person, person: Person, reason: str, acting: Acting) -> None:
    """Whoever registers somebody despite a likeness has decided: it is not asked again."""
    pair = duplicates.note(one, person, acting.now)
    duplicates.decide(pair, Verdict.DIFFERENT, by=acting.member, note=reason, now=acting.now)


def alike(person: Person, acting: Acting) -> dict[str, Any]:
    seen = words.categories(person, acting)
    return {
        "id": person.pk,
        "name": person.name if "identity" in seen else _("Name withheld"),
        "kana": person.kana if "identity" in seen else "",
        "born": words.value("birth_date", person.birth_date, acting.lang) if "identity" in seen else "",
        "address": person.address if "contact" in seen else "",
    }


def _home(request: Asked, acting: Acting) -> Person | None:
    """At whose address the new person lives, where the member keeps that record too."""
    ident = _ident(request.POST.get("home", ""))
    home = found(request, ident) if ident else None
    if home is None or home.protected or not keeping.may(acting.member, home.facts(), acting.now).allowed:
        return None
    return home


def _ident(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _from_report(case: UUID | None, acting: Acting) -> dict[str, Any]:
    """What a report says of the person it is about, for whoever may look at it."""
    if case is None:
        return {}
    seen = find(case, acting)
    return {**reported(seen), "area_id": seen.case.area_id}


def _from_words(text: str) -> dict[str, Any]:
    """What the words of a search say about a new person; a word of several meanings says nothing."""
    begun: dict[str, Any] = {}
    for term in understand(text):
        if "kana" in term.kinds:
            begun["kana"] = " ".join(filter(None, (begun.get("kana"), term.typed)))
        elif "phone" in term.kinds and len(folding.digits(term.typed)) >= 9:
            begun["phone"] = term.typed
        elif term.kinds[:1] == ("name",):
            begun["name"] = " ".join(filter(None, (begun.get("name"), term.typed)))
    return begun


@require_http_methods(["GET", "POST"])
@signed_in
def edit(request: Asked, person_id: UUID) -> HttpResponse:
    """Correct a record: the page keeps the version it was made from, so that nobody overwrites another."""
    acting, person = request.acting, found(request, person_id)
    if not keeping.may(acting.member, person.facts(), acting.now).allowed:
        raise Http404
    hidden, fellows = person.protected, households.fellows_of(person, acting.member, acting.now)
    form = RecordForm(acting, request.POST or None, initial=_initial(person), shielded=hidden)
    seen = _number(request.POST.get("seen")) if request.method == "POST" else versions.revision(person)
    along = {ident for text in request.POST.getlist("along") if (ident := _ident(text))}
    differs: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            done = households.edit(
                person_id, form.record, along, seen=seen, by=acting.member, reason=reason, now=acting.now
            )
        except Changed as changed:
            form.add_error(None, str(changed))
            differs, seen = changed.fields, versions.revision(person)
        except NotNow as error:
            form.add_error(None, str(error))
        except Refused:
            raise Http404 from None
        else:
            _tell(request, len(done))
            return redirect("pages:person", person_id)
    seen_of = words.categories(person, acting)
    now = [
        (str(words.TITLES[name]), words.value(name, getattr(person, name), acting.lang))
        for name in differs
        if versions.CATEGORIES[name] in seen_of
    ]
    status = 409 if differs else 422 if form.errors else 200
    shown = {
        "form": form,
        "person": person,
        "seen": seen,
        "differs": now,
        "shielded": hidden,
        "fellows": [(alike(one, acting), one.pk in along) for one in fellows],
        "name": person.name if "identity" in seen_of else _("Name withheld"),
    }
    return render(request, "pages/residents/person_edit.html", shown, status=status)


def _tell(request: Asked, changed: int) -> None:
    """What became of a correction: of the record, and of those who moved along."""
    messages.success(
        request, _("Corrected. The earlier version is kept.") if changed else _("Nothing differs.")
    )
    if changed > 1:
        n = changed - 1
        moved = ngettext("%(n)d more has the new address.", "%(n)d more have the new address.", n)
        messages.success(request, moved % {"n": n})


@require_POST
@signed_in
def protect(request: Asked, person_id: UUID) -> HttpResponse:
    """Put a person under protection, with the reason."""
    acting, person = request.acting, found(request, person_id)
    if not keeping.may(acting.member, person.facts(), acting.now).allowed:
        raise Http404
    form = ProtectForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Nothing was changed. Write why this person needs protection."))
        return redirect("pages:person", person.pk)
    try:
        protecting.begin(person.pk, by=acting.member, reason=form.cleaned_data["reason"], now=acting.now)
    except NotNow as error:
        messages.warning(request, str(error))
    except Refused:
        raise Http404 from None
    else:
        messages.success(
            request,
            _(
                "Under protection. From now on the supervisor alone opens the record, "
                "and whoever is in charge the case."
            ),
        )
        return redirect("pages:persons")
    return redirect("pages:person", person.pk)


class ProtectForm(plain.Form):
    """Why somebody needs protection."""

    reason = plain.text(gettext_lazy("Why they need protection"), 200)


def _initial(person: Person) -> dict[str, Any]:
    given = {name: getattr(person, name) for name in keeping.EDITABLE}
    return dict.fromkeys(keeping.REACHED, "") | {
        name: value for name, value in given.items() if not (person.protected and name in keeping.REACHED)
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def found(request: Asked, person_id: UUID) -> Person:
    """The person of that id if the member may view them. The same 404 for absent and invisible."""
    rows = Person.objects.select_related("area")
    try:
        return visible.get_visible(rows, person_id, request.acting.facts, request.acting.now)
    except NotFound:
        raise Http404 from None


def about(person: Person, acting: Acting) -> dict[str, Any]:
    """What the page of a person says of the record itself: versions, doubles, merges, returned letters."""
    keeps = keeping.may(acting.member, person.facts(), acting.now).allowed
    if not keeps:
        return {"keeps": False}
    returned = IssuedLetter.objects.filter(
        case__person=person, state=LetterState.RETURNED, addressee_kind="resident"
    )
    return {
        "keeps": True,
        "protects": not person.protected and person.merged_into_id is None,
        "contact_hours": person.contact_hours if "contact" in words.categories(person, acting) else "",
        "also": person.also,
        "versions": words.versions_told(versions.history(person), person, acting),
        "pairs": [
            pair
            for pair in duplicates.of_person(person)
            if all(merging.may_merge(acting.member, one, acting.now) for one in (pair.first, pair.second))
        ],
        "merges": merging.of_person(person),
        "returned": list(returned.order_by("-dated_on", "id")[:MOST_RETURNED]),
    }
