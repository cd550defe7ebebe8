"""The statistics run: each month's figures, counted in one snapshot and then kept as they are.

Run again for a month it changes nothing and gives the same bytes.
"""

from datetime import date
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import access
from backend.cases.verifying import snapshot
from backend.runs import counting, ledger
from backend.runs.models import Statistics
from backend.runs.reporting import Plan, Progress, Report, silent

KIND = "statistics"
TOLD = ("made", "kept", "failed")
ALSO = ("withheld",)


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Count the last month that is over by the end of a date, for every controller that has none yet."""
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held):
        month = counting.month_of(business_date)
        held.result["month"] = f"{month:%Y-%m}"
        rows = [(figures.controller, *figures.table(_least())) for figures in _counted(month)]
        with transaction.atomic():
            for controller, table, hidden in rows:
                made = _keep(controller, month, table)
                held.counts["made" if made else "kept"] += 1
                if made:
                    held.counts["withheld"] += hidden
            held.keep()
        progress(held.counts)
    return Report(business_date, held.counts, kind=KIND, told=TOLD, also=ALSO, result=held.result)


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
    month = counting.month_of(business_date)
    plans = []
    for figures in _counted(month):
        _table, hidden = figures.table(_least())
        values = {
            "controller": figures.controller,
            "month": f"{month:%Y-%m}",
            "rows": len(figures.rows),
            "hidden": hidden,
        }
        kept = Statistics.objects.filter(controller=figures.controller, month=month).exists()
        said = _("%(month)s, %(controller)s: %(rows)d rows, %(hidden)d figures withheld") % values
        line = "{controller} {month}: {rows} rows, {hidden} figures withheld".format(**values)
        plans.append(Plan(line, values, "kept" if kept else "made", said))
    return plans
