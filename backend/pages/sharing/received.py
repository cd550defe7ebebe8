"""受け取り: what was handed over to the member or their organisation, opened here without a link and code."""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.cases import pinned, visible
from backend.cases.errors import NotFound
from backend.pages import wording
from backend.pages.acting import Acting, Asked, signed_in
from backend.pages.seeing import Chip
from backend.pages.sharing import opened
from backend.pages.sharing.knowing import standing_words
from backend.pages.sharing.opened import Reading, Way
from backend.sharing.disclosures import duties, inbox
from backend.sharing.disclosures.inbox import Received
from backend.sharing.disclosures.links import NotReadable
from backend.sharing.disclosures.packages import Standing
from backend.sharing.disclosures.words import category_words, purpose_words

LAYOUT = "pages/base.html"
OPENED = "tsunagu.opened"  # where the session keeps which openings are its own
UNANSWERED = ("shared", "under_review")  # the states in which no answer has come
_KINDS = {Standing.OPEN: "ours", Standing.RECALLED: "stopped"}


@dataclass(frozen=True)
class Told:
    """A package in the list: who sent it, what for and until when. Whom it is about stands only inside."""

    id: UUID
    sender: str
    when: str
    to: str
    purpose: str
    categories: str
    until: str
    chip: Chip
    answer: str
    readable: bool
    new: bool
    readers: tuple[str, ...]


@require_safe
@signed_in
def received(request: Asked) -> HttpResponse:
    """Everything addressed to the member or their organisation, newest first."""
    acting = request.acting
    found = [_told(one, acting) for one in inbox.received(acting.facts, acting.now)]
    shown = {
        "readable": [one for one in found if one.readable],
        "over": [one for one in found if not one.readable],
    }
    return render(request, "pages/sharing/received.html", shown)


@require_safe
@signed_in
def package(request: Asked, package_id: UUID) -> HttpResponse:
    """The content for who opened it within the hour; before that a cover, which opens nothing."""
    acting, found = request.acting, _find(request, package_id)
    standing = found.known.standing(acting.today)
    if standing is not Standing.OPEN:
        return opened.over(request, standing, _way(request, package_id))
    reading = _reading(request, found)
    if reading is None:
        shown = {
            "told": _told(found, acting),
            "duties": duties.of_package(found.known.package, acting.lang),
            "package": package_id,
        }
        return render(request, "pages/sharing/received_cover.html", shown)
    visible.record_look(found.known.package, acting.facts, acting.now, "page")
    return opened.draw(request, reading, _way(request, package_id))


@require_POST
@signed_in
def open_it(request: Asked, package_id: UUID) -> HttpResponse:
    """Open: written down under the member's name."""
    acting, found = request.acting, _find(request, package_id)
    try:
        event = inbox.open_package(found, by=acting.member, now=acting.now)
    except NotReadable as over:
        return opened.over(request, over.standing, _way(request, package_id))
    mine = dict(request.session.get(OPENED, {}))
    request.session[OPENED] = {**mine, str(package_id): signing.dumps(event.pk, salt=OPENED)}
    return redirect("pages:received_package", package_id)


@require_http_methods(["GET", "POST"])
@signed_in
def answer(request: Asked, package_id: UUID, action: str) -> HttpResponse:
    """One answer to what was opened: its form (GET) and sending it (POST)."""
    found, way = _find(request, package_id), _way(request, package_id)
    standing = found.known.standing(request.acting.today)
    if standing is not Standing.OPEN:
        return opened.over(request, standing, way)
    reading = _reading(request, found)
    if reading is None:
        return redirect("pages:received_package", package_id)
    return opened.answer(request, reading, action, way)


def _find(request: Asked, package_id: UUID) -> Received:
    try:
        return inbox.find(package_id, request.acting.facts, request.acting.now)
    except NotFound:
        raise Http404 from None


def _way(request: Asked, package_id: UUID) -> Way:
    return Way(LAYOUT, package_id, request.acting.member.id)


def _reading(request: Asked, found: Received) -> Reading | None:
    """The opening of this session by the member it acts as, while its hour lasts."""
    kept = dict(request.session.get(OPENED, {})).get(str(found.known.package.id), "")
    try:
        ident = signing.loads(kept, salt=OPENED, max_age=opened.SECONDS)
    except signing.BadSignature:
        return None
    event = next((one for one in found.known.openings if one.pk == ident), None)
    if event is None or event.by_id != request.acting.member.id:
        return None
    return Reading(event, found.known, found.known.package.case, request.acting.now)


def _told(one: Received, acting: Acting) -> Told:
    lang, row = acting.lang, one.known.package
    standing = one.known.standing(acting.today)
    state = pinned.pinned(row.case.definition).workflow.states[row.case.state.partition(".")[2]]
    answered = row.case.state.partition(".")[2] not in UNANSWERED
    return Told(
        id=row.id,
        sender=wording.body(one.sender) if one.sender else "",
        when=wording.moment(one.issued.at, lang),
        to=wording.recipient(row),
        purpose=purpose_words(row.purpose, lang),
        categories=wording.listed(category_words(name, lang) for name in row.categories),
        until=wording.day(row.expires_on, lang),
        chip=Chip(_KINDS.get(standing, "done"), standing_words(standing)),
        answer=state.title.in_language(lang) if answered else _("No answer yet"),
        readable=standing is Standing.OPEN,
        new=standing is Standing.OPEN and not one.known.openings,
        readers=tuple(f"{event.reader} {wording.moment(event.at, lang)}" for event in one.known.openings),
    )
