"""The reminder run: due timers become notices, letters and escalations, each once.

Plain Python over the database: `tsunagu run reminders` needs no Prefect, and the flow of the calendar calls
the same function. Run twice, killed anywhere, or started twice at once, it tells nobody twice and forgets
nobody.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from backend.cases import pinned
from backend.cases.addressees import addressees
from backend.cases.effects import reason
from backend.cases.kill import kill_point
from backend.cases.models import Effect, Notice, Timer
from backend.cases.wake import effects_ready
from backend.people.models import Member
from backend.runs import digests, due, ledger
from backend.runs.due import Horizon, Place
from backend.runs.models import Digest
from backend.sharing.disclosures import ending

KIND = "reminders"
FIRST_ORDINAL = 100  # of letters from a timer: those of the step itself begin at 0
log = structlog.get_logger(__name__)


@dataclass
class Report:
    """What a start of the run did. `at_work` means another process is doing it."""

    business_date: date
    counts: Counter[str] = field(default_factory=Counter)
    at_work: bool = False
    kind: str = KIND

    @property
    def line(self) -> str:
        """The last line on the terminal."""
        if self.at_work:
            return f"{self.kind} {self.business_date}: another run is at work on it; nothing to do here"
        counts = (f"{self.counts[name]} {name}" for name in ("sent", "skipped", "failed"))
        return f"{self.kind} {self.business_date}: {', '.join(counts)}"


@dataclass(frozen=True)
class Telling:
    """What a due timer asks for: who is told, and by which letter besides; `quiet` when others tell it."""

    timer: Timer
    members: tuple[Member, ...] = ()
    letter: Effect | None = None
    quiet: bool = False

    @property
    def reaches(self) -> bool:
        return bool(self.members) or self.letter is not None

    @property
    def outcome(self) -> str:
        return "quiet" if self.quiet else "sent" if self.reaches else "skipped"

    def row(self) -> dict[str, Any]:
        """As a preview shows it."""
        return {
            "case": self.timer.case.number,
            "kind": self.timer.kind,
            "stage": self.timer.stage,
            "to": self.timer.to or self.timer.case.owner_role,
            "members": len(self.members),
            "letter": self.letter.target if self.letter else "",
        }

    def notices(self, now: datetime) -> Iterator[Notice]:
        timer = self.timer
        for member in self.members:
            yield Notice(
                member=member,
                case_id=timer.case_id,
                kind=timer.kind,
                stage=str(timer.stage),
                key=f"timer/{timer.id}/{member.id}",
                created_at=now,
            )


def run(
    business_date: date,
    *,
    now: datetime | None = None,
    chunk: int = due.CHUNK,
    lease_seconds: float = ledger.LEASE_SECONDS,
    progress: Callable[[Counter[str]], None] = lambda counts: None,
) -> Report:
    """Tell everybody what is due on a date (as seen `now`). Raises what ended it.

    Then the next start goes on.
    """
    held = ledger.take(KIND, business_date, lease_seconds=lease_seconds)
    if held is None:
        return Report(business_date, at_work=True)
    horizon = Horizon.of(business_date, now or timezone.now())
    try:
        ending.expire_due(horizon.timers)
        _every_chunk(held, horizon, business_date, chunk, progress)
        digests.send_all(held, business_date)
        held.keep()
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, ledger.RunLost):
            held.end(error=reason(error))
        raise
    held.end()
    return Report(business_date, held.counts)


def _every_chunk(
    held: ledger.HeldRun,
    horizon: Horizon,
    business_date: date,
    size: int,
    progress: Callable[[Counter[str]], None],
) -> None:
    for last_turn in (False, True):
        place: Place | None = due.START
        before = held.counts["skipped"], held.counts["failed"]
        while place is not None:
            place = _chunk(held, horizon, business_date, place, size)
            progress(held.counts)
        left = due.count(horizon)
        passed_over = held.counts["skipped"] + held.counts["failed"] - sum(before)
        if last_turn or left <= passed_over:
            held.counts["skipped"] += max(0, left - passed_over)
            return
        held.counts["skipped"], held.counts["failed"] = before
        time.sleep(1)  # somebody is acting on these cases right now


def _chunk(
    held: ledger.HeldRun, horizon: Horizon, business_date: date, after: Place, size: int
) -> Place | None:
    """Deal with the next timers in one transaction; returns where it ended, None at the end."""
    counts = Counter(held.counts)
    try:
        with transaction.atomic():
            timers = due.take_chunk(horizon, after, limit=size)
            if not timers:
                return None
            tellings = list(_tellings(held, timers, business_date))
            _write([telling for telling in tellings if telling.outcome != "skipped"], held, business_date)
            held.keep()
            kill_point("R2")
    except BaseException:
        held.counts = counts
        raise
    kill_point("R3")
    return timers[-1].at, timers[-1].id


def _tellings(held: ledger.HeldRun, timers: list[Timer], today: date) -> Iterator[Telling]:
    for timer in timers:
        try:
            with transaction.atomic():
                found = telling(timer, today)
        except DatabaseError:
            raise
        except Exception as error:  # one bad case must not keep the others from being reminded
            held.counts["failed"] += 1
            log.error("reminder.failed", timer=timer.id, error=reason(error))
            continue
        held.counts[found.outcome] += 1
        if found.outcome == "skipped":
            log.warning("reminder.nobody", timer=timer.id, to=timer.to)
        yield found


def telling(timer: Timer, today: date) -> Telling:
    """Whom a timer tells: its addressee, else the supervisors, so that nothing lapses for want of somebody.

    A deadline tells nothing by itself where the workflow has a reminder at it or after it.
    """
    if timer.kind == "due" and _reminded(timer):
        return Telling(timer, quiet=True)
    members = addressees(timer.case, timer.to, today)
    letter = _letter(timer)
    if not members and letter is None:
        members = addressees(timer.case, "supervisor", today)
    return Telling(timer, tuple(members), letter)


def _reminded(deadline: Timer) -> bool:
    day = timezone.localtime(deadline.at).replace(hour=0, minute=0, second=0, microsecond=0)
    same_entry = Timer.objects.filter(case_id=deadline.case_id, entry_seq=deadline.entry_seq, kind="remind")
    return same_entry.filter(at__gte=day).exists()


def _letter(timer: Timer) -> Effect | None:
    """The letter the workflow names beside a reminder, under a key that only this timer can have."""
    if not timer.letter:
        return None
    letters = pinned.pinned(timer.case.definition).workflow.letters
    return Effect(
        case_id=timer.case_id,
        seq=timer.case.revision,
        kind="letter",
        target=timer.letter,
        ordinal=FIRST_ORDINAL + timer.stage,
        payload={"to": timer.to or "owner", "definition": letters[timer.letter]},
        not_before=timezone.now(),
    )


def _write(tellings: list[Telling], held: ledger.HeldRun, business_date: date) -> None:
    """Notices, letters, a place in the day's digest, and the mark that it is done: together or not at all."""
    now = timezone.now()
    notices = [notice for telling in tellings for notice in telling.notices(now)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    letters = [telling.letter for telling in tellings if telling.letter]
    Effect.objects.bulk_create(letters)
    if letters:
        ids = [letter.id for letter in letters]
        transaction.on_commit(lambda: effects_ready.send(sender=None, effects=ids))
    told = {member.id for telling in tellings for member in telling.members if member.email}
    Digest.objects.bulk_create(
        [Digest(member_id=member, business_date=business_date) for member in sorted(told)],
        ignore_conflicts=True,
    )
    Timer.objects.filter(id__in=[telling.timer.id for telling in tellings]).update(done_at=now)
    held.counts["notices"] += len(notices)
    held.counts["letters"] += len(letters)


def preview(business_date: date, *, now: datetime | None = None) -> list[Telling]:
    """What a run would do, nothing written."""
    horizon = Horizon.of(business_date, now or timezone.now())
    return [telling(timer, business_date) for timer in due.look(horizon)]
