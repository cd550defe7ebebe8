"""The weekly look for two records of one person: put side by side, for a person to decide about."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.people import duplicates
from backend.runs import ledger
from backend.runs.reporting import Plan, Progress, Report, silent

KIND = "doubles"
TOLD = ("pairs",)


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Look through all persons as they are now, whatever the date; a pair is found once."""
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held), transaction.atomic():
        held.counts["pairs"] += duplicates.sweep(timezone.now())
        held.keep()
        progress(held.counts)
    return Report(
        business_date, held.counts, kind=KIND, troubles=held.troubles, told=TOLD, result=held.result
    )


def preview(business_date: date) -> list[Plan]:
    """How many pairs would be new; nothing is written."""
    count = duplicates.new_pairs()
    said = _("%(count)d new pairs would wait for a decision") % {"count": count}
    return [Plan(f"{count} pairs", {"pairs": count}, "pairs", said, count)] if count else []
