"""The run of disposals: what two people approved is destroyed, list by list, each whole or not at all.

It decides nothing: the lists are people's, and the database destroys only what nothing holds back. Killed,
the next run goes on with the lists that are left. A list held back as a whole waits and is reported.
"""

from collections import Counter
from datetime import date

from django.utils.translation import gettext as _

from backend.disposal import carrying_out
from backend.disposal.models import Certificate, DisposalList
from backend.runs import ledger
from backend.runs.reporting import Plan, Progress, Report, Trouble, silent

KIND = "disposal"
TOLD = ("destroyed", "waiting", "failed")
ALSO = ("cases", "persons", "letters", "packages", "kept_back")
LEASE_SECONDS = 15 * 60  # a list is one transaction


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Carry out every approved list; a list that cannot be does not keep the others."""
    held = ledger.take(KIND, business_date, lease_seconds=LEASE_SECONDS)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held):
        carrying_out.tidy()
        for own in carrying_out.waiting():
            try:
                made = carrying_out.carry_out(own)
            except Exception as error:  # told in the report; the list waits as it was
                held.counts["failed"] += 1
                held.troubles.append(Trouble("", "error", type(error).__name__))
            else:
                _count(held.counts, made)
                if made is None:
                    held.troubles.append(Trouble("", "held_back"))
            held.keep()
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


def _count(counts: Counter[str], made: Certificate | None) -> None:
    if made is None:
        counts["waiting"] += 1
        return
    kept = made.list.items.filter(kind="case", outcome="kept").count()
    counts.update(destroyed=1, cases=made.cases, persons=made.persons, letters=made.letters)
    counts.update(packages=made.packages, kept_back=kept)


def preview(business_date: date) -> list[Plan]:
    """What a run would destroy, nothing written."""
    return [_planned(row) for row in DisposalList.objects.filter(pk__in=carrying_out.waiting())]


def _planned(row: DisposalList) -> Plan:
    cases, persons, kept = carrying_out.what_goes(row)
    values = {"list": str(row.pk), "cases": len(cases), "persons": len(persons), "kept": len(kept)}
    line = (
        f"list of {row.made_at:%Y-%m-%d}: {len(cases)} cases, {len(persons)} persons; {len(kept)} held back"
    )
    said = _("A list: %(cases)d cases and %(persons)d persons are destroyed, %(kept)d held back") % values
    return Plan(line, values, said=said)
