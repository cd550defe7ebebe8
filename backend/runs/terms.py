"""The run of terms: the office hears 120, 90, 60 and 30 days before a term of office ends, and on its last
day.

DOMAIN §6: commissioners are renewed all together on 1 December every third year, volunteers by the city's
rule; recruiting takes months. Each stage is told once for each member; a day that was missed is caught up by
the next, with the stage that holds then. Whoever has a following term in the same office is not told of.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from backend import access
from backend.answers.eras import era_date
from backend.cases.models import Notice
from backend.people.acting import in_office
from backend.people.models import Member, Role
from backend.runs import ledger
from backend.runs.models import Digest, TermTold
from backend.runs.reporting import Progress, Report, Trouble, silent

KIND, NOTICE = "terms", "term"
STAGES = (120, 90, 60, 30, 0)
OWN = 30  # days before the end from which the member hears as well
OVERDUE = timedelta(days=14)  # how long after its end a term that nobody was told of is still told
ALSO = ("notices",)

Group = tuple[str, str, date, int]  # controller, role, last day, stage


@dataclass(frozen=True)
class Ending:
    """A term that ends, and who hears of it at this stage."""

    member: Member
    stage: int
    told: tuple[Member, ...]

    @property
    def ends_on(self) -> date:
        return self.member.valid_until or date.max

    @property
    def group(self) -> Group:
        return self.member.controller, self.member.role, self.ends_on, self.stage

    count = 1

    @property
    def outcome(self) -> str:
        return "sent" if self.told else "skipped"

    @property
    def line(self) -> str:
        return f"{self.member.role} until {self.ends_on}: {self.stage} days before, to {len(self.told)}"

    @property
    def words(self) -> str:
        return f"{self.member.name} {words(stage_of(self.group, 1))}"

    def row(self) -> dict[str, Any]:
        return {"member": str(self.member.id), "role": self.member.role, "ends": self.ends_on.isoformat(),
                "stage": self.stage, "members": len(self.told)}  # fmt: skip


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Tell of every term that ends within 120 days of a date, at the stage that holds then."""
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND)
    with ledger.ending(held), transaction.atomic():
        endings = list(_endings(business_date))
        for found in endings:
            held.counts[found.outcome] += 1
            if not found.told:
                held.troubles.append(Trouble("", "nobody"))
        _write([found for found in endings if found.told], held, business_date)
        held.keep()
        progress(held.counts)
    return Report(business_date, held.counts, kind=KIND, troubles=held.troubles, also=ALSO)


def preview(business_date: date) -> list[Ending]:
    """What a run would tell, nothing written."""
    return list(_endings(business_date))


def ending_soon(controller: str, today: date) -> QuerySet[Member]:
    """The members of a controller whose term ends within 120 days and who have no other after it."""
    return _terms(today).filter(controller=controller).order_by("valid_until", "role", "kana", "id")


def _terms(today: date) -> QuerySet[Member]:
    following = Member.objects.filter(
        Q(user=OuterRef("user"), user__isnull=False) | Q(name=OuterRef("name"), user=None),
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until")),
        role=OuterRef("role"), organisation=OuterRef("organisation"),
    ).exclude(id=OuterRef("id"))  # fmt: skip
    span = (today - OVERDUE, today + timedelta(days=STAGES[0]))
    roles = access.current().settings["term_years"]
    rows = Member.objects.filter(valid_until__range=span, role__in=roles).exclude(Exists(following))
    return rows.exclude(valid_from__gt=F("valid_until")).select_related("organisation", "area", "user")


def _endings(today: date) -> Iterable[Ending]:
    known = set(TermTold.objects.values_list("member", "ends_on", "stage"))
    heads: dict[str, tuple[Member, ...]] = {}
    for member in _terms(today).order_by("valid_until", "role", "id"):
        ends_on = member.valid_until or date.max
        stage = min(stage for stage in STAGES if (ends_on - today).days <= stage or stage == STAGES[0])
        if any((member.id, ends_on, later) in known for later in STAGES if later <= stage):
            continue
        if member.controller not in heads:
            heads[member.controller] = _supervisors(member.controller, today)
        own = (member,) if stage <= OWN and ends_on >= today else ()
        yield Ending(member, stage, (*heads[member.controller], *own))


def _supervisors(controller: str, today: date) -> tuple[Member, ...]:
    rows = Member.objects.filter(in_office(today), role=Role.SUPERVISOR, controller=controller)
    return tuple(rows.order_by("id"))


def _write(endings: list[Ending], held: ledger.HeldRun, today: date) -> None:
    """One notice to each person for each group of terms that end on one day, and that it was told."""
    now = timezone.now()
    groups: Mapping[tuple[Group, Any], list[Ending]] = defaultdict(list)
    for found in endings:
        for member in found.told:
            groups[found.group, member].append(found)
    notices = [
        Notice(
            member=member, kind=NOTICE, stage=stage_of(group, len(some)), created_at=now,
            key=f"term/{today}/{'/'.join(map(str, group))}/{member.id}",
        )
        for (group, member), some in groups.items()
    ]  # fmt: skip
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    TermTold.objects.bulk_create(
        TermTold(member=found.member, ends_on=found.ends_on, stage=found.stage, at=now) for found in endings
    )
    told = sorted({member.id for _group, member in groups if member.email})
    digests = [Digest(member_id=member, business_date=today) for member in told]
    Digest.objects.bulk_create(digests, ignore_conflicts=True)
    held.counts["notices"] += len(notices)


def stage_of(group: Group, count: int) -> str:
    """What a notice keeps: the days, the last day, the office and how many."""
    _controller, role, ends_on, stage = group
    return f"{stage}/{ends_on}/{role}/{count}"


def words(stage: str) -> str:
    """What a notice says, in the reader's language."""
    days, ends_on, role, count = stage.split("/")
    values = {
        "count": int(count),
        "role": str(Role(role).label),
        "day": era_date(date.fromisoformat(ends_on), get_language() or "ja"),
        "days": int(days),
    }
    if values["days"] == 0:
        return _("%(role)s: the term of %(count)d ends on %(day)s, now or already.") % values
    told = ngettext(
        "%(role)s: the term of %(count)d ends on %(day)s (%(days)d days).",
        "%(role)s: the terms of %(count)d end on %(day)s (%(days)d days).",
        int(count),
    )
    return told % values
