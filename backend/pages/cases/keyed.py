"""The paper a form page is filled in from: which it is, and through the door with it once."""

import re
from collections.abc import Callable
from uuid import UUID

from django.http import Http404

from backend.cases.actions import Done
from backend.pages.acting import Asked
from backend.papers import keying
from backend.papers.keying import Found

_HASH = re.compile("[0-9a-f]{64}")


def of_action(request: Asked, case: UUID, action: str, form: str) -> Found | None:
    """The paper named by the page, when it may be keyed into this action; None where none is named.

    Raises Http404 for one that belongs elsewhere.
    """
    found = _named(request)
    if found is None:
        return None
    here = found.case in (None, case) and not found.workflow
    if not here or found.action not in ("", action) or found.form != form:
        raise Http404
    return found


def of_start(request: Asked, workflow: str) -> Found | None:
    """The paper named by a page that begins a case. Raises Http404 for one that does not begin this one."""
    found = _named(request)
    if found is not None and found.workflow != workflow:
        raise Http404
    return found


def through(request: Asked, found: Found | None, do: Callable[[], Done]) -> Done:
    """Go through the door; a paper is marked with it. Raises what the door raises, and `UsedBefore`."""
    if found is None:
        return do()
    return keying.once(found, request.acting.member.id, request.acting.now, do)


def _named(request: Asked) -> Found | None:
    digest = request.POST.get("_paper") or request.GET.get("paper") or ""
    if not digest:
        return None
    found = keying.by_hash(digest) if _HASH.fullmatch(digest) else None
    if found is None or found.expired(request.acting.today):
        raise Http404
    return found
