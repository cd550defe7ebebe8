"""Every automated run, once: the command, the calendar's flows, the page and the metrics all read this."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.catalogue import loading
from backend.runs import (
    board,
    closures,
    consents,
    disposal,
    doubles,
    letters,
    reminders,
    retention,
    seals,
    statistics,
    terms,
    tidying,
)
from backend.runs.reporting import Planned, Progress, Report, silent


class Run(Protocol):
    """Does a run for a date with whatever earlier dates left undone, safe to do again.

    `progress` hears the counts now and then.
    """

    def __call__(self, business_date: date, *, progress: Progress = ...) -> Report: ...


@dataclass(frozen=True)
class Kind:
    """A run: its name (typed and stored), what people call it, what it does in a sentence, and how.

    `by_worker` where a worker may do it; what needs a key stays with the process of the calendar.
    """

    name: str
    title: Any
    says: Any
    run: Run
    preview: Callable[[date], Sequence[Planned]]
    by_worker: bool = True

    def do(self, business_date: date, *, progress: Progress = silent) -> Report:
        """Do the run with the definitions and policies of this installation in use. Raises what ended it."""
        loading.use()
        return self.run(business_date, progress=progress)

    def look_ahead(self, business_date: date) -> Sequence[Planned]:
        """What the run would do, nothing written."""
        loading.use()
        return self.preview(business_date)


# What the counts of all runs are called.
COUNTS: Mapping[str, Any] = {
    "sent": _("told"),
    "skipped": _("nobody to tell"),
    "quiet": _("told by a reminder of its own"),
    "failed": _("failed"),
    "notices": _("notices"),
    "letters": _("letters"),
    "mails": _("mails"),
    "mails_held": _("mails held until the morning"),
    "mails_failed": _("mails not sent"),
    "printed": _("printed"),
    "held": _("held out of the post"),
    "files": _("print files"),
    "sheets": _("sheets"),
    "by_hand": _("to be printed by hand"),
    "moved": _("deadlines moved"),
    "left": _("set by hand and left"),
    "made": _("tables made"),
    "kept": _("tables there already"),
    "withheld": _("small figures withheld"),
    "proposed": _("cases proposed"),
    "sealed": _("seals"),
    "grown": _("cases with new steps"),
    "counted": _("figures counted"),
    "destroyed": _("lists carried out"),
    "waiting": _("lists held back as a whole"),
    "cases": _("cases destroyed"),
    "persons": _("records of persons destroyed"),
    "packages": _("packages destroyed"),
    "kept_back": _("cases held back"),
    "pairs": _("pairs to decide about"),
    **{name: passing.words for name, passing in tidying.PASSING.items()},
}

_ALL: Iterable[Kind] = (
    Kind(
        "reminders",
        _("Reminders"),
        _("Tells people what is due today or late, and escalates; one mail a day to each."),
        reminders.run,
        reminders.preview,
    ),
    Kind(
        "consents",
        _("Consents that end"),
        _("Tells whoever is in charge of consents that end soon or have run out, and writes to the person."),
        consents.run,
        consents.preview,
    ),
    Kind(
        "letters",
        _("Letters for the post"),
        _("Makes print files of the letters that were issued: by sender and envelope, in postal order."),
        letters.run,
        letters.preview,
    ),
    Kind(
        "calendar",
        _("Days the office is closed"),
        _("Counts deadlines anew when the office's working days change, and keeps why they moved."),
        closures.run,
        closures.preview,
    ),
    Kind(
        "seal",
        _("Seal"),
        _("Signs the whole history, so that what is re-written afterwards is found."),
        seals.run,
        seals.preview,
        by_worker=False,
    ),
    Kind(
        "board",
        _("Figures of the board"),
        _("Counts how the section stands: every quarter of an hour what is open, once a day the ways."),
        board.run,
        board.preview,
    ),
    Kind(
        "statistics",
        _("Figures of the month"),
        _("Counts the last month by workflow, state and district; small figures are withheld."),
        statistics.run,
        statistics.preview,
    ),
    Kind(
        "terms",
        _("Terms that end"),
        _("Tells of terms of office that end: 120, 90, 60 and 30 days before, and on the last day."),
        terms.run,
        terms.preview,
    ),
    Kind(
        "retention",
        _("Retention that is over"),
        _("Proposes closed cases whose retention is over to the privacy officer. It deletes nothing."),
        retention.run,
        retention.preview,
    ),
    Kind(
        "disposal",
        _("Disposal"),
        _("Destroys what two people approved on a disposal list, and writes the certificate."),
        disposal.run,
        disposal.preview,
    ),
    Kind(
        "doubles",
        _("Records written twice"),
        _("Puts records side by side that may be of one person. A person decides; nothing is merged."),
        doubles.run,
        doubles.preview,
    ),
    Kind(
        "tidy",
        _("Tidying up"),
        _("Deletes what is kept for a while only: drafts of 30 days ago, ended sessions."),
        tidying.run,
        tidying.preview,
    ),
)
RUNS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}


def in_words(report: Report) -> str:
    """A report for people, in the language in force: what was done, what failed and why, what to do.
    Markdown.
    """
    kind = RUNS[report.kind]
    lines = [f"## {kind.title} {report.business_date}", "", str(kind.says), ""]
    if report.at_work:
        return "\n".join([*lines, gettext("Another process is at work on it.")])
    lines += [f"- {name}: {count}" for name, count in counted(report.counts)]
    lines += [f"- {name}: {value}" for name, value in report.result.items()]
    if report.troubles:
        lines += ["", f"### {gettext('What to look after')}", ""]
    for trouble in report.troubles:
        about = f"**{trouble.about}** " if trouble.about else ""
        lines.append(f"- {about}{trouble.words} {trouble.todo}")
    return "\n".join(lines)


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts under the names people call them by; what is zero is left out."""
    named = [(str(COUNTS.get(name, name)), count) for name, count in counts.items() if count]
    return named or [(gettext("nothing to do"), 0)]
