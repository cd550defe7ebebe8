"""Paper: every form to print and fill in by pen, and the page where what comes back is keyed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.cases import offers as cases_offers
from backend.cases import pinned, visible
from backend.cases.errors import NotFound
from backend.cases.models import Case
from backend.letters.tokens import ReplyCodeError
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases import printable
from backend.pages.cases.offers import AT_A_STEP, offered
from backend.pages.cases.steps import action_title
from backend.pages.cases.tasks import task
from backend.pages.seeing import Seen, find, see
from backend.papers import keying
from backend.papers.keying import Found, UsedBefore
from backend.papers.models import KeyedIn
from backend.papers.sheet import Bound, Look, sheet

_RECENT = 5


@dataclass(frozen=True)
class Told:
    """What became of a number: words, and the way on where there is one."""

    words: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class Way:
    """One action a paper can be keyed into."""

    url: str
    title: str


@require_safe
@signed_in
def papers(request: Asked) -> HttpResponse:
    """Every form this member may print blank, by the matter it belongs to."""
    return render(request, "pages/paper/papers.html", {"groups": printable.groups(request.acting)})


@require_POST
@signed_in
def blank(request: Asked, form: str) -> HttpResponse:
    """A form that is bound to no case. It carries a number all the same, so that it is keyed in once."""
    acting = request.acting
    found = printable.find(acting, form)
    if found is None:
        raise Http404
    with transaction.atomic():
        paper, token = keying.hand_out(form, by=acting.member.id, now=acting.now, workflow=found.begins)
        bound = Bound(token, paper.expires_on, found.purpose)
        data = sheet(pinned.form(paper.form_hash), _look(request), bound)
    return _pdf(data, form)


@require_POST
@signed_in
def of_case(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """The form of one action of a case, for whoever may do it now. Nothing of the case stands on it."""
    acting = request.acting
    seen = find(case_id, acting)
    offer = offered(seen, action)
    if offer is None or action == AT_A_STEP:
        raise Http404
    if not offer.allowed:
        return render(request, "pages/refused.html", {"seen": seen, "offer": offer}, status=403)
    form = task(seen, action, offer.title, "").form
    if form is None:
        raise Http404
    with transaction.atomic():
        paper, token = keying.hand_out(
            form.name, by=acting.member.id, now=acting.now, case=seen.case, action=action
        )
        visible.record_look(seen.case, acting.facts, acting.now, "form")
        data = sheet(form, _look(request), Bound(token, paper.expires_on, offer.title))
    return _pdf(data, form.name)


@require_http_methods(["GET", "POST"])
@signed_in
def key_in(request: Asked) -> HttpResponse:
    """The number of a paper or slip (POST) leads to the form it is keyed into."""
    if request.method == "GET":
        return _page(request)
    code = request.POST.get("code", "")
    try:
        found = keying.find(code)
    except ReplyCodeError as error:
        return _page(request, Told(str(error)), status=422)
    if found is None:
        return _page(request, _unknown(), status=404)
    if found.workflow:
        return _to_start(request, found)
    seen, told = _case(request, found)
    if seen is None:
        asked = found if found.case is None else None
        return _page(request, told, found=asked, status=404 if told else 200)
    return _onward(request, found, seen)


def _case(request: Asked, found: Found) -> tuple[Seen | None, Told | None]:
    """The case a paper belongs to, or the one whose number was given for a paper that belongs to none."""
    used, number = found.used, request.POST.get("number", "").strip()
    case = found.case or (used.case_id if used else None)
    unknown = _unknown()
    if case is None:
        if not number:
            return None, None
        case = Case.objects.filter(number=number).values_list("id", flat=True).first()
        unknown = Told(_("There is no such case, or you may not see it."))
    try:
        return (find(case, request.acting), None) if case else (None, unknown)
    except Http404:
        return None, unknown


def _to_start(request: Asked, found: Found) -> HttpResponse:
    used = found.used
    if used is None and not found.expired(request.acting.today):
        return redirect(f"{reverse('pages:start', args=[found.workflow])}?paper={found.hash}")
    if used is None:
        return _page(request, _expired(found), status=422)
    try:
        visible.get_visible(Case.objects.all(), used.case_id, request.acting.facts, request.acting.now)
    except NotFound:
        return _page(request, Told(_("This sheet was keyed in before.")), status=422)
    return _page(request, _with_case(Told(str(UsedBefore(used))), used.case_id), status=422)


def _onward(request: Asked, found: Found, seen: Seen) -> HttpResponse:
    """To the form; or why not, which only those learn who may see the case."""
    if used := found.used:
        return _page(request, _with_case(Told(str(UsedBefore(used))), seen.case.id), status=422)
    if found.expired(request.acting.today):
        return _page(request, _with_case(_expired(found), seen.case.id), status=422)
    ways = list(_ways(found, seen))
    if len(ways) == 1:
        return redirect(ways[0].url)
    if not ways:
        words = _("What this sheet asks cannot be recorded in the state the case is in.")
        return _page(request, _with_case(Told(words), seen.case.id), status=422)
    return _page(request, ways=ways)


def _ways(found: Found, seen: Seen) -> Iterable[Way]:
    """The actions the paper may be keyed into: its own, or those that ask its form and can be done now."""
    names = [found.action] if found.action else []
    if not names:
        offers = cases_offers.offers(seen.case, seen.acting.facts, seen.acting.now)
        names = [offer.name for offer in offers if offer.possible and offer.form == found.form]
    for name in names:
        url = reverse("pages:act", args=[seen.case.id, name])
        known = seen.pin.workflow.qualified(name) if name in seen.pin.workflow.actions else name
        yield Way(f"{url}?paper={found.hash}", action_title(seen, known))


def _page(
    request: Asked,
    told: Told | None = None,
    *,
    found: Found | None = None,
    ways: Iterable[Way] = (),
    status: int = 200,
) -> HttpResponse:
    shown = {
        "told": told,
        "code": request.POST.get("code", "") if found or told else "",
        "needs_case": found is not None,
        "ways": ways,
        "recent": list(_recent(request.acting)),
        "today": KeyedIn.objects.filter(by=request.acting.member, at__date=request.acting.today).count(),
    }
    return render(request, "pages/paper/key_in.html", shown, status=status)


def _recent(acting: Acting) -> Iterable[tuple[Case, str]]:
    """What this member keyed in last, so that a slip of the hand is seen at once."""
    rows = KeyedIn.objects.filter(by=acting.member).select_related("case__area", "case__person")
    for row in rows.order_by("-at")[:_RECENT]:
        seen = see(row.case, acting)
        if seen is not None:
            step = row.case.steps.get(seq=row.seq)
            yield row.case, action_title(seen, step.action)


def _unknown() -> Told:
    return Told(_("There is no sheet of this number that you may key in. Compare it with the sheet."))


def _expired(found: Found) -> Told:
    words = _(
        "This sheet was accepted until %(day)s. Enter what it says on the case itself, if it still holds."
    )
    return Told(words % {"day": found.expires_on.isoformat()})


def _with_case(told: Told, case: UUID) -> Told:
    return Told(told.words, reverse("pages:case", args=[case]), _("To the case"))


def _look(request: Asked) -> Look:
    return Look(request.acting.lang, "large" in request.POST, "ruby" in request.POST)


def _pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
