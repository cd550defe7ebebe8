"""The run of retention: closed cases whose time is over are proposed to the privacy officer; nothing is
deleted.

The time is the workflow's (`retain`), counted from the 1 April after the fiscal year the case ended in
(DOMAIN §3.7). The case of an abused child stays until the person has the age the workflow names; one whose
age nobody knows is never proposed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.answers.eras import age
from backend.cases import pinned
from backend.cases.models import Case, Notice
from backend.definitions.store import NotPublished
from backend.people.acting import current
from backend.people.models import Member, Role
from backend.runs import ledger
from backend.runs.models import Digest, Proposal
from backend.runs.reporting import Progress, Report, silent
from backend.workflow.deadlines import fiscal_year_end
from backend.workflow.model import Retention

KIND, NOTICE = "retention", "retention"
TOLD, ALSO = ("proposed", "failed"), ("notices",)


@dataclass(frozen=True)
class Over:
    """A case whose retention is over, since the day after `ends_on`."""

    case: Case
    ends_on: date
    rule: Retention

    outcome, count = "proposed", 1

    @property
    def line(self) -> str:
        return f"{self.case.number}  kept until {self.ends_on} ({self.rule.years} years)"

    @property
    def words(self) -> str:
        return _("kept until %(day)s: %(cite)s") % {"day": self.ends_on.isoformat(), "cite": self.rule.cite}

    def row(self) -> dict[str, Any]:
        return {"case": self.case.number, "ends": self.ends_on.isoformat(), "cite": self.rule.cite}


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Propose what is over by a date and was not proposed yet; tell each privacy officer once a day."""
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held), transaction.atomic():
        found = list(over(business_date))
        now = timezone.now()
        Proposal.objects.bulk_create(
            [
                Proposal(case=one.case, ends_on=one.ends_on, years=one.rule.years, cite=one.rule.cite, at=now)
                for one in found
            ],
            ignore_conflicts=True,
        )
        held.counts["proposed"] += len(found)
        for controller in sorted({one.case.controller for one in found}):
            held.counts["notices"] += _tell(controller, business_date)
        held.keep()
        progress(held.counts)
    return Report(business_date, held.counts, kind=KIND, troubles=held.troubles, told=TOLD, also=ALSO)


def preview(business_date: date) -> list[Over]:
    """What a run would propose, nothing written."""
    return list(over(business_date))


def over(today: date) -> Iterator[Over]:
    """Closed cases whose retention is over and that were not proposed for this end."""
    known = set(Proposal.objects.values_list("case", "ends_on"))
    for name, rule in _rules():
        first = fiscal_year_end(today, years_later=-rule.years - 1)  # the newest fiscal year that is over
        rows = Case.objects.filter(workflow=name, is_open=False, closed_at__isnull=False)
        rows = rows.filter(closed_at__date__lte=first).select_related("person").order_by("closed_at", "id")
        for case in rows:
            ends_on = _ends_on(case, rule)
            if ends_on is not None and ends_on < today and (case.id, ends_on) not in known:
                yield Over(case, ends_on, rule)


def _ends_on(case: Case, rule: Retention) -> date | None:
    """The last day a case is kept; None while nobody can say."""
    closed = timezone.localdate(case.closed_at)
    ends_on = fiscal_year_end(closed, years_later=rule.years)
    if not rule.until_age or case.facts.get("abuse") != "child":
        return ends_on
    born = case.person.birth_date if case.person else None
    if born is None:
        return None
    while age(born, ends_on) < rule.until_age:
        ends_on = fiscal_year_end(ends_on, years_later=1)
    return ends_on


def _rules() -> Iterator[tuple[str, Retention]]:
    for name in sorted(set(Case.objects.values_list("workflow", flat=True).distinct())):
        try:
            rule = pinned.pinned(pinned.newest("workflow", name)).workflow.retain
        except (NotPublished, LookupError):
            continue
        if rule:
            yield name, rule


def _tell(controller: str, today: date) -> int:
    """One notice a day to each privacy officer of a controller, and a place in the day's mail."""
    officers = list(
        Member.objects.filter(current(today), role=Role.PRIVACY_OFFICER, controller=controller).order_by("id")
    )
    now = timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(member=one, kind=NOTICE, key=f"retention/{today}/{one.id}", created_at=now)
            for one in officers
        ],
        ignore_conflicts=True,
    )
    Digest.objects.bulk_create(
        [Digest(member=one, business_date=today) for one in officers if one.email], ignore_conflicts=True
    )
    return len(officers)
