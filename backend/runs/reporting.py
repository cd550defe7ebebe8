"""What a run did, for people: counts, what failed and why, and what to do about it.

Kept with the run's row as codes and numbers, so that page, terminal, calendar and metrics tell the same in
the reader's language. No personal data: a case is named by its number, a member not at all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MOST_KEPT = 100  # of what failed; the counts tell of all
INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Trouble:
    """One thing that did not go as it should: about what, why (a code of `WHY`), and the error's own
    words.
    """

    about: str
    why: str
    error: str = ""

    def kept(self) -> dict[str, str]:
        return {"about": self.about, "why": self.why, "error": self.error}

    @property
    def words(self) -> str:
        """Why, in the reader's language."""
        return str(WHY[self.why][0]) if self.why in WHY else _("It could not be dealt with.")

    @property
    def todo(self) -> str:
        """What to do, in the reader's language."""
        return str(WHY[self.why][1]) if self.why in WHY else _("Ask whoever runs the system.")


WHY: Mapping[str, tuple[Any, Any]] = {
    "nobody": (
        gettext_lazy("Nobody could be told: no member in office has this role here."),
        gettext_lazy("Give the case somebody in charge, or name a supervisor; the next run tells them."),
    ),
    "error": (
        gettext_lazy("It could not be dealt with."),
        gettext_lazy("The next run tries again. If it fails again, ask whoever runs the system."),
    ),
    "ended": (
        gettext_lazy("The run ended before it was done."),
        gettext_lazy("Run it again: it goes on where it stopped and does nothing twice."),
    ),
    INTERRUPTED: (
        gettext_lazy("The run of that day was interrupted; its work was done by this run."),
        gettext_lazy("Nothing is left to do. If it happens again, ask whoever runs the system why."),
    ),
    "key": (
        gettext_lazy("The key of the seals cannot be used."),
        gettext_lazy("Type `tsunagu run seal` on the machine of the calendar: it says what is wrong."),
    ),
    "mail": (
        gettext_lazy("Mails could not be sent."),
        gettext_lazy("Check the mail server and the addresses. The notices can be seen in the office."),
    ),
    "unprintable": (
        gettext_lazy("The letter's bytes cannot be printed."),
        gettext_lazy("Open the letter, see why, and issue it again under a number of its own."),
    ),
    "no_system": (
        gettext_lazy("Nobody issues letters by themselves for this organisation."),
        gettext_lazy("Add a member of the role “automated run” to it; the next run prints them."),
    ),
    "held_back": (
        gettext_lazy("A disposal list is held back as a whole."),
        gettext_lazy("Open the list under “Retention that is over”: it says for each case why it stays."),
    ),
    "broken": (
        gettext_lazy("The history is not the one that was sealed before."),
        gettext_lazy("Leave the database as it is, type `tsunagu verify`, compare with the printed seals."),
    ),
}


@dataclass(frozen=True)
class Reached:
    """How far a run is in what it is making: so many letters of a print file, counted from 1."""

    file: int
    done: int
    of: int

    @property
    def line(self) -> str:
        """On the terminal."""
        return f"file {self.file}: {self.done} of {self.of}"

    @property
    def words(self) -> str:
        """On the page, in the reader's language."""
        return _("file %(file)d: %(done)d of %(of)d letters") % asdict(self)


class Progress(Protocol):
    """Hears now and then what a run has counted, and how far it is in what it is making."""

    def __call__(self, counts: Counter[str], reached: Reached | None = None) -> None: ...


def silent(counts: Counter[str], reached: Reached | None = None) -> None:
    """Progress that nobody watches."""


@dataclass
class Report:
    """What a start of a run did. `at_work` means another process is doing it; `told` are the counts of
    `line`.
    """

    business_date: date
    counts: Counter[str] = field(default_factory=Counter)
    at_work: bool = False
    kind: str = "reminders"
    troubles: list[Trouble] = field(default_factory=list)
    told: tuple[str, ...] = ("sent", "skipped", "failed")
    also: tuple[str, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.counts["failed"] > 0

    @property
    def line(self) -> str:
        """The last line on the terminal, the same in every language: programs read it."""
        if self.at_work:
            return f"{self.kind} {self.business_date}: another run is at work on it; nothing to do here"
        counts = (f"{self.counts[name]} {name}" for name in self.told)
        return f"{self.kind} {self.business_date}: {', '.join(counts)}"

    def as_dict(self) -> dict[str, Any]:
        """For programs. `result` is what a run made, such as the number of a seal."""
        return {
            "run": self.kind,
            "date": self.business_date.isoformat(),
            "at_work": self.at_work,
            **{name: self.counts[name] for name in (*self.told, *self.also)},
            **self.counts,
            **self.result,
            "troubles": [trouble.kept() for trouble in self.troubles],
        }


def troubles(kept: Iterable[Mapping[str, str]]) -> list[Trouble]:
    """What a run's row says went wrong."""
    return [Trouble(one.get("about", ""), one.get("why", ""), one.get("error", "")) for one in kept]


class Planned(Protocol):
    """One thing a run would do, as a preview shows it."""

    @property
    def outcome(self) -> str:
        """`sent` or what else would be counted; `skipped` and `quiet` are not listed."""

    @property
    def count(self) -> int:
        """How many of what the outcome counts: one timer, the letters of a print file."""

    @property
    def line(self) -> str:
        """On the terminal and the page."""

    @property
    def words(self) -> str:
        """On the page, in the reader's language, without the number of a case."""

    def row(self) -> dict[str, Any]:
        """For programs. `case` is the number of a case, where it is about one."""


@dataclass(frozen=True)
class Plan:
    """A `Planned` that is only words and values."""

    line: str
    values: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "done"
    said: Any = ""
    count: int = 1

    @property
    def words(self) -> str:
        return str(self.said or self.line)

    def row(self) -> dict[str, Any]:
        return dict(self.values)


KINDS: Mapping[str, Any] = {
    "due": gettext_lazy("deadline"),
    "remind": gettext_lazy("reminder"),
    "escalate": gettext_lazy("escalation"),
    "consent_due": gettext_lazy("a consent ends soon"),
    "consent_over": gettext_lazy("a consent has run out"),
}


def telling_words(row: Mapping[str, Any]) -> str:
    """A row of a run that tells people something, for a page; its case is shown by whoever shows it."""
    values = {"what": str(KINDS.get(row["kind"], row["kind"])), "count": row["members"]}
    if row["letter"] and not row["members"]:
        return _("%(what)s: writes a letter") % values
    told = ngettext("%(what)s: tells %(count)d person", "%(what)s: tells %(count)d persons", row["members"])
    if row["letter"]:
        told = ngettext(
            "%(what)s: writes a letter and tells %(count)d person",
            "%(what)s: writes a letter and tells %(count)d persons",
            row["members"],
        )
    return told % values


def telling_line(row: Mapping[str, Any]) -> str:
    """A row of a run that tells people something."""
    letter = f", letter {row['letter']}" if row["letter"] else ""
    return f"{row['case']}  {row['kind']} {row['stage']}  to {row['to']} ({row['members']}){letter}"
