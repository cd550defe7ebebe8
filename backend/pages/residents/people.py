"""Finding a person, and the page of one."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from backend import access
from backend.answers.eras import shown_date
from backend.cases import visible
from backend.cases.errors import NotFound
from backend.cases.models import Case
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.case import protected_words
from backend.pages.cases.start import may_begin_about, startable
from backend.pages.residents import record
from backend.pages.seeing import see
from backend.pages.sharing import consents
from backend.people import keeping, merging
from backend.people.doubles import Pair, Verdict
from backend.people.models import Person
from backend.people.search import KIND_LABELS, SearchRefused, search
from backend.sharing.disclosures import guarding

MOST_CASES = 20


@dataclass(frozen=True)
class Shown:
    """A person in the words of a page, as far as the member may see them."""

    id: UUID
    name: str
    kana: str
    born: str
    age: str
    area: str
    address: str
    phone: str
    protected: bool
    reached: bool
    fits: tuple[str, ...] = ()
    mine: bool = False
    double: int | None = None


@require_http_methods(["GET", "POST"])
@signed_in
def persons(request: Asked) -> HttpResponse:
    """The search box, and what was found. The words are posted: they stand in no address and no log."""
    if request.method == "GET":
        return render(request, "pages/residents/persons.html", {"text": ""})
    text, acting = request.POST.get("q", ""), request.acting
    try:
        found = search(acting.member, text, at=acting.now, today=acting.today)
    except SearchRefused:
        raise PermissionDenied from None
    twice = _doubles([row.person.id for row in found.persons])
    shown = {
        "text": text,
        "searched": bool(found.terms),
        "terms": [
            {
                "typed": term.typed,
                "kinds": [str(KIND_LABELS[kind]) for kind in term.kinds],
                "rest": " ".join(other.typed for other in found.terms if other is not term),
            }
            for term in found.terms
        ],
        "found": [
            replace(
                _shown(row.person, acting, tuple(str(KIND_LABELS[kind]) for kind in row.kinds)),
                mine=row.mine,
                double=twice.get(row.person.id),
            )
            for row in found.persons
        ],
        "hidden": found.hidden,
        "registers": keeping.may_register(acting.member, acting.now).allowed,
        "cases": found.cases,
        "more": found.more,
        "may_report": startable(acting),
    }
    return render(request, "pages/residents/persons.html", shown)


@require_safe
@signed_in
def person(request: Asked, person_id: UUID) -> HttpResponse:
    """One person, with their cases as far as the member may see them."""
    acting = request.acting
    rows = Person.objects.select_related("area")
    try:
        found = visible.get_visible(rows, person_id, acting.facts, acting.now)
    except NotFound:
        raise Http404 from None
    kept = merging.kept(found)
    if kept.pk != found.pk:
        return redirect("pages:person", kept.pk)
    visible.record_look(found, acting.facts, acting.now, "page")
    about = Case.objects.filter(person=found).select_related("person", "area", "assignee", "receiver")
    cases = visible.visible(about, acting.facts, acting.now).order_by("-opened_at", "id")[:MOST_CASES]
    looked = [seen for seen in (see(case, acting) for case in cases) if seen is not None]
    begins = may_begin_about(found, acting, "consent", "appointment")
    shown = {
        "person": _shown(found, acting),
        "guarded": protected_words(found.controller, acting.today) if found.protected else "",
        "guards": found.protected and guarding.may(acting.facts, found, acting.now),
        "cases": looked,
        "may_report": startable(acting),
        "sets_letters": keeping.may(acting.member, found.facts(), acting.now).allowed,
        "consents": consents.of_person(found, acting),
        "ask_consent_of": found.id if "consent" in begins else None,
        "may_propose": "appointment" in begins,
        **record.about(found, acting),
    }
    return render(request, "pages/residents/person.html", shown)


def _doubles(persons: list[UUID]) -> dict[UUID, int]:
    """A pair to decide for each of the persons found that has one with somebody else found."""
    open_ = Q(verdict__in=[Verdict.OPEN, Verdict.UNSURE], first__in=persons, second__in=persons)
    rows = Pair.objects.filter(open_).values_list("first_id", "second_id", "pk") if persons else ()
    return {person: pair for first, second, pair in rows for person in (first, second)}


def _shown(person: Person, acting: Acting, fits: tuple[str, ...] = ()) -> Shown:
    seen = access.categories(acting.facts, person.facts(), acting.day)
    named, reached = "identity" in seen, "contact" in seen
    born = person.birth_date if named else None
    return Shown(
        id=person.id,
        name=person.name if named else _("Name withheld"),
        kana=person.kana if named else "",
        born=shown_date(born, acting.lang) if born else "",
        age=_("%(age)s years old") % {"age": wording.age(born, acting.today)} if born else "",
        area=person.area.name if person.area and "area" in seen else "",
        address=person.address if reached else "",
        phone=person.phone if reached else "",
        protected=person.protected,
        reached=reached,
        fits=fits,
    )
