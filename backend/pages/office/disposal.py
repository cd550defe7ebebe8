"""保存年限の終わり: what is over, the lists of disposal (廃棄簿), holds, and the certificates (廃棄記録)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.access import explain
from backend.answers.eras import shown_date
from backend.cases import visible
from backend.cases.errors import NotFound, NotPossible, Refused
from backend.cases.models import Case
from backend.disposal import carrying_out, listing, needing, paper
from backend.disposal.models import DisposalItem, DisposalList, Hold
from backend.disposal.words import why_kept
from backend.pages import plain, wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.case import saved
from backend.runs import disposal as run
from backend.runs import ledger
from backend.runs.models import Proposal


@dataclass(frozen=True)
class Over:
    """A case whose retention is over. `why` says what holds it back; `hold` the hold somebody placed."""

    id: UUID
    number: str
    title: str
    opens: bool
    until: str
    cite: str
    why: str
    hold: Hold | None


@dataclass(frozen=True)
class Listed:
    """A list in words."""

    row: DisposalList
    made: str
    maker: str
    state: str
    cases: int
    persons: int
    certificate: int | None


class HoldForm(plain.Form):
    """Why a case must not be destroyed."""

    why = plain.one_of(gettext_lazy("What for"), ())
    reason = plain.long_text(gettext_lazy("Reason, for whoever reads it later"), 400)

    def __init__(self, *given: object, **options: object) -> None:
        super().__init__(*given, **options)
        self.fields["why"].choices = [("", _("Choose")), *Hold.Why.choices]  # type: ignore[attr-defined]


class ReasonForm(plain.Form):
    """Why something ends or is given up."""

    reason = plain.text(gettext_lazy("Reason"), 200)


@require_http_methods(["GET", "POST"])
@signed_in
def retention(request: Asked) -> HttpResponse:
    """What is over and on no list, and the lists (GET); posted, the cases chosen become a list."""
    acting = _keeper(request, *([listing.LIST] if request.method == "POST" else []))
    if request.method == "POST":
        chosen = set(request.POST.getlist("case"))
        try:
            rows = [row for row in _proposals(acting) if str(row.case_id) in chosen]
            made = listing.make(rows, by=acting.member, now=acting.now)
        except NotPossible as error:
            messages.warning(request, str(error))
            return redirect("pages:retention")
        else:
            messages.success(
                request, _("Listed. A second person must approve it before anything is destroyed.")
            )
            return redirect("pages:disposal", made.pk)
    lists = list(listing.lists(acting.facts.controller)[: listing.MOST])
    shown = {
        "over": _over(_proposals(acting), acting),
        "lists": [_listed(row, acting) for row in lists],
    }
    return render(request, "pages/office/retention.html", shown)


@require_safe
@signed_in
def disposal(request: Asked, list_id: UUID) -> HttpResponse:
    """One list: each case with its rule, what holds it back, who listed and who approved."""
    acting = _keeper(request)
    return _draw(request, _find(acting, list_id))


@require_POST
@signed_in
def approve(request: Asked, list_id: UUID) -> HttpResponse:
    """Agree as the second person; a worker destroys what is listed within a minute."""
    acting = _keeper(request)
    row = _find(acting, list_id)
    try:
        listing.approve(row.pk, by=acting.member, now=acting.now)
    except (Refused, NotPossible) as error:
        return _draw(request, row, told=_told(error, acting), status=error.status)
    ledger.ask(run.KIND, acting.today)
    messages.success(request, _("Approved. What nothing holds back is destroyed within a minute."))
    return redirect("pages:disposal", list_id)


@require_POST
@signed_in
def decline(request: Asked, list_id: UUID) -> HttpResponse:
    """Give the list up, with the reason."""
    acting = _keeper(request, listing.LIST)
    row, form = _find(acting, list_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _draw(request, row, told=_("Write the reason."), status=422)
    try:
        listing.decline(row.pk, by=acting.member, reason=form.cleaned_data["reason"], now=acting.now)
    except NotPossible as error:
        return _draw(request, row, told=str(error), status=409)
    messages.success(request, _("The list was given up. Nothing on it is destroyed."))
    return redirect("pages:retention")


@require_safe
@signed_in
def record(request: Asked, list_id: UUID) -> HttpResponse:
    """The certificate (廃棄記録) as paper to file."""
    acting = _keeper(request)
    made = getattr(_find(acting, list_id), "certificate", None)
    if made is None:
        raise Http404
    return saved(paper.record(made), "application/pdf", f"disposal-{made.controller}-{made.number}.pdf")


@require_http_methods(["GET", "POST"])
@signed_in
def hold(request: Asked, case_id: UUID) -> HttpResponse:
    """Hold a case back from every list."""
    acting = _keeper(request, listing.LIST)
    case = Case.objects.filter(pk=case_id, controller=acting.facts.controller).first()
    if case is None:
        raise Http404
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            listing.hold(case.pk, by=acting.member, now=acting.now, **given)
        except (NotPossible, NotFound) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(number)s is held back.") % {"number": case.number})
            return redirect("pages:retention")
    shown = {"form": form, "number": case.number, "title": _("Hold back from disposal")}
    return render(request, "pages/office/hold.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def end_hold(request: Asked, hold_id: int) -> HttpResponse:
    """End a hold: from then on the case can be listed."""
    acting = _keeper(request, listing.LIST)
    row = Hold.objects.filter(pk=hold_id, controller=acting.facts.controller, ended_at=None)
    held = row.select_related("case", "placed_by").first()
    if held is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            listing.release(held.pk, by=acting.member, reason=form.cleaned_data["reason"], now=acting.now)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(number)s is held back no longer.") % {"number": held.case.number})
            return redirect("pages:retention")
    shown = {"form": form, "number": held.case.number, "title": _("End the hold"), "hold": held}
    return render(request, "pages/office/hold.html", shown, status=422 if form.errors else 200)


def _keeper(request: Asked, *actions: str) -> Acting:
    """Who asks, if they may do one of these, or list or approve at all. Raises PermissionDenied."""
    acting = request.acting
    asked = actions or (listing.LIST, listing.APPROVE)
    if not any(listing.may(acting.facts, action, acting.now) for action in asked):
        raise PermissionDenied
    return acting


def _find(acting: Acting, list_id: UUID) -> DisposalList:
    row = listing.lists(acting.facts.controller).filter(pk=list_id).first()
    if row is None:
        raise Http404
    return row


def _told(error: Refused | NotPossible, acting: Acting) -> str:
    """Why not, in words; of a refusal the reason of the rule."""
    if isinstance(error, Refused):
        told = explain(error.decision, acting.lang)
        return " ".join((*told.because, told.help))
    return str(error)


def _proposals(acting: Acting) -> list[Proposal]:
    """What is over and on no list, the oldest end first; of a case its newest end alone."""
    rows = Proposal.objects.filter(case__controller=acting.facts.controller).select_related("case")
    newest = {row.case_id: row for row in rows.order_by("ends_on", "id")}
    listed = listing.on_a_list(newest)
    return [row for own, row in newest.items() if own not in listed][: listing.MOST]


def _over(rows: Iterable[Proposal], acting: Acting) -> list[Over]:
    kept = {row.case_id: row for row in rows}
    why = needing.held_back(kept)
    holds = {one.case_id: one for one in Hold.objects.filter(case__in=list(kept), ended_at=None)}
    opens = {case.id for case in visible.still({row.case for row in kept.values()}, acting.facts, acting.now)}
    return [
        _line(row, why.get(own, "gone"), holds.get(own), own in opens, acting) for own, row in kept.items()
    ]


def _line(row: Proposal, why: str, held: Hold | None, opens: bool, acting: Acting) -> Over:
    case, lang = row.case, acting.lang
    return Over(
        id=case.id,
        number=case.number,
        title=paper.title_of(case.workflow, lang),
        opens=opens,
        until=shown_date(row.ends_on, lang),
        cite=row.cite,
        why=why_kept(why) if why else "",
        hold=held,
    )


def _listed(row: DisposalList, acting: Acting) -> Listed:
    kinds = list(row.items.values_list("kind", flat=True))
    made = getattr(row, "certificate", None)
    return Listed(
        row=row,
        made=wording.moment(row.made_at, acting.lang),
        maker=row.made_by.name if row.made_by else paper.who(None, row.made_account),
        state=_state(row),
        cases=kinds.count(DisposalItem.Kind.CASE),
        persons=kinds.count(DisposalItem.Kind.PERSON),
        certificate=made.number if made else None,
    )


def _state(row: DisposalList) -> str:
    if row.done_at is not None:
        return _("Destroyed")
    if row.declined_at is not None:
        return _("Given up")
    return _("Approved, about to be destroyed") if row.approved_at else _("Waits for approval")


def _draw(request: Asked, row: DisposalList, *, told: str = "", status: int = 200) -> HttpResponse:
    acting, lang = request.acting, request.acting.lang
    items = list(row.items.filter(kind=DisposalItem.Kind.CASE).order_by("number", "id"))
    running = row.done_at is None and row.declined_at is None
    why: dict[UUID | None, str] = dict(carrying_out.what_goes(row)[2].items()) if running else {}
    holds = Hold.objects.filter(case__in=[one.subject for one in items if one.subject], ended_at=None)
    held: dict[UUID | None, Hold] = {one.case_id: one for one in holds}
    words = paper.lines_of(items, lang, shown_date)
    lines = [
        (
            line,
            one.subject if running else None,
            line.why or why_kept(why.get(one.subject, "")),
            held.get(one.subject),
        )
        for one, line in zip(items, words, strict=True)
    ]
    undecided = running and row.approved_at is None
    shown = {
        "list": _listed(row, acting),
        "row": row,
        "lines": lines,
        "certificate": getattr(row, "certificate", None),
        "approved": wording.moment(row.approved_at, lang) if row.approved_at else "",
        "approver": row.approved_by.name if row.approved_by else paper.who(None, row.approved_account),
        "declined": wording.moment(row.declined_at, lang) if row.declined_at else "",
        "done": wording.moment(row.done_at, lang) if row.done_at else "",
        "restored": wording.moment(row.restored_at, lang) if row.restored_at else "",
        "undecided": undecided,
        "may_approve": undecided and listing.may(acting.facts, listing.APPROVE, acting.now, row),
        "told": told,
    }
    return render(request, "pages/office/disposal.html", shown, status=status)
