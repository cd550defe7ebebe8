"""Hints for beginners: a sentence at the top of a page until the member says they know it; no script needed.

Only pages on which nothing is typed have one, so that putting it away loses nothing.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.entry.signin import within
from backend.pages.models import KnownHint

HINTS = {
    "work": _("Begin at the top: cases are in the order of their deadlines. A name opens its case."),
    "case": _(
        "What is next stands in the frame. What cannot be done now is listed under it, with reason and way."
    ),
    "board": _("Every number is a link to the cases it counts."),
    "received": _("Whom it is about is shown when you open it. Answer there in three presses at most."),
    "field": _(
        "“No change” records the visit at once; whoever presses it by mistake can undo it. All else is under "
        "“Worried, wrong, or not in”. Without a network it is kept and sent later."
    ),
    "rules": _("Each rule shows its article, and the examples it was tried with."),
}


def of(acting: Acting, page: str) -> str:
    """The hint of a page in words; "" where there is none, or the member knows it."""
    if page not in HINTS or page in acting.waiting["known_hints"]:
        return ""
    return str(HINTS[page])


@require_POST
@signed_in
def known(request: Asked, page: str) -> HttpResponse:
    """Put the hint of one page away, for this member on every terminal."""
    if page not in HINTS:
        raise Http404
    row = KnownHint(member=request.acting.member, page=page)
    KnownHint.objects.bulk_create([row], ignore_conflicts=True)
    return redirect(within(request, request.POST.get("next", "")) or "pages:work")


@require_POST
@signed_in
def again(request: Asked) -> HttpResponse:
    """Show every hint again."""
    KnownHint.objects.filter(member=request.acting.member).delete()
    return redirect("pages:work")
