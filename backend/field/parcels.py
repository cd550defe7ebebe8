"""Taking in what phones sealed, once each, whoever is signed in by then.

A parcel names its member by a mark the office gave out while they were signed in, and is acted on as that
member today: the policies decide now, not when the visit was. What they refuse (the term ended, the case
moved on) is kept sealed for staff, who may take it over as a note of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend import access
from backend.access import MemberFacts
from backend.answers.display import display
from backend.cases import actions, pinned
from backend.cases.actions import Done
from backend.cases.errors import AnswersWrong, Conflict, DoorError, KeyReused
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.cases.visible import day
from backend.field import recording
from backend.field.models import Parcel
from backend.field.sealing import NotOpened, opened
from backend.people.models import Member

MARK_DAYS = 90  # as long as the door remembers its keys
MOST = 50  # parcels in one sending
_SALT = "tsunagu.field.mark"


@dataclass(frozen=True)
class Answer:
    """What became of one parcel: `recorded`, `kept` for the office, `again` later, or `broken`."""

    state: str
    words: str = ""


@dataclass(frozen=True)
class Opened:
    """A record as it was sealed."""

    key: UUID
    member: UUID
    case: UUID
    answers: Mapping[str, Any]


def mark(member: Member) -> str:
    """What a phone seals into its records so that the office knows later whose they are."""
    return signing.dumps(str(member.id), salt=_SALT, compress=False)


def read(key: UUID, sealed: Mapping[str, Any]) -> Opened:
    """A sealed record. Raises `NotOpened` for one that is none, is not of that key, or bears no good mark."""
    inner = opened(sealed)
    try:
        member = UUID(signing.loads(str(inner["mark"]), salt=_SALT, max_age=MARK_DAYS * 86400))
        found = Opened(UUID(str(inner["key"])), member, UUID(str(inner["case"])), inner["answers"])
    except (KeyError, ValueError, signing.BadSignature):
        raise NotOpened from None
    if found.key != key or not isinstance(found.answers, dict):
        raise NotOpened
    return found


def take(key: UUID, sealed: Mapping[str, Any], now: datetime) -> Answer:
    """Act on one record, or keep it. Raises `NotOpened`; whatever else happens, nothing is lost."""
    found = read(key, sealed)
    before = Parcel.objects.filter(key=key).first()
    if before is not None and (before.seq is not None or before.taken_by_id is not None):
        return Answer("recorded", _("Sent. The office has it."))
    try:
        done = recording.record(found.case, found.member, found.answers, key, now)
    except (Conflict, KeyReused):
        return Answer("again")
    except DoorError as error:
        return _keep(found, sealed, error, now)
    _recorded(found, done.done, now)
    return Answer("recorded", done.both_kept or _("Sent. The office has it."))


def _recorded(found: Opened, done: Done, now: datetime) -> None:
    values = {"seq": done.seq, "sealed": None, "why": ""}
    Parcel.objects.update_or_create(
        key=found.key,
        defaults=values,
        create_defaults={"member_id": found.member, "case_id": done.case, "came_at": now, **values},
    )


def _keep(found: Opened, sealed: Mapping[str, Any], error: DoorError, now: datetime) -> Answer:
    """Keep what the door refused, as it was sealed. A case nobody has cannot be kept for anybody."""
    if not Case.objects.filter(pk=found.case).exists() or not Member.objects.filter(pk=found.member).exists():
        raise NotOpened from None
    values = {"member_id": found.member, "case_id": found.case, "came_at": now}
    kept = {"sealed": dict(sealed), "why": "answers" if isinstance(error, AnswersWrong) else error.code}
    Parcel.objects.get_or_create(key=found.key, defaults={**values, **kept})
    return Answer("kept", _("The office has it and will look at it. You need do nothing more."))


@dataclass(frozen=True)
class Kept:
    """A record that waits for staff: whose, about which case, and what it says in words."""

    parcel: Parcel
    lines: tuple[tuple[str, str], ...]


def kept(member: MemberFacts, now: datetime) -> list[Kept]:
    """The records that wait and that the member may take over: about cases they may write a note to."""
    rows = Parcel.objects.filter(seq=None, taken_by=None).select_related(
        "case__person", "case__area", "member"
    )
    mine = [row for row in rows.order_by("came_at") if _may(row.case, member, now)]
    return [Kept(row, _lines(row)) for row in mine]


def take_over(key: UUID, member: Member, now: datetime) -> bool:
    """Write a kept record into its case as a note of the member; False when somebody did before.

    Raises what the door raises.
    """
    with transaction.atomic():
        row = Parcel.objects.select_for_update().filter(key=key, seq=None, taken_by=None).first()
        if row is None:
            return False
        who = Member.objects.get(pk=row.member_id).name
        said = "\n".join(f"{label}: {value}" for label, value in _lines(row))
        body = _("Visit by %(name)s, sent later from the phone") % {"name": who} + f"\n{said}"
        done = actions.perform(
            row.case_id, "note", actor=member.id, answers={"body": body}, key=recording.KEY.format(row.key)
        )
        row.seq, row.sealed, row.taken_by = done.seq, None, member
        row.save(update_fields=["seq", "sealed", "taken_by"])
    return True


def _may(case: Case, member: MemberFacts, now: datetime) -> bool:
    facts = case_facts(case, now)
    decisions = (access.decide(member, does, facts, today=day(now)) for does in ("view", "note"))
    return all(decision.allowed for decision in decisions)


def _lines(row: Parcel) -> tuple[tuple[str, str], ...]:
    """The record in the words of the form; a key that is lost leaves only that there was one."""
    try:
        answers = read(row.key, row.sealed or {}).answers
    except NotOpened:
        return ()
    form = pinned.form(pinned.newest("form", "visit"))
    known = {name: value for name, value in answers.items() if name in form.by_name}
    return tuple((shown.label, shown.value_text) for shown in display(form, known, _lang()))


def _lang() -> str:
    return "en" if (get_language() or "ja").startswith("en") else "ja"
