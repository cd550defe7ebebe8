"""Opening a record in an emergency: finding exactly one, recording every attempt, telling who must know.

The window itself is a fact of the case, written by the door (`backend.cases.generic`).
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac

from backend.cases import notices
from backend.cases.addressees import addressees
from backend.cases.effects import handler
from backend.cases.models import Case, Effect, Step
from backend.cases.projecting import Written, projects
from backend.people import folding
from backend.people.acting import current
from backend.people.models import Member, Person, Role
from backend.sharing.councils.models import GlassAttempt

KIND = "glass"
OPENED, FOUND, NOTHING, REFUSED = "opened", "found", "nothing", "refused"


@handler(KIND)
def tell_at_once(effect: Effect) -> None:
    """Tell the supervisor and the privacy officer of the case's controller, and those of who opened it."""
    today = timezone.localdate()
    step = Step.objects.select_related("actor").get(case=effect.case, seq=effect.seq)
    told = {
        member.id: member
        for word in (Role.SUPERVISOR, Role.PRIVACY_OFFICER)
        for member in (*addressees(effect.case, word, today), *_of_the_actor(step.actor, word, today))
        if member.id != step.actor_id
    }
    members = list(told.values())
    notices.write(effect.case, KIND, "", f"glass/{effect.case_id}/{effect.seq}", members)
    notices.mail_hints(effect, members)


def _of_the_actor(actor: Member, role: str, today: date) -> Iterable[Member]:
    if role == Role.SUPERVISOR and actor.supervisor is not None:
        return [actor.supervisor]
    return Member.objects.filter(current(today), role=role, controller=actor.controller)


@projects("break_glass")
def opened(written: Written) -> None:
    """An opening, by whatever way it came: the page, the API, an action of the case."""
    if written.move.corrects is None:
        GlassAttempt.objects.create(
            member_id=UUID(written.member.id),
            at=written.now,
            by="case",
            danger=written.answers["danger"],
            reason=written.answers["reason"],
            outcome=OPENED,
            case_id=written.case.id,
        )


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: a case number, or a name and a birth date. Nothing else finds a record."""

    number: str = ""
    name: str = ""
    born: date | None = None

    @property
    def by(self) -> str:
        return "number" if self.number else "person"

    @property
    def complete(self) -> bool:
        return bool(self.number) or bool(folding.fold(self.name) and self.born)

    def cases(self) -> list[Case]:
        """The cases that fit exactly: by number one at most, of a person the open ones (else the last)."""
        if self.number:
            plain = unicodedata.normalize("NFKC", self.number).strip().upper()
            return list(Case.objects.filter(number=plain))
        folded = folding.fold(self.name)
        born = Person.objects.filter(birth_date=self.born).values_list("id", "name_key")
        persons = [person for person, key in born if folded and folded in key.split()]
        cases = list(Case.objects.filter(person__in=persons).order_by("-opened_at", "id"))
        return [case for case in cases if case.is_open] or cases[:1]

    def term(self) -> str:
        """The keyed hash an attempt carries: the same for the same words."""
        words = self.number or f"{folding.fold(self.name)}\0{self.born}"
        return salted_hmac("tsunagu/glass/1", words, algorithm="sha256").hexdigest()


def record(
    member: Member,
    wanted: Wanted,
    answers: dict[str, Any],
    outcome: str,
    at: datetime,
    case: Case | None = None,
) -> None:
    """Write an attempt down that opened nothing."""
    GlassAttempt.objects.create(
        member=member,
        at=at,
        by=wanted.by,
        term=wanted.term(),
        danger=str(answers.get("danger", ""))[:12],
        reason=str(answers.get("reason", ""))[:500],
        outcome=outcome,
        case=case,
    )


@dataclass(frozen=True)
class Counted:
    """What one member did in a month."""

    member: Member
    opened: int
    nothing: int
    refused: int


def monthly(controller: str, month: date) -> list[Counted]:
    """Of each member: how often they opened records of this controller, or were its own and opened others."""
    first = timezone.make_aware(datetime.combine(month.replace(day=1), time()))
    year, number = divmod(month.year * 12 + month.month, 12)
    following = timezone.make_aware(datetime(year, number + 1, 1))  # noqa: DTZ001 - made aware here
    rows = GlassAttempt.objects.filter(at__gte=first, at__lt=following).select_related(
        "member__organisation", "case"
    )
    counts: dict[Any, Counter[str]] = {}
    members = {}
    for row in rows:
        concerned = row.member.controller == controller or (row.case and row.case.controller == controller)
        if concerned:
            members[row.member_id] = row.member
            counts.setdefault(row.member_id, Counter())[row.outcome] += 1
    found = [
        Counted(members[member], count[OPENED], count[NOTHING], count[REFUSED])
        for member, count in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.opened, -one.nothing, one.member.kana))
