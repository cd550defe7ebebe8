"""What got stuck, and the people who decide about it: try it again, leave it out, tell somebody else.

An effect is stuck when it failed for good (`dead`) or when nobody can tell whether it left (`unclear`).
Nothing happens to it by itself any more. Who may decide is policy (the action `mend`); each decision is kept
with who, when and why, and only one of two people who decide at the same moment is heard.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import access
from backend.access import MemberFacts
from backend.cases import effects, notices, visible
from backend.cases.errors import Conflict, NotFound, NotPossible
from backend.cases.mended import Mended
from backend.cases.models import Case, Effect
from backend.cases.reading import case_facts
from backend.cases.wake import effects_ready
from backend.people.acting import can_act, current
from backend.people.models import Member

ACTION = "mend"
MOST = 50  # shown at once; the oldest first
STUCK = (Effect.State.DEAD, Effect.State.UNCLEAR)
# What can be told to somebody else. A letter to somebody else is another step, with its own decision.
TELLS = frozenset({"notice", "mail"})
LONGEST_REASON = 400


@dataclass(frozen=True)
class Choice:
    """What somebody decides about a stuck effect, and as whom."""

    effect: int
    by: MemberFacts
    now: datetime
    reason: str = ""
    to: UUID | None = None


def stuck(member: MemberFacts, now: datetime, *, most: int = MOST) -> list[Effect]:
    """The stuck effects the member may decide about, the oldest first."""
    return [effect for effect in listed(member, now)[:most] if may(member, effect, now)]


def listed(member: MemberFacts, now: datetime) -> QuerySet[Effect]:
    """The rows of `stuck`, to be counted: those the policies' filter lets through.

    A list is a courtesy; each row is decided again.
    """
    allowed = access.visible_q(member, "case", visible.day(now), action=ACTION)
    return _rows().filter(case__in=Case.objects.filter(allowed))


def may_any(member: MemberFacts, now: datetime) -> bool:
    """Whether the policies leave the member anything to decide about, were it stuck."""
    return access.visible_q(member, "case", visible.day(now), action=ACTION) != access.NONE


def unknown(member: MemberFacts, now: datetime) -> int:
    """How many effects wait, in cases the member may decide about, that no worker of this version can do."""
    allowed = access.visible_q(member, "case", visible.day(now), action=ACTION)
    return effects.unknown().filter(case__in=Case.objects.filter(allowed)).count()


def may(member: MemberFacts, effect: Effect, now: datetime) -> bool:
    """Whether the policies let the member decide about it."""
    facts = case_facts(effect.case, now)
    return access.decide(member, ACTION, facts, today=visible.day(now)).allowed


def receivers(effect: Effect, now: datetime) -> list[Member]:
    """Who can be told instead: members in office of the case's controller who may look at the case."""
    if effect.kind not in TELLS:
        return []
    today = timezone.localdate(now)
    rows = Member.objects.select_related("organisation", "user", "area")
    staff = rows.filter(current(today), controller=effect.case.controller, role__in=_STAFF).order_by("kana")
    facts, day = case_facts(effect.case, now), visible.day(now)
    able = (member for member in staff if can_act(member, today))
    return [member for member in able if access.decide(member.facts(), "view", facts, today=day).allowed]


_STAFF = ("caseworker", "supervisor", "csw_staff")


def retry(choice: Choice) -> Effect:
    """Try it again from the start, at once. What may have left already needs a reason to be repeated."""

    def change(effect: Effect) -> dict[str, Any]:
        if effect.state == Effect.State.UNCLEAR:
            _want_reason(choice)
        transaction.on_commit(lambda: effects_ready.send(sender=None, effects=[effect.id]))
        return {"state": Effect.State.READY, "attempts": 0, "not_before": timezone.now()}

    return _decide(choice, Mended.How.RETRIED, change)


def skip(choice: Choice) -> Effect:
    """Leave it out for good, for a reason."""

    def change(effect: Effect) -> dict[str, Any]:
        _want_reason(choice)
        return {"state": Effect.State.SKIPPED}

    return _decide(choice, Mended.How.SKIPPED, change)


def reassign(choice: Choice) -> Effect:
    """Tell somebody else what a notice or mail was to tell; the stuck one is left out."""

    def change(effect: Effect) -> dict[str, Any]:
        _want_reason(choice)
        found = next((member for member in receivers(effect, choice.now) if member.id == choice.to), None)
        if found is None:
            raise NotPossible(_("Choose somebody in office who may look at the case."))
        notices.tell_instead(effect, found)
        return {"state": Effect.State.SKIPPED}

    return _decide(choice, Mended.How.REASSIGNED, change)


DECISIONS: dict[str, Callable[[Choice], Effect]] = {"retry": retry, "skip": skip, "reassign": reassign}


def history(about: Iterable[Effect]) -> QuerySet[Mended]:
    """What was decided about the effects before, the newest first."""
    rows = Mended.objects.filter(effect__in=[effect.id for effect in about])
    return rows.select_related("by", "to").order_by("-at", "-id")


def _rows() -> QuerySet[Effect]:
    rows = Effect.objects.filter(state__in=STUCK).order_by("not_before", "id")
    return rows.select_related("case__area", "case__assignee", "case__person")


def _decide(choice: Choice, how: Mended.How, change: Callable[[Effect], dict[str, Any]]) -> Effect:
    """Lock, ask the policies, change and record it together.

    Raises `NotFound` for what is none of the member's business, `Conflict` when somebody decided first.
    """
    with transaction.atomic():
        rows = Effect.objects.select_for_update(of=("self",)).select_related("case__assignee")
        effect = rows.filter(id=choice.effect).first()
        if effect is None or not may(choice.by, effect, choice.now):
            raise NotFound
        if effect.state not in STUCK:
            raise Conflict(effect.case.revision)
        was = {"was": effect.state, "attempts": effect.attempts, "error": effect.last_error}
        values = change(effect)
        Effect.objects.filter(id=effect.id).update(**values)
        Mended.objects.create(
            effect=effect,
            how=how,
            by_id=UUID(choice.by.id),
            at=choice.now,
            reason=choice.reason[:LONGEST_REASON],
            to_id=choice.to if how == Mended.How.REASSIGNED else None,
            **was,
        )
    effect.refresh_from_db()
    return effect


def _want_reason(choice: Choice) -> None:
    if not choice.reason.strip():
        raise NotPossible(_("Say why; whoever looks later must understand it."))
