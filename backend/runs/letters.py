"""The letter run: letters issued and not yet printed become print files, by sender, envelope and weight.

Each file is one transaction, and its pages are kept a few letters at a time until it is whole: a run killed
anywhere goes on with the first letter that is in no file, and in that file at the letter it had come to.
Letters to protected addresses, and to people whose last letter came back, are held out, and somebody is told.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import get_language, ngettext

from backend.cases.effects import reason
from backend.cases.kill import kill_point
from backend.letters import effects, house, life
from backend.letters.models import IssuedLetter
from backend.letters.printing import choosing, files, making
from backend.letters.printing.choosing import Batch
from backend.letters.printing.models import PrintFile
from backend.people.acting import automated
from backend.runs import ledger
from backend.runs.reporting import Progress, Reached, Report, Trouble, silent

KIND = "letters"
LEASE_SECONDS = 120  # between two pieces of a file; joining two thousand sheets takes some three seconds
log = structlog.get_logger(__name__)


# The counts of the last line, and those of the line before it.
TOLD, ALSO = ("printed", "held", "failed"), ("files", "sheets", "by_hand")


@dataclass(frozen=True)
class Planned:
    """A print file as a preview shows it, or (`batch` None) the letters that are held out."""

    batch: Batch | None
    letters: int

    @property
    def count(self) -> int:
        return self.letters

    @property
    def outcome(self) -> str:
        return "held" if self.batch is None else "printed"

    @property
    def line(self) -> str:
        if self.batch is None:
            return f"held out of the post: {self.letters} letters"
        group = self.batch.group
        two = "  two persons" if group.sensitive else ""
        return f"{group.organisation}  {self.letters} letters  {group.postage.name}{two}"

    @property
    def words(self) -> str:
        if self.batch is None:
            return ngettext(
                "%(count)d letter held out of the post",
                "%(count)d letters held out of the post",
                self.letters,
            ) % {"count": self.letters}
        told = ngettext(
            "%(postage)s: a print file of %(count)d letter",
            "%(postage)s: a print file of %(count)d letters",
            self.letters,
        )
        postage = self.batch.group.postage.called(get_language() or "ja")
        return told % {"postage": postage, "count": self.letters}

    def row(self) -> dict[str, Any]:
        if self.batch is None:
            return {"held": self.letters}
        group = self.batch.group
        return {
            "organisation": group.organisation,
            "letters": self.letters,
            "paper": group.paper,
            "window": group.window,
            "postage": group.postage.name,
            "yen": group.postage.yen,
            "sensitive": group.sensitive,
        }


def run(
    business_date: date,
    *,
    lease_seconds: float = LEASE_SECONDS,
    progress: Progress = silent,
) -> Report:
    """Print what was issued up to a date. Raises what ended it; the next start goes on."""
    held = ledger.take(KIND, business_date, lease_seconds=lease_seconds)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    for waiting in ("held", "failed"):  # they count what waits at the end, not what every start met
        held.before.pop(waiting, None)
    try:
        files.sweep()
        _print_all(held, business_date, progress)
        held.keep()
    except KeyboardInterrupt:
        held.end(error="interrupted")
        raise
    except Exception as error:
        if not isinstance(error, ledger.RunLost):
            held.end(error=reason(error))
        raise
    held.end()
    return Report(business_date, held.counts, kind=KIND, troubles=held.troubles, told=TOLD, also=ALSO)


def _print_all(held: ledger.HeldRun, business_date: date, progress: Progress) -> None:
    held_out = set(choosing.held_back(business_date).values_list("id", flat=True))
    for batch in list(choosing.batches(business_date, house.current().postage)):
        made = _print(held, batch, business_date, progress)
        held_out |= set(made.held)
        for letter in made.failed:
            log.error("letters.unprintable", letter=str(letter))
            held.troubles.append(Trouble(_number(letter), "unprintable"))
            _tell(letter, effects.STOPPED)
        held.counts["failed"] += len(made.failed)
        progress(held.counts)
    for letter in sorted(held_out):
        _hold(letter)
    held.counts["held"] = len(held_out) + choosing.doubted(business_date).count()
    held.counts["by_hand"] = choosing.by_hand(business_date).count()


def _print(held: ledger.HeldRun, batch: Batch, business_date: date, progress: Progress) -> making.Made:
    """One file; what it adds to the counts is written with it or not at all."""
    member = automated(batch.group.controller, business_date)
    if member is None:
        log.error("letters.nobody", controller=batch.group.controller, remedy="add a member of role system")
        held.counts["failed"] += len(batch.letters)
        held.troubles.append(Trouble(batch.group.controller, "no_system"))
        return making.Made()
    before = Counter(held.counts)
    nth = held.before["files"] + held.counts["files"] + 1

    def merged(done: int, of: int) -> None:
        held.reached = Reached(nth, done, of)
        held.keep()
        progress(held.counts, held.reached)

    def written(file: PrintFile) -> None:
        held.counts.update(printed=file.letters, sheets=file.sheets, files=1)
        held.reached = None
        held.keep()

    try:
        made = making.make(batch, business_date, member.facts(), written, merged)
    except BaseException:
        held.counts = before
        raise
    kill_point("R3")
    return made


def _number(letter: UUID) -> str:
    return IssuedLetter.objects.get(id=letter).shown_number


def _hold(letter: UUID) -> None:
    """Keep a letter out of the post, and tell whoever is in charge, once."""
    with transaction.atomic():
        try:
            fresh = life.withhold(letter)
        except life.NotNow:
            return  # somebody voided or posted it meanwhile
        if fresh:
            _tell(letter, effects.WITHHELD)


def _tell(letter: UUID, kind: str) -> None:
    effect = effects.effect_of(IssuedLetter.objects.get(id=letter))
    if effect is not None:
        effects.tell(effect, kind)


def preview(business_date: date) -> list[Planned]:
    """The print files a run would make, nothing written. What policies hold out shows only in the run."""
    planned = [
        Planned(batch, len(batch.letters))
        for batch in choosing.batches(business_date, house.current().postage)
    ]
    waiting = choosing.held_back(business_date).count() + choosing.doubted(business_date).count()
    return [*planned, Planned(None, waiting)] if waiting else planned
