"""For the privacy officer: unusual looks, who looked at one record, and what was provided to others."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.cases import tables, visible
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.cases.visible import Sight
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.case import saved
from backend.pages.cases.sections import before
from backend.pages.entry.again import shown_again
from backend.people import merging
from backend.people.models import Person
from backend.sharing.consents import registers, watching
from backend.sharing.consents.watching import Flagged, person_of

IDENTITY = "identity"
PAGE = 50


@dataclass(frozen=True)
class Looked:
    """One look in words."""

    when: str
    who: str
    organisation: str
    number: str
    person: UUID | None
    name: str
    how: str
    why: tuple[str, ...] = ()


@require_safe
@signed_in
def looks(request: Asked) -> HttpResponse:
    """The looks of the last days that somebody should be asked about, page by page from the newest."""
    acting = request.acting
    _require(acting)
    older, days = before(request.GET), watching.last_days(acting.today)
    found, following = watching.unusual_before(older, acting.facts.controller, *days, most=PAGE)
    kept = watching.still_may([one.look for one in found], acting.facts, acting.now)
    watching.record_reading(acting.facts, acting.now, "page")
    sight = Sight(acting.facts, acting.now)
    told = [_looked(one, sight, acting.lang) for one in found if one.look.id in kept]
    lead = _(
        "Looks of the last %(days)s days that somebody should be asked about. "
        "A sign is a question, not an accusation."
    ) % {"days": watching.DAYS}
    shown = {"told": told, "lead": lead, "older": older is not None, "following": following}
    return render(request, "pages/sharing/looks.html", shown)


@require_safe
@signed_in
def looks_at(request: Asked, person_id: UUID) -> HttpResponse:
    """Everybody who looked at one person's record; that this was asked is a look itself."""
    acting = request.acting
    _require(acting)
    person = Person.objects.filter(id=person_id).first()
    if person is None or not access.decide(acting.facts, "audit", person.facts(), today=acting.day).allowed:
        raise Http404
    stands = merging.kept(person)
    if stands.pk != person.pk:
        return redirect("pages:looks_at", stands.pk)
    rows = watching.looks_at(person.id)
    kept = watching.still_may(rows, acting.facts, acting.now)
    visible.record_look(person, acting.facts, acting.now, "audit")
    sight = Sight(acting.facts, acting.now)
    told = [_looked(Flagged(row, ()), sight, acting.lang) for row in rows if row.id in kept]
    return render(request, "pages/sharing/looks.html", {"told": told, "about": _name(person, None, sight)})


@require_safe
@signed_in
@shown_again
def provisions(request: Asked) -> HttpResponse:
    """The record of provision (個情法29条) of a fiscal year, as CSV: each line one thing that left."""
    acting = request.acting
    _require(acting)
    first = _first_day(request, acting.today)
    begin, _end = watching.last_days(first, 1)
    _begin, end = watching.last_days(date(first.year + 1, 3, 31), 1)
    told = registers.people_told_of(acting.facts.controller, begin, end)
    names = registers.names_of(one.recipient for one, _person in told)
    watching.record_reading(acting.facts, acting.now, "file")
    lines = [[_("Date"), _("Recipient"), _("Person"), _("What"), _("Ground"), _("Document")]]
    for one, person in told:
        day = timezone.localdate(one.at).isoformat()
        who = names.get(one.recipient, one.recipient_name or one.recipient)
        ground = registers.ground(one.basis).partition("：")[2]
        whose = _("(under protection)") if person.protected else person.name
        lines.append([day, who, whose, registers.words(one.categories), ground, one.number])
    return saved(tables.csv_utf8(lines), "text/csv", f"provisions-{first.year}.csv")


def _require(acting: Acting) -> None:
    """Raise PermissionDenied for anybody who may not audit the records of their controller."""
    if not watching.may_read(acting.facts, acting.now).allowed:
        raise PermissionDenied


def _first_day(request: Asked, today: date) -> date:
    """The first day of the fiscal year asked for (`?year=`), of the present one without. Raises Http404."""
    year = request.GET.get("year", "") or str(today.year - (today.month < 4))
    if not (year.isascii() and year.isdigit() and 2000 <= int(year) <= 2100):
        raise Http404
    return date(int(year), 4, 1)


def _name(person: Person, case: Case | None, sight: Sight) -> str:
    """The name as far as the member sees it, of the record or of the case that was looked at."""
    if person.protected:
        return _("(under protection)")
    seen = sight.of(person) | (sight.of(case) if case is not None else frozenset())
    return person.name if IDENTITY in seen else _("Name withheld")


def _looked(one: Flagged, sight: Sight, lang: str) -> Looked:
    look: Look = one.look
    person = person_of(look)
    return Looked(
        when=wording.moment(look.at, lang),
        who=look.member.name,
        organisation=wording.body(look.member.organisation),
        number=look.case.number if look.case else "",
        person=person.id if person else None,
        name=_name(person, look.case, sight) if person else "",
        how=wording.looked(look.how),
        why=tuple(_WHY[why]() for why in one.why),
    )


_WHY = {
    "outside_hours": lambda: _("Outside office hours"),
    "many_in_a_row": lambda: _("Many records within an hour"),
    "not_own_caseload": lambda: _("Not in their own caseload"),
    "own_record": lambda: _("Perhaps their own household"),
    "neighbour": lambda: _("Perhaps a neighbour"),
    "colleague": lambda: _("The name of a colleague"),
    "same_name": lambda: _("The same family name"),
}
