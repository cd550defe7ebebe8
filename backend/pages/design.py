"""The page of components: every part pages are made of in each of its states, by the real templates."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.pages.acting import Asked, signed_in
from backend.pages.seeing import Chip
from backend.pages.wording import Due

ROLES = (
    *(
        "page",
        "raised",
        "sunken",
        "text",
        "second",
        "support",
        "control",
        "rule",
        "link",
        "action",
        "on-action",
    ),
    *("error", "done", "warning", "hover", "selected", "focus", "focus-ring"),
)


@require_safe
@signed_in
def design(request: Asked) -> HttpResponse:
    """Nothing on it is about anybody."""
    shown = {"chips": _chips(), "dues": _dues(), "roles": ROLES}
    return render(request, "pages/design.html", shown)


def _chips() -> tuple[Chip, ...]:
    words = {
        "new": _("New"),
        "ours": _("Our turn"),
        "theirs": _("Waiting for others"),
        "soon": _("Due soon"),
        "late": _("Overdue"),
        "done": _("Done"),
        "stopped": _("Stopped"),
    }
    return tuple(Chip(kind, said) for kind, said in words.items())


def _dues() -> tuple[Due, ...]:
    return (
        Due("late", _("Overdue")),
        Due("soon", _("Today")),
        Due("later", _("Later")),
        Due("held", _("On hold: the clock stands still")),
        Due("none", _("No deadline")),
    )
