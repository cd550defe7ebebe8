"""What waits in the demo city beside its cases. `data/morning.yaml` tells it; done again, nothing changes.

Twins, print files and what is to be destroyed are found by the runs that find them in an office; what is
stuck, by the workers.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from backend.cases import effects
from backend.cases.actions import Done, perform
from backend.cases.looks import Look
from backend.cases.models import Case, Effect, Key
from backend.definitions.source import read_yaml
from backend.demo.acts import Script, moment
from backend.demo.cast import identity
from backend.disposal import listing
from backend.disposal.models import DisposalList
from backend.letters.models import IssuedLetter, LetterState
from backend.letters.printing import posting
from backend.letters.printing.models import PrintFile
from backend.people import keeping, versions
from backend.people.models import Member
from backend.runs import doubles, letters, retention, seals
from backend.runs.models import Proposal
from backend.workflow import calendar

_FILE = Path(__file__).with_name("data") / "morning.yaml"


def wanted() -> dict[str, Any]:
    """What the file tells."""
    told: dict[str, Any] = read_yaml(_FILE, f"backend/demo/data/{_FILE.name}").value
    return told


def prepare(now: datetime) -> None:
    """Let the runs of the night find what they find, and people do what they did with it up to `now`."""
    told, today = wanted(), now.date()
    doubles.run(today)
    retention.run(today)
    _look(told["looks"], now)
    _post(told["letters"], today)
    letters.run(today)
    with _quiet("backend.cases.effects"):  # what goes wrong here is meant to
        _unwritten(told["stuck"]["letter"], now)
        _interrupted(told["stuck"]["mail"], now)
    if not DisposalList.objects.exists():
        seals.run(today)  # nothing is destroyed whose last step no seal has seen
        _list(told["disposal"], now)


def _look(rows: list[dict[str, Any]], now: datetime) -> None:
    for row in rows:
        case, at = _case(row["about"]), _moment(row, now)
        about: dict[str, Any] = {"subject": case.pk, "case": case, "person_id": case.person_id}
        Look.objects.get_or_create(member_id=_member(row["who"]), at=at, kind="case", how="page", **about)


def _post(told: dict[str, Any], today: date) -> None:
    """Print and post what was issued some days ago; some of it comes back."""
    day = calendar.office().before(today, told["posted"])
    letters.run(day)
    waiting = PrintFile.objects.filter(business_date=day, places__letter__state=LetterState.ISSUED).distinct()
    for hands in told["hands"]:
        for file in waiting.filter(controller=hands["controller"]):
            posting.count(file, by=_member(hands["counts"]), sheets=file.sheets)
            posting.post(file, by=_member(hands["by"]))
    for row in told["returned"]:
        letter = IssuedLetter.objects.filter(case=_case(row["about"])).earliest("number")
        if letter.state == LetterState.POSTED:
            posting.came_back(letter.pk, by=_member(row["by"]), reason=row["reason"])


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Without the warnings of a part, which whoever tries the demo would take for trouble."""
    log = logging.getLogger(name)
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _unwritten(told: dict[str, Any], now: datetime) -> None:
    """A letter to somebody whose name has a character that cannot be printed."""
    case, key = _case(told["about"]), f"demo/stuck/{told['about']}"
    person = case.person
    if person is None or Key.objects.filter(key=key).exists():
        return
    keeping.edit(
        person.pk,
        {"name": told["name"]},
        seen=versions.revision(person),
        by=Member.objects.get(pk=_member(told["who"])),
        reason=told["reason"],
        now=_moment(told, now),
    )
    _effects(_act(told, key, now))


def _interrupted(told: dict[str, Any], now: datetime) -> None:
    """A mail that was being sent when the power failed: what is left then is found by the next worker."""
    key = f"demo/stuck/{told['about']}"
    if Key.objects.filter(key=key).exists():
        return
    Member.objects.filter(pk=_member(told["to"])).update(email=told["address"])
    done = _act(told, key, now)
    _effects(done)
    mails = Effect.objects.filter(case=done.case, seq=done.seq, kind="mail")
    taken = effects.claim(ids=[*mails.values_list("id", flat=True)], limit=len(mails), lease_seconds=0)
    for mail in taken:
        mails.filter(id=mail.id, token=mail.token).update(state=Effect.State.SENDING)
    effects.rescue()


def _act(told: dict[str, Any], key: str, now: datetime) -> Done:
    actor, at = _member(told["who"]), _moment(told, now)
    answers = {name: _meant(value, at) for name, value in told["answers"].items()}
    return perform(_case(told["about"]).pk, told["action"], actor=actor, answers=answers, key=key, at=at)


def _meant(value: Any, at: datetime) -> Any:
    """A date or moment told as so many `days` or `minutes` after the act."""
    match value:
        case {"days": int(days)}:
            return (at.date() + timedelta(days=days)).isoformat()
        case {"minutes": int(minutes)}:
            return (at + timedelta(minutes=minutes)).isoformat()
    return value


def _effects(done: Done) -> None:
    """Do what a step causes, and not what that causes in its turn."""
    waiting = Effect.objects.filter(id__in=done.effects)
    waiting.update(not_before=Now())  # the morning may lie ahead of the clock on the wall
    effects.run_due(ids=done.effects)


def _list(told: dict[str, Any], now: datetime) -> None:
    """One person lists what is over; another is to agree."""
    listed = [_case(key).pk for key in told["listed"]]
    by = Member.objects.get(pk=_member(told["by"]))
    listing.make(Proposal.objects.filter(case__in=listed).select_related("case"), by=by, now=now)


def _case(key: str) -> Case:
    return Case.objects.get(pk=Key.objects.get(key=Script(key, "referral", ()).key_of(0)).case)


def _member(username: str) -> UUID:
    return identity(f"member/{username}")


def _moment(told: dict[str, Any], now: datetime) -> datetime:
    """So many `minutes` before `now`; or at a `time`, so many `days` before or on the last day of `rest`."""
    if "minutes" in told:
        return now - timedelta(minutes=told["minutes"])
    day = now.date() - timedelta(days=told.get("days", 0))
    while told.get("rest") and calendar.office().is_business_day(day):
        day -= timedelta(days=1)
    return moment(day, told["time"])
