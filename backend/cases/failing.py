"""Why an effect got stuck, in plain words, and what to do about it. Nothing of a case is in them.

`Effect.last_error` holds the words of the part that failed, or the kind of a programming error. Each is
matched here; what nobody foresaw is told as an error of the system, with its kind for whoever repairs it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

Words = Callable[[], str]


@dataclass(frozen=True)
class Why:
    """What went wrong, and what helps."""

    what: str
    help: str


def why(error: str) -> Why:
    """In the language of the reader."""
    for pattern, what, helps in _KNOWN:
        found = pattern.fullmatch(error)
        if found:
            return Why(what() % found.groupdict(), helps())
    return Why(
        _("The system failed (%(kind)s).") % {"kind": error or _("unknown")},
        _("Try again. If it gets stuck again, tell whoever runs the system, with the number of this entry."),
    )


def _known(pattern: str, what: Words, helps: Words) -> tuple[re.Pattern[str], Words, Words]:
    return re.compile(pattern), what, helps


_KNOWN = (
    _known(
        r"interrupted while sending",
        lambda: _("It was interrupted while being sent. Nobody can tell whether it arrived."),
        lambda: _("Ask the one it was for. Try again only if nothing arrived."),
    ),
    _known(
        r"worker lost",
        lambda: _("It ended the process that worked on it, time after time."),
        lambda: _("Tell whoever runs the system before you try again."),
    ),
    _known(
        r"the mail server does not answer: .*",
        lambda: _("The mail server did not answer, time after time."),
        lambda: _("Try again once mail works; the notice stands in the office all the same."),
    ),
    _known(
        r"the mail server asks to try later \((?P<code>\d+)\)",
        lambda: _("The mail server put it off, time after time (%(code)s)."),
        lambda: _("Try again later; the notice stands in the office all the same."),
    ),
    _known(
        r"the mail server refuses it \((?P<code>\d+)\)",
        lambda: _(
            "The mail server refused it (%(code)s). Often the address is wrong or the mailbox is full."
        ),
        lambda: _("Have the address corrected and try again, or tell somebody else."),
    ),
    _known(
        r"the receiving system (?:does not answer|answered (?P<code>\d+)).*",
        lambda: _("The receiving system did not take it."),
        lambda: _("Ask those who run it, then try again."),
    ),
    _known(
        r"this address may not be called.*",
        lambda: _("The address of the receiving system is not allowed here."),
        lambda: _("Have it listed in the settings, or end the subscription."),
    ),
    _known(
        r"[a-z_]+: not known: (?P<fields>.*)",
        lambda: _("The letter needs something the case does not hold: %(fields)s."),
        lambda: _("Add it to the case, then try again."),
    ),
    _known(
        r"[a-z_]+: (?P<code>U\+[0-9A-F]+) in .* cannot be printed",
        lambda: _("The letter holds a character that cannot be printed (%(code)s)."),
        lambda: _("Correct it, or have a font with the character installed, then try again."),
    ),
    _known(
        r"[a-z_]+: .* does not fit its pages and is void",
        lambda: _("The letter does not fit its pages and is void; its number stays used."),
        lambda: _("Shorten what it says, and have it issued again as a new letter."),
    ),
    _known(
        r"[a-z_]+ could not begin: .*",
        lambda: _("The further case could not begin."),
        lambda: _("Look at the case: what it needs may have changed. Then try again."),
    ),
    _known(
        r"nobody has the role system.*",
        lambda: _("No member for automated runs is in office."),
        lambda: _("Have whoever runs the system add one, then try again."),
    ),
    _known(
        r"django\.db\.utils\..*",
        lambda: _("The database refused it or was away."),
        lambda: _("Try again. If it gets stuck again, tell whoever runs the system."),
    ),
)
