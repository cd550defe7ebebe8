"""Stickers for shops and notice boards: a square code that opens the public report for that place."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from backend.cases import callsheet
from backend.field import reporting
from backend.field.models import Place
from backend.letters import render as letters
from backend.letters import tokens
from backend.letters.vector import qr
from backend.pages.acting import Asked, signed_in
from backend.pages.street.office import telephone
from backend.people.models import Area


@require_http_methods(["GET", "POST"])
@signed_in
def places(request: Asked) -> HttpResponse:
    """The places of the controller, and a new one."""
    _require(request)
    acting = request.acting
    if request.method == "POST":
        words = request.POST.get("words", "").replace("\x00", "").strip()[:60]
        area = Area.objects.filter(code=request.POST.get("area", "")).first()
        if not words or area is None:
            messages.warning(request, _("Write where the sticker hangs, and choose the district."))
            return redirect("pages:report_places")
        code = tokens.new(reporting.PLACE_LENGTH).code
        Place.objects.create(
            code=code,
            area=area,
            words=words,
            controller=acting.facts.controller,
            made_by=acting.member,
            made_at=acting.now,
        )
        return redirect("pages:report_places")
    rows = Place.objects.filter(controller=acting.facts.controller, ended_at=None).select_related("area")
    areas = Area.objects.filter(valid_until=None).order_by("code")
    return render(request, "field/places.html", {"places": rows.order_by("area_id", "words"), "areas": areas})


@require_POST
@signed_in
def sticker(request: Asked, code: str) -> HttpResponse:
    """The sticker as a PDF of postcard size."""
    place = _place(request, code)
    address = settings.SITE_URL.rstrip("/") + reverse("pages:report_place", args=[place.code])
    with override("ja"):
        name, number = telephone()
        html = render_to_string(
            "field/sticker.html",
            {"place": place, "qr": qr(address), "address": address, "office": name, "phone": number},
        )
    response = HttpResponse(
        letters.sheet(html, render_to_string("field/sticker.css")), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'inline; filename="sticker.pdf"'
    return response


@require_POST
@signed_in
def end(request: Asked, code: str) -> HttpResponse:
    """The sticker is taken down; reports from it still come in, without the place."""
    place = _place(request, code)
    Place.objects.filter(pk=place.pk).update(ended_at=request.acting.now)
    return redirect("pages:report_places")


def _place(request: Asked, code: str) -> Place:
    _require(request)
    mine = Place.objects.filter(controller=request.acting.facts.controller, code=code, ended_at=None)
    found = mine.select_related("area").first()
    if found is None:
        raise Http404
    return found


def _require(request: Asked) -> None:
    """Raise PermissionDenied for anybody but staff who answer for what comes in."""
    if not callsheet.may_any(request.acting.facts, request.acting.now):
        raise PermissionDenied
