"""The reminder run: due timers become notices, letters and escalations, each once.

Plain Python over the database: `tsunagu run reminders` needs no Prefect, and the flow of the calendar calls
the same function. Run twice, killed anywhere, or started twice at once, it tells nobody twice and forgets
nobody.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from backend.cases import notices, pinned, statements
from backend.cases.addressees import Office
from backend.cases.effects import reason
from backend.cases.kill import kill_point
from backend.cases.models import Effect
from backend.cases.notices import Told
from backend.cases.wake import effects_ready
from backend.people.models import Member
from backend.runs import digests, due, ledger
from backend.runs.due import DueTimer, Horizon, Place
from backend.runs.reporting import Progress, Report, Trouble, silent, telling_line, telling_words
from backend.sharing.disclosures import ending

KIND = "reminders"
ALSO = ("notices", "letters", "mails", "mails_held", "mails_failed")
FIRST_ORDINAL = 100  # of letters from a timer: those of the step itself begin at 0
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Telling:
    """What a due timer asks for: who is told, and by which letter besides; `quiet` when others tell it."""

    timer: DueTimer
    members: tuple[Member, ...] = ()
    letter: Effect | None = None
    quiet: bool = False

    @property
    def reaches(self) -> bool:
        return bool(self.members) or self.letter is not None

    count = 1

    @property
    def outcome(self) -> str:
        return "quiet" if self.quiet else "sent" if self.reaches else "skipped"

    def row(self) -> dict[str, Any]:
        """As a preview shows it."""
        return {
            "case": self.timer.number,
            "kind": self.timer.kind,
            "stage": self.timer.stage,
            "to": self.timer.to or self.timer.owner_role,
            "members": len(self.members),
            "letter": self.letter.target if self.letter else "",
        }

    @property
    def line(self) -> str:
        return telling_line(self.row())

    @property
    def words(self) -> str:
        return telling_words(self.row())

    def notices(self) -> Iterator[Told]:
        timer = self.timer
        for member in self.members:
            key = f"timer/{timer.id}/{member.id}"
            yield Told(member.id, timer.case_id, timer.kind, str(timer.stage), key)


def run(
    business_date: date,
    *,
    now: datetime | None = None,
    chunk: int = due.CHUNK,
    lease_seconds: float = ledger.LEASE_SECONDS,
    progress: Progress = silent,
) -> Report:
    """Tell everybody what is due on a date (as seen `now`). Raises what ended it.

    Then the next start goes on.
    """
    held = ledger.take(KIND, business_date, lease_seconds=lease_seconds)
    if held is None:
        return Report(business_date, at_work=True)
    moment = now or timezone.now()
    horizon = Horizon.of(business_date, moment)
    try:
        # A run for a past date writes its steps as of now: a seal would take an older one for back-dated.
        ending.expire_due(max(horizon.timers, moment))
        _every_chunk(held, horizon, business_date, chunk, progress)
        digests.send_all(held, business_date, moment)
        if held.counts["mails_failed"]:
            held.troubles.append(Trouble("", "mail"))
        held.keep()
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, ledger.RunLost):
            held.end(error=reason(error))
        raise
    held.end()
    return Report(business_date, held.counts, troubles=held.troubles, also=ALSO)


def _every_chunk(
    held: ledger.HeldRun,
    horizon: Horizon,
    business_date: date,
    size: int,
    progress: Progress,
) -> None:
    office = Office(business_date)
    for last_turn in (False, True):
        place: Place | None = due.START
        before, troubles = (held.counts["skipped"], held.counts["failed"]), list(held.troubles)
        while place is not None:
            place = _chunk(held, horizon, office, place, size)
            progress(held.counts)
        left = due.count(horizon)
        passed_over = held.counts["skipped"] + held.counts["failed"] - sum(before)
        if last_turn or left <= passed_over:
            held.counts["skipped"] += max(0, left - passed_over)
            return
        held.counts["skipped"], held.counts["failed"] = before
        held.troubles = troubles
        time.sleep(1)  # somebody is acting on these cases right now


def _chunk(held: ledger.HeldRun, horizon: Horizon, office: Office, after: Place, size: int) -> Place | None:
    """Deal with the next timers in one transaction; returns where it ended, None at the end."""
    counts, troubles = Counter(held.counts), list(held.troubles)
    try:
        with transaction.atomic():
            timers = due.take_chunk(horizon, after, limit=size)
            if not timers:
                return None
            tellings = list(_tellings(held, timers, office))
            _write([telling for telling in tellings if telling.outcome != "skipped"], held, office.today)
            held.keep()
            kill_point("R2")
    except BaseException:
        held.counts, held.troubles = counts, troubles
        raise
    kill_point("R3")
    return timers[-1].at, timers[-1].id


def _tellings(held: ledger.HeldRun, timers: list[DueTimer], office: Office) -> Iterator[Telling]:
    for timer in timers:
        try:
            found = telling(timer, office)
        except DatabaseError:
            raise
        except Exception as error:  # one bad case must not keep the others from being reminded
            held.counts["failed"] += 1
            held.troubles.append(Trouble(timer.number, "error", type(error).__name__))
            log.error("reminder.failed", timer=timer.id, error=reason(error))
            continue
        held.counts[found.outcome] += 1
        if found.outcome == "skipped":
            held.troubles.append(Trouble(timer.number, "nobody"))
            log.warning("reminder.nobody", timer=timer.id, to=timer.to)
        yield found


def telling(timer: DueTimer, office: Office) -> Telling:
    """Whom a timer tells: its addressee, else the supervisors, so that nothing lapses for want of somebody.

    A deadline tells nothing by itself where the workflow has a reminder at it or after it.
    """
    if timer.reminded:
        return Telling(timer, quiet=True)
    members = office.meant(timer, timer.to)
    letter = _letter(timer)
    if not members and letter is None:
        members = office.meant(timer, "supervisor")
    return Telling(timer, tuple(members), letter)


def _letter(timer: DueTimer) -> Effect | None:
    """The letter the workflow names beside a reminder, under a key that only this timer can have."""
    if not timer.letter:
        return None
    letters = pinned.pinned(timer.definition).workflow.letters
    return Effect(
        case_id=timer.case_id,
        seq=timer.revision,
        controller=timer.controller,
        kind="letter",
        target=timer.letter,
        ordinal=FIRST_ORDINAL + timer.stage,
        payload={"to": timer.to or "owner", "definition": letters[timer.letter]},
        not_before=timezone.now(),
    )


_DIGEST = """
    INSERT INTO runs_digest (member_id, business_date, channel, state, last_error, failure)
    SELECT member, %(date)s, 'mail', 'ready', '', '{}' FROM unnest(%(members)s::uuid[]) AS u (member)
    ON CONFLICT DO NOTHING
"""
_DONE = "UPDATE cases_timer SET done_at = %(now)s WHERE id = ANY (%(timers)s::bigint[])"


def _write(tellings: list[Telling], held: ledger.HeldRun, business_date: date) -> None:
    """Notices, letters, a place in the day's digest, and the mark that it is done: together or not at all."""
    now = timezone.now()
    told = [notice for telling in tellings for notice in telling.notices()]
    notices.write_many(told, now)
    letters = [telling.letter for telling in tellings if telling.letter]
    Effect.objects.bulk_create(letters)
    if letters:
        ids = [letter.id for letter in letters]
        transaction.on_commit(lambda: effects_ready.send(sender=None, effects=ids))
    mailed = {member.id for telling in tellings for member in telling.members if member.email}
    statements.rows(_DIGEST, {"members": sorted(mailed), "date": business_date})
    statements.rows(_DONE, {"timers": [telling.timer.id for telling in tellings], "now": now})
    held.counts["notices"] += len(told)
    held.counts["letters"] += len(letters)


def preview(business_date: date, *, now: datetime | None = None) -> list[Telling]:
    """What a run would do, nothing written."""
    horizon, office = Horizon.of(business_date, now or timezone.now()), Office(business_date)
    return [telling(timer, office) for timer in due.look(horizon)]
