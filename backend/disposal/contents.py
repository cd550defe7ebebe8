"""消去: contents of a case that goes on, erased by law; one person asks, a supervisor approves.

個人情報保護法: what is not true is taken out (90条, 34条), what must not be used is erased (98条, 35条), and
the office itself sees to it that its records are true (65条, 22条). The step `erase` names what is erased and
stays in the chain; the contents and their salts go, by the database's own function, in the transaction of the
step. What the office goes by (`facts`), letters it sent and packages it handed over are records of their own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import access
from backend.access import DisposalFacts, MemberFacts
from backend.cases import actions, reading, verifying, visible
from backend.cases.chain import SUBJECT
from backend.cases.errors import NotFound, NotPossible, Refused
from backend.cases.kill import kill_point
from backend.cases.models import Blob, Case, Effect, Notice
from backend.cases.projecting import Written, projects
from backend.disposal import erasures
from backend.disposal.listing import APPROVE, LIST
from backend.disposal.models import Erasure
from backend.people.acting import current, same_hands
from backend.people.models import Member, Role

ACTION, NOTICE = "erase", "erasure"
LONGEST_REASON = 200
Part = tuple[int, str]  # of a step, one data category


@dataclass(frozen=True)
class Wish:
    """What is asked for: parts of a case, on which ground, and why in words."""

    parts: Collection[Part]
    basis: str
    reason: str


def may(member: MemberFacts, action: str, controller: str, now: datetime, asked_by: str = "") -> bool:
    """Whether the member may ask for an erasure in a case of a controller, or approve one."""
    return _decided(member, action, controller, now, asked_by).allowed


def _decided(
    member: MemberFacts, action: str, controller: str, now: datetime, asked_by: str = ""
) -> access.Decision:
    facts = DisposalFacts("contents", controller, asked_by)
    return access.decide(member, action, facts, today=visible.day(now))


def _require(decision: access.Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)


def of_case(case: Case) -> QuerySet[Erasure]:
    """What was asked for in a case, the newest first."""
    rows = Erasure.objects.filter(case=case).select_related("asked_by", "approved_by", "declined_by")
    return rows.order_by("-asked_at", "id")


def parts_of(case: Case) -> list[Part]:
    """Everything in a case that can be erased."""
    return sorted(set(_erasable(case).values_list("seq", "category")))


def _erasable(case: Case) -> QuerySet[Blob]:
    """Whose record the case is stays as long as the case: it is an id, which stands in the case as well."""
    return Blob.objects.filter(case=case).exclude(kind=SUBJECT)


def gone(case: Case) -> Mapping[int, list[str]]:
    """Which categories of which steps were erased."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in Erasure.objects.filter(case=case, done_at__isnull=False).order_by("done_at"):
        for one in row.contents:
            if one["category"] not in found[one["seq"]]:
                found[one["seq"]].append(one["category"])
    return found


def ask(case: Case, wish: Wish, *, by: Member, now: datetime) -> Erasure:
    """Ask for an erasure; the supervisors of the controller are told. Raises `Refused`, `NotPossible`."""
    _require(_decided(by.facts(), LIST, case.controller, now))
    with transaction.atomic():
        wanted = [
            row
            for row in _erasable(case).values_list("seq", "ordinal", "category")
            if (row[0], row[2]) in wish.parts
        ]
        if not wanted or {(seq, category) for seq, _ordinal, category in wanted} != set(wish.parts):
            raise NotPossible(_("Choose what is to be erased; it must still be there."))
        made = Erasure.objects.create(
            case=case,
            controller=case.controller,
            basis=wish.basis,
            reason=wish.reason.strip()[:LONGEST_REASON],
            contents=reading.committed(case, [(seq, ordinal) for seq, ordinal, _category in wanted]),
            asked_by=by,
            asked_account=by.facts().account,
            asked_at=now,
        )
        heads = Member.objects.filter(
            current(timezone.localdate(now)), role=Role.SUPERVISOR, controller=case.controller
        )
        Notice.objects.bulk_create(
            Notice(member=one, case=case, kind=NOTICE, key=f"{NOTICE}/{made.pk}/{one.id}", created_at=now)
            for one in heads.exclude(pk=by.pk)
        )
        return made


def approve(erasure_id: UUID, *, by: Member, now: datetime) -> Erasure:
    """Erase, as the second person, by the one door. Raises what the door does."""
    row = _undecided(erasure_id, by)
    answers = {
        "erasure": str(row.pk),
        "asked_by": str(row.asked_by_id),
        "contents": [[one["seq"], one["ordinal"]] for one in row.contents],
    }
    actions.perform(row.case_id, ACTION, actor=by.pk, answers=answers, key=f"erase-{row.pk}", at=now)
    return Erasure.objects.get(pk=row.pk)


def decline(erasure_id: UUID, *, by: Member, reason: str, now: datetime) -> Erasure:
    """Give it up, with the reason; nothing is erased. Raises `NotFound`, `Refused`, `NotPossible`."""
    with transaction.atomic():
        row = _undecided(erasure_id, by, lock=True)
        _require(_decided(by.facts(), LIST, row.controller, now))
        row.declined_by, row.declined_at, row.decline_reason = by, now, reason[:LONGEST_REASON]
        row.save(update_fields=["declined_by", "declined_at", "decline_reason"])
        return row


def _undecided(erasure_id: UUID, by: Member, *, lock: bool = False) -> Erasure:
    rows = Erasure.objects.select_related("asked_by__user")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    row = rows.filter(pk=erasure_id, controller=by.controller).first()
    if row is None:
        raise NotFound
    if row.approved_at is not None or row.declined_at is not None:
        raise NotPossible(_("Somebody else was first. Look at it again."))
    return row


@projects(ACTION)
def carry_out(written: Written) -> None:
    """With the step: that it is what was asked for and somebody else approves, then the contents go.

    Killed before the commit nothing happened; the line in the erasure ledger is then no more than a wish.
    """
    by = Member.objects.select_related("user", "organisation", "area").get(pk=written.member.id)
    row = _undecided(_uuid(written.answers.get("erasure")), by, lock=True)
    _require(_decided(written.member, APPROVE, row.controller, written.now, row.asked_account))
    if row.asked_by is None or same_hands(row.asked_by, by, timezone.localdate(written.now)):
        raise NotPossible(_("Somebody other than who asked must approve it."))
    named = {"asked_by": str(row.asked_by_id), "contents": row.contents}
    if row.case_id != written.case.id or written.move.erases != named:
        raise NotPossible(_("It is not what was asked for. Look at it again."))
    waiting = Effect.objects.filter(case=row.case_id, state__in=("ready", "claimed", "sending"))
    if waiting.exists():
        raise NotPossible(_("Something of this case is still to be sent. Try again in a minute."))
    row.approved_by, row.approved_account, row.approved_at = by, written.member.account, written.now
    row.seq = written.seq
    row.save(update_fields=["approved_by", "approved_account", "approved_at", "seq"])
    erasures.intend(erasures.of_contents(row))
    kill_point("D1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsunagu_erase_contents(%s)", [row.pk])
    kill_point("D2")
    transaction.on_commit(erasures.settle)


def _uuid(value: object) -> UUID:
    """Raises `NotFound` for what is no id."""
    try:
        return UUID(str(value))
    except ValueError:
        raise NotFound from None


@verifying.excused_by
def erased_on_a_backup() -> Iterator[tuple[UUID, verifying.Place, str]]:
    """Contents erased again on a restored backup, which does not have the step that named them."""
    rows = Erasure.objects.filter(restored_at__isnull=False, done_at__isnull=False)
    for row in rows:
        for one in row.contents:
            yield row.case_id, (one["seq"], one["ordinal"]), one["mac"]
