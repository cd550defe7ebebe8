"""Which keys do what, for those who rather type than point."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.pages.acting import Asked, signed_in


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does; a single `letter` can be switched off."""

    name: str
    does: str
    letter: bool = False


@require_safe
@signed_in
def keyboard(request: Asked) -> HttpResponse:
    """Every key, by where it works."""
    return render(request, "pages/keyboard.html", {"places": _places()})


def _places() -> tuple[tuple[str, tuple[Key, ...]], ...]:
    return (
        (
            _("Everywhere"),
            (
                Key("Tab", _("To the next; with Shift back")),
                Key("Ctrl + Enter", _("What the page is for: record, send, or what is next in the case")),
                Key("Ctrl + K", _("To the box that finds a person or a case")),
                Key("Esc", _("Close a menu")),
                Key("?", _("This list (not in a box one types into)"), letter=True),
            ),
        ),
        (
            _("In my work, with the focus on a case"),
            (
                Key("↑ ↓", _("To the next or previous case")),
                Key("Enter", _("Open it")),
                Key(_("Space"), _("Tick it")),
                Key("A", _("Assign"), letter=True),
                Key("L", _("Write a letter"), letter=True),
                Key("Z", _("Put off until tomorrow"), letter=True),
                Key("/", _("Narrow and order"), letter=True),
            ),
        ),
        (
            _("On the page of a case"),
            (Key("Alt + 1–8", _("To a section: history, answers, person and so on (Firefox: Alt + Shift)")),),
        ),
        (_("While writing"), (Key("Ctrl + S", _("Keep the draft now; it is kept by itself too")),)),
        (
            _("On a request to approve"),
            (
                Key("Y", _("Approve"), letter=True),
                Key("C", _("Approve with conditions"), letter=True),
                Key("B", _("Send back with a question"), letter=True),
                Key("N", _("Refuse"), letter=True),
            ),
        ),
        (
            _("While keying in a paper"),
            (
                Key("1–9", _("Choose the answer of that number")),
                Key("Enter", _("To the next question; after the last one, record")),
                Key("Shift + Enter", _("Back to the question before")),
            ),
        ),
    )
