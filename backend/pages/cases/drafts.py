"""Drafts: what somebody has typed and not recorded. Kept while they type, for them alone, on every terminal.

A draft belongs to one member, one case (or the start of one) and one action, and is closed by a key outside
the database. It ends when it is recorded or thrown away, and 30 days after the last change: the run `tidy`
deletes it. Files are never part of it.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.answers.form import Form
from backend.answers.post import Post, posted
from backend.cases.models import Case, Key
from backend.config.keyfiles import KeyTrouble
from backend.pages import wording
from backend.pages.acting import Acting, Asked, private, signed_in, typed
from backend.pages.cases import sealed
from backend.pages.cases.offers import offered
from backend.pages.cases.tasks import task
from backend.pages.models import Draft
from backend.pages.seeing import Seen, find
from backend.people.models import Person
from backend.runs.tidying import DRAFTS

log = structlog.get_logger(__name__)
MOST_VALUES, LONGEST = 500, 20_000
TOO_LONG = 9  # digits no revision has


@dataclass(frozen=True, slots=True)
class Place:
    """What a draft is for: an action of a case at a revision, or the first form of a workflow."""

    case: UUID | None
    action: str
    revision: int = 0


@dataclass(frozen=True)
class Resumed:
    """The answers of a draft as read and as posted, when it was kept, and of which state of the case."""

    answers: dict[str, Any]
    posted: Post
    when: str
    revision: int


def of_case(seen: Seen, action: str) -> Place:
    return Place(seen.case.id, action, seen.case.revision)


def of_start(workflow: str, person: Person | None) -> Place:
    """The first form of a workflow; about each person it is another."""
    return Place(None, f"start:{workflow}:{person.id if person else ''}")


@require_POST
@signed_in
def keep(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """Keep what is typed now. Nothing is checked and nothing about the case changes."""
    seen = find(case_id, request.acting)
    offer = offered(seen, action)
    if offer is None or task(seen, action, offer.title, "").form is None:
        raise Http404
    return kept(request, of_case(seen, action))


def kept(request: Asked, place: Place) -> HttpResponse:
    """What the page is told: when the draft was kept, or that it could not be."""
    try:
        if not save(request.acting, place, typed(request)):
            return private(HttpResponse(status=413))
    except KeyTrouble as trouble:
        log.error("draft.no_key", error=str(trouble))
        return private(HttpResponse(status=503))
    words = _("Draft kept %(time)s") % {"time": f"{timezone.localtime(request.acting.now):%H:%M}"}
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_POST
@signed_in
def drop(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """Throw a draft away and begin anew."""
    seen = find(case_id, request.acting)
    forget(request.acting, of_case(seen, action))
    if request.POST.get("back") == "notes":
        return redirect("pages:section", seen.case.id, "notes")
    return redirect("pages:act", seen.case.id, action)


def save(acting: Acting, place: Place, data: Post) -> bool:
    """Keep a post as the draft; False when it is larger than what anybody types. Raises `KeyTrouble`."""
    given = {
        _clean(name): [_clean(value) for value in values] for name, values in data.items() if _is_answer(name)
    }
    if len(given) > MOST_VALUES or sum(len(one) for values in given.values() for one in values) > LONGEST:
        return False
    # The last autosave may arrive after the form itself: what was recorded is no draft any more.
    if Key.objects.filter(actor=acting.member.id, key=_clean("".join(posted(data, "_key")))[:120]).exists():
        return True
    if not any(value.strip() for values in given.values() for value in values):
        forget(acting, place)  # a form with nothing in it is no draft to go on with
        return True
    revision = "".join(posted(data, "_revision"))
    known = revision.isascii() and revision.isdigit() and len(revision) < TOO_LONG
    Draft.objects.update_or_create(
        member=acting.member,
        case=place.case and Case(pk=place.case),
        action=place.action,
        defaults={
            "sealed": sealed.close(given, _about(acting, place)),
            "revision": min(int(revision), place.revision) if known else place.revision,
            "saved_at": acting.now,
        },
    )
    return True


def not_kept(acting: Acting, place: Place, data: Post) -> str:
    """Keep it, or say why it could not be kept; "" when it was."""
    try:
        if save(acting, place, data):
            return ""
    except KeyTrouble as trouble:
        log.error("draft.no_key", error=str(trouble))
        return _(
            "The draft could not be kept. Tell whoever looks after the system; it is still on this page."
        )
    return _("This is too long to be kept as a draft. It is still on this page.")


def resume(acting: Acting, place: Place, form: Form | None) -> Resumed | None:
    """The draft of this member for an action, if there is one that can be opened."""
    if form is None:
        return None
    found = Draft.objects.filter(
        member=acting.member, case=place.case, action=place.action, saved_at__gte=acting.now - DRAFTS
    ).first()
    if found is None:
        return None
    try:
        given = sealed.opened(bytes(found.sealed), _about(acting, place))
    except KeyTrouble as trouble:
        log.error("draft.no_key", error=str(trouble))
        return None
    if given is None:
        return None
    return Resumed(form.read_all(given), given, when(found, acting), found.revision)


def when(draft: Draft, acting: Acting) -> str:
    """When a draft was kept: of today the time alone."""
    saved = timezone.localtime(draft.saved_at)
    today = saved.date() == acting.today
    return f"{saved:%H:%M}" if today else wording.moment(draft.saved_at, acting.lang)


def own(acting: Acting, case_id: UUID) -> QuerySet[Draft]:
    """The member's drafts about a case, the newest first."""
    rows = Draft.objects.filter(member=acting.member, case=case_id, saved_at__gte=acting.now - DRAFTS)
    return rows.defer("sealed").order_by("-saved_at", "id")


def forget(acting: Acting, place: Place) -> None:
    """It was recorded, or is not wanted any more."""
    Draft.objects.filter(member=acting.member, case=place.case, action=place.action).delete()


def _about(acting: Acting, place: Place) -> str:
    """What binds the closed text to its row: copied into another, it does not open."""
    return f"{acting.member.id}/{place.case or ''}/{place.action}"


def _clean(text: str) -> str:
    """Without the one character that PostgreSQL does not store."""
    return text.replace("\x00", "")


def _is_answer(name: str) -> bool:
    """The hidden fields of a page are new with every page; rows a list shows belong to what was typed."""
    return name != "csrfmiddlewaretoken" and (not name.startswith("_") or name.startswith("_rows-"))
