"""Who knows what about a person: what left, how it stands, the links to it, and the way to recall it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.cases import visible
from backend.cases.pinned import pinned
from backend.pages import wording
from backend.pages.acting import Asked, signed_in
from backend.pages.seeing import Seen, find
from backend.people.models import Organisation
from backend.sharing.consents import registers
from backend.sharing.disclosures import asking, duties, links, packages
from backend.sharing.disclosures.links import Issued, NotReadable
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.packages import Known, Standing
from backend.sharing.disclosures.words import category_words, purpose_words

_KINDS = {
    Standing.READY: "soon",
    Standing.OPEN: "theirs",
    Standing.RECALLED: "stopped",
    Standing.EXPIRED: "done",
    Standing.ENDED: "done",
}


@dataclass(frozen=True)
class Told:
    """One recipient and what they were told. `recall` is the action that takes it back, "" when none does."""

    id: UUID
    case_id: UUID
    number: str
    recipient: str
    categories: str
    purpose: str
    until: str
    standing: str
    kind: str
    usable: bool
    openings: int
    readers: str
    recall: str


def known_by(seen: Seen) -> list[Told]:
    """Everybody who was told something from this case (of a disclosure: by it), newest first."""
    rows = Package.objects.filter(source=seen.case)
    if seen.case.workflow == asking.WORKFLOW:
        rows = Package.objects.filter(case=seen.case)
    if not seen.follows:
        return []
    return [_told(one, seen) for one in packages.known_all(rows.select_related("case"))]


@dataclass(frozen=True)
class Sheet:
    """A referral sheet: to whom, with what, when; `open` while the agency sees the case."""

    recipient: str
    categories: str
    when: str
    open: bool


def sheets_of(seen: Seen) -> list[Sheet]:
    """The agencies the case was referred to, the newest first."""
    left = registers.referred(seen.case) if seen.follows else []
    offices = Organisation.objects.in_bulk({one.recipient for one in left}) if left else {}
    lang = seen.acting.lang
    return [
        Sheet(
            wording.body(offices[one.recipient]) if one.recipient in offices else one.recipient,
            wording.listed(category_words(name, lang) for name in one.categories),
            wording.moment(one.at, lang),
            seen.case.is_open and one.recipient == seen.case.receiver_id,
        )
        for one in left
    ]


def may_disclose(seen: Seen) -> bool:
    """Whether the member may request a disclosure from this case."""
    own = seen.case.workflow != asking.WORKFLOW and seen.case.person is not None
    return own and seen.may("handle").allowed


def _told(one: Known, seen: Seen) -> Told:
    lang, row = seen.acting.lang, one.package
    standing = one.standing(seen.acting.today)
    here = str(row.case.state).partition(".")[2]
    leaving = {action.name for action in pinned(row.case.definition).workflow.leaving(here)}
    paper = row.case.facts.get("handed_by") == "paper"
    recall = "recall_paper" if paper else "recall"
    return Told(
        id=row.id,
        case_id=row.case_id,
        number=row.case.number,
        recipient=wording.recipient(row),
        categories=wording.listed(category_words(name, lang) for name in row.categories),
        purpose=purpose_words(row.purpose, lang),
        until=wording.day(row.expires_on, lang),
        standing=standing_words(standing),
        kind=_KINDS[standing],
        usable=standing.usable,
        openings=len(one.openings),
        readers=wording.listed(dict.fromkeys(event.reader for event in one.openings)),
        recall=recall if recall in leaving else "",
    )


def standing_words(standing: Standing) -> str:
    """How a package stands, in words."""
    return {
        Standing.READY: _("Approved, not handed over"),
        Standing.OPEN: _("Can be read"),
        Standing.RECALLED: _("Recalled"),
        Standing.EXPIRED: _("Expired"),
        Standing.ENDED: _("Ended"),
    }[standing]


@require_safe
@signed_in
def package(request: Asked, package_id: UUID) -> HttpResponse:
    """What a package holds, for who may see the request it came from and the categories themselves."""
    seen, found = _find(request, package_id)
    visible.record_look(seen.case, request.acting.facts, request.acting.now, "page")
    return _draw(request, seen, found)


@require_POST
@signed_in
def link(request: Asked, package_id: UUID) -> HttpResponse:
    """A new link with its code, shown this once."""
    seen, found = _find(request, package_id)
    if not seen.may("refer").allowed:
        raise Http404
    try:
        issued = links.issue(found.package, by=request.acting.member.id, now=request.acting.now)
    except NotReadable as over:
        return _draw(request, seen, found, wrong=standing_words(over.standing), status=409)
    return _draw(request, seen, found, issued=issued)


def _find(request: Asked, package_id: UUID) -> tuple[Seen, Known]:
    row = Package.objects.select_related("recipient", "case").filter(pk=package_id).first()
    if row is None:
        raise Http404
    return find(row.case_id, request.acting), packages.known(row)


def _draw(
    request: Asked,
    seen: Seen,
    found: Known,
    *,
    issued: Issued | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    lang, row = request.acting.lang, found.package
    standing = found.standing(request.acting.today)
    opened = seen.categories if standing.usable else frozenset()
    parts = [
        (
            category_words(name, lang),
            [(item.label(lang), item.value(lang)) for item in found.content.of(name)],
        )
        for name in row.categories
        if name in opened
    ]
    shown = {
        "seen": seen,
        "package": row,
        "told": _told(found, seen),
        "parts": parts,
        "withheld": len(row.categories) - len(parts),
        "events": [
            (wording.moment(event.at, lang), event.get_kind_display(), event.reader) for event in found.events
        ],
        "duties": duties.of_package(row, lang),
        "may_link": standing is Standing.OPEN and row.recipient is not None and seen.may("refer").allowed,
        "issued": issued,
        "url": request.build_absolute_uri(reverse("pages:recipient_link", args=[issued.token]))
        if issued
        else "",
        "ends": wording.until(issued.expires_at, lang) if issued else "",
        "wrong": wrong,
        "openings": links.MOST_OPENINGS,
    }
    return render(request, "pages/sharing/package.html", shown, status=status)
