"""Why an effect got stuck, in plain words, and what to do about it. Nothing of a case is in them.

A part that fails names a `Code` and the few facts that go with it; the row keeps them beside the words for
the log. What nobody foresaw is told as an error of the system, with its kind for whoever repairs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

Words = Callable[[], str]


class Code(StrEnum):
    """What is known to go wrong. Rows keep these: a code is never given another meaning."""

    INTERRUPTED = "interrupted"
    WORKER_LOST = "worker_lost"
    MAIL_AWAY = "mail_away"
    MAIL_LATER = "mail_later"
    MAIL_REFUSED = "mail_refused"
    RECEIVER = "receiver"
    ADDRESS = "address"
    UNKNOWN_FIELDS = "unknown_fields"
    CHARACTER = "character"
    TOO_LONG = "too_long"
    START = "start"
    NO_RUN = "no_run"
    NO_PACKAGE = "no_package"
    DATABASE = "database"


@dataclass(frozen=True)
class Why:
    """What went wrong, and what helps."""

    what: str
    help: str


def why(failure: Mapping[str, str], error: str) -> Why:
    """In the language of the reader: what a row keeps of a failure, its words where it has no code."""
    known = _KNOWN.get(failure.get("code", ""))
    if known is not None:
        what, helps = known
        return Why(what() % failure, helps())
    return Why(
        _("The system failed (%(kind)s).") % {"kind": error or _("unknown")},
        _("Try again. If it gets stuck again, tell whoever runs the system, with the number of this entry."),
    )


_KNOWN: Mapping[str, tuple[Words, Words]] = {
    Code.INTERRUPTED: (
        lambda: _("It was interrupted while being sent. Nobody can tell whether it arrived."),
        lambda: _("Ask the one it was for. Try again only if nothing arrived."),
    ),
    Code.WORKER_LOST: (
        lambda: _("It ended the process that worked on it, time after time."),
        lambda: _("Tell whoever runs the system before you try again."),
    ),
    Code.MAIL_AWAY: (
        lambda: _("The mail server did not answer, time after time."),
        lambda: _("Try again once mail works; the notice stands in the office all the same."),
    ),
    Code.MAIL_LATER: (
        lambda: _("The mail server put it off, time after time (%(answer)s)."),
        lambda: _("Try again later; the notice stands in the office all the same."),
    ),
    Code.MAIL_REFUSED: (
        lambda: _(
            "The mail server refused it (%(answer)s). Often the address is wrong or the mailbox is full."
        ),
        lambda: _("Have the address corrected and try again, or tell somebody else."),
    ),
    Code.RECEIVER: (
        lambda: _("The receiving system did not take it."),
        lambda: _("Ask those who run it, then try again."),
    ),
    Code.ADDRESS: (
        lambda: _("The address of the receiving system is not allowed here."),
        lambda: _("Have it listed in the settings, or end the subscription."),
    ),
    Code.UNKNOWN_FIELDS: (
        lambda: _("The letter needs something the case does not hold: %(fields)s."),
        lambda: _("Add it to the case, then try again."),
    ),
    Code.CHARACTER: (
        lambda: _("The letter holds a character that cannot be printed (%(character)s)."),
        lambda: _("Correct it, or have a font with the character installed, then try again."),
    ),
    Code.TOO_LONG: (
        lambda: _("The letter does not fit its pages and is void; its number stays used."),
        lambda: _("Shorten what it says, and have it issued again as a new letter."),
    ),
    Code.START: (
        lambda: _("The further case could not begin."),
        lambda: _("Look at the case: what it needs may have changed. Then try again."),
    ),
    Code.NO_PACKAGE: (
        lambda: _("There is nothing to print: the sharing was recalled or is over."),
        lambda: _("Leave it out; share anew if it is still needed."),
    ),
    Code.NO_RUN: (
        lambda: _("The office of this case (%(controller)s) has no member for automated runs in office."),
        lambda: _("Have whoever runs the system add a member with the role “system” there, then try again."),
    ),
    Code.DATABASE: (
        lambda: _("The database refused it or was away."),
        lambda: _("Try again. If it gets stuck again, tell whoever runs the system."),
    ),
}
