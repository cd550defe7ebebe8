"""Drafts: what somebody has typed and not recorded. Kept while they type, for them alone, on every terminal.

A draft belongs to one member, one case and one action. It ends when it is recorded or thrown away, and
30 days after the last change: every draft that is kept takes those that are over with it. Files are never
part of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.answers.form import Form
from backend.answers.post import Post, posted
from backend.cases.models import Key
from backend.pages import wording
from backend.pages.acting import Acting, Asked, private, signed_in, typed
from backend.pages.models import Draft
from backend.pages.offers import offered
from backend.pages.seeing import Seen, find
from backend.pages.tasks import task

MOST_VALUES, LONGEST = 500, 20_000
TOO_LONG = 9  # digits no revision has
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Resumed:
    """The answers of a draft as read and as posted, when it was kept, and of which state of the case."""

    answers: dict[str, Any]
    posted: Post
    when: str
    revision: int


@require_POST
@signed_in
def keep(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """Keep what is typed now. Nothing is checked and nothing about the case changes."""
    seen = find(case_id, request.acting)
    offer = offered(seen, action)
    if offer is None or task(seen, action, offer.title, "").form is None:
        raise Http404
    if not save(seen, action, typed(request)):
        return private(HttpResponse(status=413))
    words = _("Draft kept %(time)s") % {"time": f"{timezone.localtime(request.acting.now):%H:%M}"}
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_POST
@signed_in
def drop(request: Asked, case_id: UUID, action: str) -> HttpResponse:
    """Throw a draft away and begin anew."""
    seen = find(case_id, request.acting)
    forget(request.acting, case_id, action)
    return redirect("pages:act", seen.case.id, action)


def save(seen: Seen, action: str, data: Post) -> bool:
    """Keep a post as the draft; False when it is larger than what anybody types."""
    given = {
        _clean(name): [_clean(value) for value in values] for name, values in data.items() if _is_answer(name)
    }
    if len(given) > MOST_VALUES or sum(len(one) for values in given.values() for one in values) > LONGEST:
        return False
    acting = seen.acting
    # The last autosave may arrive after the form itself: what was recorded is no draft any more.
    if Key.objects.filter(actor=acting.member.id, key=_clean("".join(posted(data, "_key")))[:120]).exists():
        return True
    Draft.objects.filter(saved_at__lt=acting.now - KEPT).delete()
    revision = "".join(posted(data, "_revision"))
    known = revision.isascii() and revision.isdigit() and len(revision) < TOO_LONG
    Draft.objects.update_or_create(
        member=acting.member,
        case=seen.case,
        action=action,
        defaults={
            "posted": given,
            "revision": min(int(revision), seen.case.revision) if known else seen.case.revision,
            "saved_at": acting.now,
        },
    )
    return True


def resume(seen: Seen, action: str, form: Form | None) -> Resumed | None:
    """The draft of this member for an action, if there is one."""
    if form is None:
        return None
    acting = seen.acting
    found = Draft.objects.filter(
        member=acting.member, case=seen.case, action=action, saved_at__gte=acting.now - KEPT
    ).first()
    if found is None:
        return None
    saved = timezone.localtime(found.saved_at)
    today = saved.date() == acting.today
    when = f"{saved:%H:%M}" if today else wording.moment(found.saved_at, acting.lang)
    return Resumed(form.read_all(found.posted), found.posted, when, found.revision)


def forget(acting: Acting, case_id: UUID, action: str) -> None:
    """It was recorded, or is not wanted any more."""
    Draft.objects.filter(member=acting.member, case_id=case_id, action=action).delete()


def _clean(text: str) -> str:
    """Without the one character that PostgreSQL does not store."""
    return text.replace("\x00", "")


def _is_answer(name: str) -> bool:
    """The hidden fields of a page are new with every page; rows a list shows belong to what was typed."""
    return name != "csrfmiddlewaretoken" and (not name.startswith("_") or name.startswith("_rows-"))
