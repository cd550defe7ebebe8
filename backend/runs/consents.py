"""The consent run: whoever is in charge hears before a consent ends, and once it has run out.

Nothing is written on the consent itself: it holds or not by its date. Run twice, killed anywhere, or started
twice at once, it tells nobody twice; the mail is part of the day's digest, which the reminder run sends.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from backend import access
from backend.cases.addressees import addressees
from backend.cases.kill import kill_point
from backend.cases.models import Effect, Notice
from backend.cases.wake import effects_ready
from backend.people.models import Member
from backend.runs import ledger
from backend.runs.models import Digest
from backend.runs.reminders import FIRST_ORDINAL
from backend.runs.reporting import Progress, Report, Trouble, silent, telling_line, telling_words
from backend.sharing.consents.models import Consent, Reminded

KIND = "consents"
ALSO = ("notices", "letters")
ENDING, ENDED = "consent_due", "consent_over"
CHUNK = 200
# The workflows of consents that stand by themselves: there the person is written to. In a referral whoever is
# in charge speaks with the person anyway.
RENEWED_BY_LETTER = frozenset({"consent"})
RENEWAL = "consent_renewal"
log = structlog.get_logger(__name__)

Place = tuple[date, UUID]
START: Place = (date.min, UUID(int=0))

_DUE = """
    SELECT s.id FROM consents_consent s JOIN cases_case c ON c.id = s.case_id
    WHERE s.said IN ('given', 'partial') AND s.ended_at IS NULL AND c.is_open
          AND s.valid_until <= %(until)s AND (s.valid_until, s.id) > (%(day)s, %(id)s)
          AND NOT EXISTS (
              SELECT FROM consents_reminded r
              WHERE r.consent_id = s.id AND r.valid_until = s.valid_until
                    AND r.stage = CASE WHEN s.valid_until < %(today)s THEN 'over' ELSE 'due' END)
    ORDER BY s.valid_until, s.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Telling:
    """What the end of one consent asks for: who is told, and whether the person is written to."""

    consent: Consent
    kind: str
    members: tuple[Member, ...] = ()
    letter: bool = False

    @property
    def reaches(self) -> bool:
        return bool(self.members)

    count = 1

    @property
    def outcome(self) -> str:
        return "sent" if self.reaches else "skipped"

    @property
    def until(self) -> date:
        """The last day; only consents that have one are read."""
        return self.consent.valid_until or date.max

    @property
    def stage(self) -> str:
        return "over" if self.kind == ENDED else "due"

    def row(self) -> dict[str, Any]:
        """As a preview shows it."""
        return {
            "case": self.consent.case.number,
            "kind": self.kind,
            "stage": self.until.isoformat(),
            "to": "assignee",
            "members": len(self.members),
            "letter": RENEWAL if self.letter else "",
        }

    @property
    def line(self) -> str:
        return telling_line(self.row())

    @property
    def words(self) -> str:
        return telling_words(self.row())


def run(
    business_date: date,
    *,
    chunk: int = CHUNK,
    lease_seconds: float = ledger.LEASE_SECONDS,
    progress: Progress = silent,
) -> Report:
    """Tell of every consent that ends soon after a date, or ended before it. Raises what ended it.

    How soon is `consent_reminder_days` of policies/settings.yaml.
    """
    held = ledger.take(KIND, business_date, lease_seconds=lease_seconds)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND)
    place: Place | None = START
    try:
        while place is not None:
            place = _chunk(held, business_date, place, chunk)
            progress(held.counts)
    except Exception as error:
        if not isinstance(error, ledger.RunLost):
            held.end(error=type(error).__name__)
        raise
    held.end()
    return Report(business_date, held.counts, kind=KIND, troubles=held.troubles, also=ALSO)


def _chunk(held: ledger.HeldRun, today: date, after: Place, size: int) -> Place | None:
    """Deal with the next consents in one transaction; returns where it ended, None at the end."""
    counts, troubles = Counter(held.counts), list(held.troubles)
    try:
        with transaction.atomic():
            rows = _read(today, after, size, lock=" FOR UPDATE OF s SKIP LOCKED")
            tellings = [telling(row, today) for row in rows]
            held.counts.update(found.outcome for found in tellings)
            held.troubles += [
                Trouble(one.consent.case.number, "nobody") for one in tellings if not one.reaches
            ]
            _write([found for found in tellings if found.reaches], held, today)
            held.keep()
            kill_point("R2")
    except BaseException:
        held.counts, held.troubles = counts, troubles
        raise
    kill_point("R3")
    last = rows[-1] if rows else None
    return (last.valid_until, last.id) if last and last.valid_until else None


def _read(today: date, after: Place, size: int, *, lock: str = "") -> list[Consent]:
    day, last = after
    values: dict[str, Any] = {
        "today": today,
        "until": today + timedelta(days=access.current().settings["consent_reminder_days"]),
        "day": day,
        "id": last,
        "limit": size,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE + lock, values)
        ids = [row[0] for row in cursor.fetchall()]
    related = ("case__assignee__user", "case__assignee__deputy__user", "case__assignee__supervisor__user")
    return list(
        Consent.objects.filter(id__in=ids).select_related("case", *related).order_by("valid_until", "id")
    )


def telling(row: Consent, today: date) -> Telling:
    """Whom the end of a consent concerns: who is in charge, else the supervisors."""
    over = row.valid_until is not None and row.valid_until < today
    members = addressees(row.case, "assignee", today) or addressees(row.case, "supervisor", today)
    if not members:
        log.warning("consent.nobody", consent=str(row.id))
    letter = not over and row.case.workflow in RENEWED_BY_LETTER
    return Telling(row, ENDED if over else ENDING, tuple(members), letter)


def _write(tellings: list[Telling], held: ledger.HeldRun, today: date) -> None:
    """Notices, letters, a place in the day's digest and the mark that it was told: together or not at all."""
    now = timezone.now()
    notices = [notice for found in tellings for notice in _notices(found)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    letters = [_letter(found.consent, today) for found in tellings if found.letter]
    Effect.objects.bulk_create(letters, ignore_conflicts=True)
    told = sorted({member.id for found in tellings for member in found.members if member.email})
    Digest.objects.bulk_create(
        [Digest(member_id=member, business_date=today) for member in told], ignore_conflicts=True
    )
    Reminded.objects.bulk_create(
        Reminded(consent=found.consent, stage=found.stage, valid_until=found.until, at=now)
        for found in tellings
    )
    held.counts["notices"] += len(notices)
    held.counts["letters"] += len(letters)
    if letters:
        transaction.on_commit(lambda: effects_ready.send(sender=None, effects=_ids(letters)))


def _notices(found: Telling) -> Iterator[Notice]:
    row = found.consent
    for member in found.members:
        yield Notice(
            member=member,
            case_id=row.case_id,
            kind=found.kind,
            key=f"consent/{row.id}/{found.stage}/{row.valid_until}/{member.id}",
            created_at=timezone.now(),
        )


def _letter(row: Consent, today: date) -> Effect:
    """The letter to the person, made from the answers as they stand now, dated today."""
    return Effect(
        case_id=row.case_id,
        seq=row.corrected_seq or row.seq,
        controller=row.controller,
        kind="letter",
        target=RENEWAL,
        ordinal=FIRST_ORDINAL,
        payload={"to": "person", "dated_on": today.isoformat()},
        not_before=timezone.now(),
    )


def _ids(letters: list[Effect]) -> list[int]:
    cases = {letter.case_id for letter in letters}
    rows = Effect.objects.filter(case__in=cases, kind="letter", target=RENEWAL, state=Effect.State.READY)
    return list(rows.values_list("id", flat=True))


def preview(business_date: date) -> list[Telling]:
    """What a run would do, nothing written."""
    found, place = list[Telling](), START
    while rows := _read(business_date, place, CHUNK):
        found += [telling(row, business_date) for row in rows]
        last = rows[-1]
        place = (last.valid_until or date.max, last.id)
    return found
