"""Views of the work with a name: one's own, and those others of the organisation share."""

from dataclasses import asdict
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.desk.lists import Wanted, read
from backend.pages.models import SavedView

LONGEST, MOST = 40, 20


def of(acting: Acting) -> list[SavedView]:
    """One's own, and the shared ones of one's organisation."""
    organisation = acting.member.organisation_id
    rows = SavedView.objects.filter(Q(member=acting.member) | Q(organisation=organisation, shared=True))
    return list(rows.order_by("name", "id")[:MOST])


def address(asked: Wanted) -> str:
    """The address of a view. Nothing in it is about a person."""
    return f"{reverse('pages:work')}?{urlencode(asdict(asked))}"


@require_POST
@signed_in
def keep(request: Asked) -> HttpResponse:
    """Keep what is looked at now under a name; the same name again is the new one."""
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:LONGEST]
    asked, acting = read(request.POST.dict()), request.acting
    if not name:
        messages.warning(request, _("Give the view a name."))
        return redirect(address(asked))
    SavedView.objects.update_or_create(
        member=acting.member,
        name=name,
        defaults={
            "organisation": acting.member.organisation,
            "wanted": asdict(asked),
            "shared": request.POST.get("shared") == "1",
        },
    )
    messages.success(request, _("The view is kept: %(name)s") % {"name": name})
    return redirect(address(asked))


@require_POST
@signed_in
def forget(request: Asked, view_id: int) -> HttpResponse:
    """Forget one's own view."""
    SavedView.objects.filter(pk=view_id, member=request.acting.member).delete()
    return redirect("pages:work")
