"""The doors besides the password: the paper card of field members, and where staff make and print cards."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.answers.eras import shown_date
from backend.cases import visible
from backend.cases.errors import NotPossible
from backend.field import appointed, cards
from backend.field.models import Card
from backend.letters import render as letters
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, private, signed_in
from backend.pages.entry.signin import home_of, remember_door
from backend.pages.seeing import Seen, find, see
from backend.pages.street.office import telephone
from backend.passkeys import session
from backend.people import anybody, guessing
from backend.people.acting import current
from backend.people.guessing import Key
from backend.people.models import Area, Member, Organisation, Role

LOOKS_AFTER = "run_jobs"  # whoever looks after the office of the controller: its supervisors


@never_cache
@sensitive_post_parameters("code", "pin")
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """Sign in with the paper card. The same words for an unknown card as for a wrong PIN."""
    if request.method == "GET":
        return _draw(request, {})
    code, pin, now = request.POST.get("code", ""), request.POST.get("pin", ""), timezone.now()
    keys = (Key("card", cards.counted_as(code)), Key("address", guessing.address_of(request)))
    wait = guessing.attempt(keys, now)
    if wait:
        return _draw(request, {"code": code, "wrong": _locked(wait)}, 429)
    user = None if "\x00" in code + pin else cards.user_of(code, pin, now)
    if user is None:
        left = guessing.left(keys[0])
        told = _("The number of the card or the PIN is not right. Tries left: %(left)s.") % {"left": left}
        if not left:
            told = _locked(guessing.RULES["card"].first)
        return _draw(request, {"code": code, "wrong": told}, 403)
    guessing.succeeded(keys, now)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    session.came_by(request, "card")
    response = private(redirect(home_of(user)))
    remember_door(response, "card")
    return response


def _locked(seconds: int) -> str:
    told = _("It went wrong several times. Please wait %(minutes)s minutes, or telephone us.")
    return told % {"minutes": -(-seconds // 60)}


@require_safe
@signed_in
def members(request: Asked) -> HttpResponse:
    """The field members of the controller by the body they belong to, and who has a card."""
    acting = _looks_after(request)
    rows = _of(acting).select_related("organisation").order_by("organisation__name", "kana", "name")
    have = dict(Card.objects.filter(ended_at=None, member__in=rows).values_list("member_id", "made_at"))
    since = {one: wording.day(timezone.localdate(at), acting.lang) for one, at in have.items()}
    listed = [
        {"row": row, "since": since.get(row.id, ""), "body": wording.body(row.organisation)} for row in rows
    ]
    found = (see(case, acting) for case in appointed.waiting(acting.facts.controller, acting.today))
    shown = {"members": listed, "appointed": [seen for seen in found if seen is not None]}
    return render(request, "field/cards.html", shown)


class PlaceForm(plain.Form):
    """Where somebody who was appointed belongs."""

    organisation = plain.one_of(gettext_lazy("Belongs to"), ())
    area = plain.one_of(gettext_lazy("Area"), ())

    def __init__(self, seen: Seen, *given: object, **options: object) -> None:
        super().__init__(*given, **options)
        bodies = [(row.code, row.name) for row in appointed.bodies(seen.case)]
        areas = [(row.code, row.name) for row in Area.objects.filter(valid_until=None).order_by("code")]
        self.fields["organisation"].choices = [("", _("Choose")), *bodies]  # type: ignore[attr-defined]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@signed_in
def take_over(request: Asked, case_id: UUID) -> HttpResponse:
    """Take somebody who was appointed into the register of members, with the term of the appointment."""
    acting = _looks_after(request)
    seen = find(case_id, acting)
    same = seen.case.controller == acting.facts.controller
    if not same or not appointed.is_waiting(seen.case, acting.today):
        raise Http404
    form = PlaceForm(seen, request.POST or None, initial={"area": seen.case.area_id})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        place = appointed.Place(
            Organisation.objects.get(code=given["organisation"]), Area.objects.get(code=given["area"])
        )
        try:
            appointed.take_over(seen.case, place, today=acting.today)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Taken into the register. A card can be printed from the first day."))
            return redirect("pages:cards")
    visible.record_look(seen.case, acting.facts, acting.now, "page")
    shown = {
        "seen": seen,
        "form": form,
        "office": Role(seen.case.facts["office"]).label,
        "until": shown_date(date.fromisoformat(seen.case.facts["term_ends_on"]), acting.lang),
    }
    return render(request, "field/appointed.html", shown, status=422 if form.errors else 200)


@require_POST
@signed_in
def make(request: Asked, member_id: UUID) -> HttpResponse:
    """A new card, printed once; the one before it ends."""
    acting = _looks_after(request)
    row = _of(acting).filter(pk=member_id).first()
    if row is None:
        raise Http404
    if "end" in request.POST:
        cards.end(row, acting.now)
        messages.success(request, _("The card has ended."))
        return redirect("pages:cards")
    printed = cards.make(row, acting.member, acting.now)
    with override("ja"):
        name, number = telephone()
        shown = {
            "printed": printed,
            "member": row,
            "address": settings.SITE_URL.rstrip("/"),
            "office": name,
            "phone": number,
            "until": wording.day(row.valid_until, "ja") if row.valid_until else "",
        }
        html = render_to_string("field/card_sheet.html", shown)
        data = letters.sheet(html, render_to_string("field/card_sheet.css"))
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="card.pdf"'
    return response


def _of(acting: Acting) -> Any:
    """The field members of the controller who are in office."""
    mine = Member.objects.filter(current(acting.today), controller=acting.facts.controller)
    return mine.filter(role__in=cards.FOR)


def _looks_after(request: Asked) -> Acting:
    """Raise PermissionDenied for whoever does not look after the controller's office."""
    acting = request.acting
    if not anybody.may(acting.facts, LOOKS_AFTER, acting.now).allowed:
        raise PermissionDenied
    return acting


def _draw(request: HttpRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    name, number = telephone()
    more = {"office": name, "phone": number}
    return private(render(request, "field/card_door.html", {**shown, **more}, status=status))
