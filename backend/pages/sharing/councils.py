"""Meetings: the list, the page of one, and a member's numbered copy of a paper while it is open."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend import access
from backend.access import explain
from backend.answers.eras import shown_date
from backend.cases import pinned, visible
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.letters.engine import NotRenderable
from backend.letters.glyphs import MissingGlyph
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.cases.offers import Offer, Offers, offers
from backend.pages.cases.start import may_plan
from backend.pages.seeing import Chip, Seen, find, see
from backend.sharing.councils import papers, printing
from backend.sharing.councils.bases import BASES
from backend.sharing.councils.models import AgendaItem, Copy, Paper, Session, SessionMember

MOST = 50
READ, SIGN, BRINGING = "read_paper", "acknowledge", ("bring_case", "bring_paper")


@dataclass(frozen=True)
class Listed:
    """One meeting in the list: when and where, how it stands, and whether the reader has signed."""

    session: Session
    kind: str
    when: str
    chip: Chip
    mine: str


@dataclass(frozen=True)
class Item:
    """A case on the agenda as far as the reader may know: its symbol; `seen` where the case is theirs."""

    symbol: str
    seen: Seen | None
    office: str
    papers: tuple["Sheet", ...]


@dataclass(frozen=True)
class Sheet:
    """A paper: what it holds in words, and the reader's own copy of it if there is one."""

    paper: Paper
    holds: str
    mine: Copy | None


@require_safe
@signed_in
def councils(request: Asked) -> HttpResponse:
    """The meetings one keeps or is a member of, the next first."""
    acting = request.acting
    listed = access.visible_q(acting.facts, "case", acting.day)
    mine = Q(watchers__contains=[acting.facts.id])
    cases = Case.objects.filter(listed | mine, workflow="council").select_related("session__chair")
    found = [_listed(case, acting) for case in cases.order_by("-session__held_on", "id")[:MOST]]
    shown = {
        "meetings": [row for row in found if row is not None],
        "may_plan": may_plan(acting),
    }
    return render(request, "pages/sharing/councils.html", shown)


def _listed(case: Case, acting: Acting) -> Listed | None:
    facts = case_facts(case, acting.now)
    if not access.decide(acting.facts, "view", facts, today=acting.day).allowed:
        return None
    session = case.session
    state = pinned.pinned(case.definition).workflow.states[case.state.partition(".")[2]]
    signed = acting.facts.id in facts.signed
    mine = "" if acting.facts.id not in case.watchers else _("Signed") if signed else _("Not signed yet")
    when = f"{wording.day(session.held_on, acting.lang)} {session.starts}"
    kind = BASES[session.basis].title.in_language(acting.lang)
    return Listed(session, kind, when, Chip(state.kind, state.title.in_language(acting.lang)), mine)


@require_safe
@signed_in
def council(request: Asked, case_id: UUID) -> HttpResponse:
    """The page of one meeting, for its keepers and its members."""
    seen = find(case_id, request.acting)
    session = Session.objects.select_related("chair").filter(case=seen.case).first()
    if session is None:
        raise Http404
    visible.record_look(seen.case, request.acting.facts, request.acting.now, "page")
    reading, keeper = seen.may(READ), seen.may("convene").allowed
    offered = offers(seen)
    own = offered.named(SIGN) if seen.acting.facts.id in seen.case.watchers else None
    basis = BASES[session.basis]
    lang = request.acting.lang
    shown = {
        "seen": seen,
        "session": session,
        "kind": basis.title.in_language(lang),
        "basis": basis,
        "when": f"{shown_date(session.held_on, lang)} {session.starts}",
        "next": offered.next,
        "also": _also(offered, keeper),
        "cannot": offered.cannot if keeper else (),
        "own": own,
        "members": _signatures(session, lang),
        "agenda": _agenda(session, seen),
        "may_read": reading.allowed,
        "not_read": explain(reading, lang),
        "copies": _copies(session) if keeper else (),
        "tasks": _tasks(seen),
    }
    return render(request, "pages/sharing/council.html", shown)


def _also(offered: Offers, keeper: bool) -> list[Offer]:
    """What else can be done; keepers have their own way to cases and papers, and signing stands apart."""
    hidden = {SIGN, *(BRINGING if keeper else ())}
    return [offer for offer in offered.also if offer.name not in hidden]


def _signatures(session: Session, lang: str) -> list[tuple[SessionMember, str]]:
    """Every member with the moment they signed secrecy, "" while they have not."""
    rows = session.members.select_related("member", "organisation").order_by("id")
    return [(row, wording.moment(row.acknowledged_at, lang) if row.acknowledged_at else "") for row in rows]


def _agenda(session: Session, seen: Seen) -> list[Item]:
    rows = AgendaItem.objects.filter(session=session).select_related("brought_by__organisation")
    mine = {
        copy.paper_id: copy
        for copy in Copy.objects.filter(paper__item__session=session, holder__member=seen.acting.member)
    }
    found = []
    for row in rows.order_by("symbol").prefetch_related("papers"):
        case = Case.objects.select_related("person", "area", "assignee", "receiver").get(pk=row.case_id)
        sheets = tuple(
            Sheet(paper, _holds(paper, seen.acting.lang), mine.get(paper.id))
            for paper in sorted(row.papers.all(), key=lambda paper: paper.made_at)
        )
        found.append(
            Item(row.symbol, see(case, seen.acting), wording.body(row.brought_by.organisation), sheets)
        )
    return found


def _holds(paper: Paper, lang: str) -> str:
    known = access.current().categories
    return wording.listed(known[name].title[lang] for name in paper.categories)


def _copies(session: Session) -> list[Copy]:
    rows = Copy.objects.filter(paper__item__session=session)
    return list(
        rows.select_related("paper__item", "holder__member", "holder__organisation").order_by("number")
    )


def _tasks(seen: Seen) -> list[Seen]:
    cases = Case.objects.filter(workflow="follow_up", facts__source=str(seen.case.id))
    rows = cases.select_related("person", "area", "assignee", "receiver").order_by("due_at", "id")
    return [found for found in (see(case, seen.acting) for case in rows) if found is not None]


@require_safe
@signed_in
def paper(request: Asked, case_id: UUID, number: int) -> HttpResponse:
    """The reader's own copy, while the meeting is open; otherwise why not."""
    seen = _meeting(case_id, request.acting)
    decision = seen.may(READ)
    if not decision.allowed:
        told = explain(decision, request.acting.lang)
        shown = {"seen": seen, "told": told}
        return render(request, "pages/sharing/council_closed.html", shown, status=403)
    copy = _copy(seen, number, own=True)
    visible.record_look(seen.case, request.acting.facts, request.acting.now, "paper")
    if copy.read_at is None:
        Copy.objects.filter(pk=copy.pk, read_at=None).update(read_at=request.acting.now)
    known = access.current().categories
    parts = papers.lines_of(copy.paper, list(known))
    shown = {
        "seen": seen,
        "copy": copy,
        "parts": [(known[name].title[request.acting.lang], lines) for name, lines in parts],
        "mark": f"{copy.number} {request.acting.member.name}",
    }
    return render(request, "pages/sharing/council_paper.html", shown)


@require_safe
@signed_in
def printed(request: Asked, case_id: UUID, number: int) -> HttpResponse:
    """A copy to hand out on paper, printed by a keeper who signed; it must be collected from then on."""
    seen = _meeting(case_id, request.acting)
    if not (seen.may(READ).allowed and seen.may("convene").allowed):
        raise Http404
    copy = _copy(seen, number, own=False)
    try:
        data = printing.pdf(copy)
    except (NotRenderable, MissingGlyph):
        return render(request, "pages/sharing/council_too_long.html", {"seen": seen}, status=409)
    if copy.printed_at is None:
        Copy.objects.filter(pk=copy.pk, printed_at=None).update(printed_at=request.acting.now)
    visible.record_look(seen.case, request.acting.facts, request.acting.now, "pdf")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{seen.case.number}-{copy.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _meeting(case_id: UUID, acting: Acting) -> Seen:
    """The meeting of that id, as `find` finds it. Raises Http404 for any other case."""
    seen = find(case_id, acting)
    if seen.case.workflow != "council":
        raise Http404
    return seen


def _copy(seen: Seen, number: int, *, own: bool) -> Copy:
    """A copy by its number; another member's only for who hands it out. Raises Http404."""
    rows = Copy.objects.select_related("paper__item__session__case", "holder__member", "holder__organisation")
    mine = Q(holder__member=seen.acting.member) if own else Q()
    copy = rows.filter(mine, paper__item__session=seen.case.id, number=number).first()
    if copy is None:
        raise Http404
    return copy
