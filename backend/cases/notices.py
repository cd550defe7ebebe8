"""Telling members inside the office. A notice names a case and a kind, never a person."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from backend.cases import statements
from backend.cases.addressees import addressees
from backend.cases.effects import handler
from backend.cases.models import Case, Effect, Notice, Step
from backend.cases.wake import effects_ready
from backend.people.models import Member
from backend.workflow.vocabulary import PHRASES

STEP = "step"

# What a notice is about, as one text: its case, else its kind. What is about the same is told as one.
ABOUT = Coalesce(Cast("case_id", TextField()), "kind", output_field=TextField())


def told_to(member: UUID, now: datetime) -> QuerySet[Notice]:
    """What a member was told by now: no list begins with what lies ahead, as in the demo city's story."""
    return Notice.objects.filter(member=member, created_at__lte=now)


@handler("notice")
def tell(effect: Effect) -> None:
    """Write the notices of a step, and for whoever has an address an effect that mails a hint of them.

    The one who reported hears a fixed phrase and nothing of what was done.
    """
    phrase = effect.target if effect.target in PHRASES else ""
    word = str(effect.payload.get("to") or ("reporter" if phrase else effect.target))
    frozen = str(effect.payload.get("receiver", ""))
    told = addressees(effect.case, word, timezone.localdate(), receiver=frozen)
    prefix = f"step/{effect.case_id}/{effect.seq}/{effect.target}/{effect.ordinal}"
    write(effect.case, phrase or STEP, "" if phrase else _stage(effect), prefix, told)
    mail_hints(effect, told)


def tell_instead(effect: Effect, member: Member) -> None:
    """Tell a member of the step that an effect could not tell of."""
    write(effect.case, STEP, _stage(effect), f"instead/{effect.id}", [member])
    mail_hints(effect, [member])


def _stage(effect: Effect) -> str:
    """What a notice says was done: the name of the step's action."""
    action = Step.objects.values_list("action", flat=True).get(case=effect.case, seq=effect.seq)
    return (action.partition(".")[2] or action)[:60]


def write(case: Case, kind: str, stage: str, prefix: str, members: Iterable[Member]) -> int:
    """Add a notice for each member under the unique key `prefix/member`; returns how many were new."""
    now = timezone.now()
    rows = [
        Notice(member=member, case=case, kind=kind, stage=stage, key=f"{prefix}/{member.id}", created_at=now)
        for member in members
    ]
    keys = [row.key for row in rows]
    before = Notice.objects.filter(key__in=keys).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return Notice.objects.filter(key__in=keys).count() - before


_WRITE_MANY = """
    INSERT INTO cases_notice (member_id, case_id, kind, stage, key, created_at)
    SELECT member, "case", kind, stage, key, %(now)s
    FROM unnest(%(members)s::uuid[], %(cases)s::uuid[], %(kinds)s::text[], %(stages)s::text[],
                %(keys)s::text[]) AS u (member, "case", kind, stage, key)
    ON CONFLICT (key) DO NOTHING
"""


class Told(NamedTuple):
    """A notice to write: `kind`, `stage` and `key` as the model says."""

    member: UUID
    case: UUID
    kind: str
    stage: str
    key: str


def write_many(told: Sequence[Told], now: datetime) -> None:
    """Add the notices of a run in one statement, in its transaction; what was told before stays as it is."""
    if told:
        members, cases, kinds, stages, keys = map(list, zip(*told, strict=True))
        columns = {"members": members, "cases": cases, "kinds": kinds, "stages": stages, "keys": keys}
        statements.rows(_WRITE_MANY, {**columns, "now": now})


def mail_hints(effect: Effect, members: Sequence[Member]) -> None:
    """One mail effect for each member with an address: at most one for a step, whatever it told them."""
    step = {"case_id": effect.case_id, "seq": effect.seq, "controller": effect.controller}
    given: dict[str, Any] = {**step, "not_before": timezone.now()}
    rows = [Effect(kind="mail", target=str(member.id), **given) for member in members if member.email]
    Effect.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        same = Effect.objects.filter(case_id=effect.case_id, seq=effect.seq, kind="mail")
        ids = list(same.filter(state=Effect.State.READY).values_list("id", flat=True))
        transaction.on_commit(lambda: effects_ready.send(sender=None, effects=ids))
