"""Drafts: what somebody has typed and not recorded. Kept while they type, for them alone, on every terminal.

A draft belongs to one member, one case (or the beginning of one) and one action. It ends when it is recorded
or thrown away. Files are never part of it.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.answers.form import Form
from backend.answers.post import Post
from backend.pages.acting import Acting, Asked, private, signed_in, typed
from backend.pages.models import Draft
from backend.pages.offers import offered
from backend.pages.seeing import Seen, find
from backend.pages.tasks import task

MOST_VALUES, LONGEST = 500, 20_000


@dataclass(frozen=True)
class Resumed:
    """The answers of a draft, and when it was kept."""

    answers: dict[str, Any]
    when: str


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


def save(seen: Seen, action: str, posted: Post) -> bool:
    """Keep a post as the draft; False when it is larger than what anybody types."""
    given = {name: list(values) for name, values in posted.items() if _is_answer(name)}
    given = {name: [value.replace("\x00", "") for value in values] for name, values in given.items()}
    if len(given) > MOST_VALUES or sum(len(one) for values in given.values() for one in values) > LONGEST:
        return False
    Draft.objects.update_or_create(
        member=seen.acting.member,
        case=seen.case,
        action=action,
        defaults={"posted": given, "revision": seen.case.revision, "saved_at": seen.acting.now},
    )
    return True


def resume(seen: Seen, action: str, form: Form | None) -> Resumed | None:
    """The draft of this member for an action, if there is one."""
    if form is None:
        return None
    found = Draft.objects.filter(member=seen.acting.member, case=seen.case, action=action).first()
    if found is None:
        return None
    when = f"{timezone.localtime(found.saved_at):%m/%d %H:%M}"
    return Resumed(form.read_all(found.posted), when)


def forget(acting: Acting, case_id: UUID, action: str) -> None:
    """It was recorded, or is not wanted any more."""
    Draft.objects.filter(member=acting.member, case_id=case_id, action=action).delete()


def _is_answer(name: str) -> bool:
    """The hidden fields of a page are new with every page; rows a list shows belong to what was typed."""
    return name != "csrfmiddlewaretoken" and (not name.startswith("_") or name.startswith("_rows-"))
