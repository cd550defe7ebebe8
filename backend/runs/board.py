"""The board run: counts what stands open, and once a day the ways of the cases of two fiscal years.

It only replaces what it counted before, so that running it again, or at the same time twice, changes nothing.
"""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from backend.cases.models import Case
from backend.figures import counting
from backend.runs import ledger
from backend.runs.reporting import Plan, Progress, Report, silent

KIND = "board"
TOLD = ("counted", "failed")


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Count now, whatever the date: a board shows how things stand, not how they stood."""
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held):
        now = timezone.now()
        held.counts["counted"] += counting.standing(now)
        last = counting.fresh().ways
        if last is None or timezone.localdate(last) != timezone.localdate(now):
            held.counts["counted"] += counting.ways(now)
        held.keep()
        progress(held.counts)
    return Report(
        business_date, held.counts, kind=KIND, troubles=held.troubles, told=TOLD, result=held.result
    )


def preview(business_date: date) -> list[Plan]:
    """How many open cases would be counted."""
    cases = Case.objects.filter(is_open=True).count()
    said = _("%(cases)d open cases would be counted") % {"cases": cases}
    return [Plan(f"{cases} open cases", {"cases": cases}, "counted", said)]
