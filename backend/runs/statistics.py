"""The statistics run: each month's figures, counted in one snapshot and then kept as they are.

Run again for a month it changes nothing and gives the same bytes. A month whose run was missed or interrupted
is counted by the next one.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend import access
from backend.cases.verifying import snapshot
from backend.people.acting import automated
from backend.runs import counting, ledger
from backend.runs.models import Run, Statistics
from backend.runs.reporting import Plan, Progress, Report, silent

KIND = "statistics"
TOLD = ("made", "kept", "failed")
ALSO = ("withheld",)


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Count the last month that is over by the end of a date, for every controller that has none yet.

    Before it those that were missed since the first run ever.
    """
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held):
        for month in _months(business_date):
            _count(held, month)
            progress(held.counts)
    return Report(
        business_date,
        held.counts,
        kind=KIND,
        troubles=held.troubles,
        told=TOLD,
        also=ALSO,
        result=held.result,
    )


def _months(business_date: date) -> list[date]:
    """The month a run of a date is for, after those since the first run ever of which no table was kept."""
    own = counting.month_of(business_date)
    first = Run.objects.filter(kind=KIND).aggregate(first=Min("business_date"))["first"]
    kept = set(Statistics.objects.values_list("month", flat=True))
    missed, month = list[date](), counting.month_of(first or business_date)
    while month < own:
        if month not in kept:
            missed.append(month)
        month = counting.following(month)
    return [*missed, own]


def _count(held: ledger.HeldRun, month: date) -> None:
    """The tables of one month, together or not at all."""
    rows = [(figures.controller, *figures.table(_least())) for figures in _counted(month)]
    with transaction.atomic():
        for controller, table, hidden in rows:
            made = _keep(controller, month, table)
            held.counts["made" if made else "kept"] += 1
            if made:
                held.counts["withheld"] += hidden
        held.result["month"] = f"{month:%Y-%m}"
        held.keep()


def _counted(month: date) -> list[counting.Figures]:
    with snapshot():
        return counting.count(month)


def _keep(controller: str, month: date, table: bytes) -> bool:
    """Store a table unless the month has one; True when it was stored."""
    row = Statistics(
        controller=controller,
        month=month,
        table=table,
        sha256=sha256(table).hexdigest(),
        made_at=timezone.now(),
    )
    there = Statistics.objects.filter(controller=controller, month=month).exists()
    if not there:
        Statistics.objects.bulk_create([row], ignore_conflicts=True)
    return not there


def _least() -> int:
    return int(access.current().settings["small_cell"])


def preview(business_date: date) -> list[Plan]:
    """Which tables would be made, and how much of each would be withheld; nothing written."""
    return [plan for month in _months(business_date) for plan in _plans(month)]


def _plans(month: date) -> Iterator[Plan]:
    for figures in _counted(month):
        _table, hidden = figures.table(_least())
        values = {
            "controller": figures.controller,
            "office": _office(figures.controller),
            "month": f"{month:%Y-%m}",
            "rows": len(figures.rows),
            "hidden": hidden,
        }
        kept = Statistics.objects.filter(controller=figures.controller, month=month).exists()
        said = _("%(month)s, %(office)s: %(rows)d rows, %(hidden)d figures withheld") % values
        line = "{controller} {month}: {rows} rows, {hidden} figures withheld".format(**values)
        yield Plan(line, values, "kept" if kept else "made", said)


def _office(controller: str) -> str:
    """Whose figures they are, for people: the office whose automated runs work for a controller."""
    member = automated(controller, timezone.localdate())
    return member.organisation.called(get_language() or "ja") if member else controller
