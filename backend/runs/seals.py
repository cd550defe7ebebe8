"""The seal run: every night the whole history under one signature (`backend.seals`).

A seal is of the moment it is made, whatever business date the run has: it cannot be back-dated. Killed, it
leaves nothing, and the next night's seal covers both.
"""

from datetime import date

from django.utils.translation import gettext as _

from backend.runs import ledger
from backend.runs.reporting import Plan, Progress, Report, Trouble, silent
from backend.seals import sealing

KIND = "seal"
TOLD = ("sealed", "grown", "failed")
LEASE_SECONDS = 15 * 60  # one statement after the other on a million chains, with no chunk to keep in between


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Make the next seal. Chains that were re-written since the last one keep their old leaf and are
    reported.

    Raises what ended it, `KeyTrouble` when the key is not here.
    """
    held = ledger.take(KIND, business_date, lease_seconds=LEASE_SECONDS)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held):
        made = sealing.make(keep=held.keep)
        held.troubles += [Trouble(one.number or str(one.case), "broken", str(one)) for one in made.left]
        held.counts.update(sealed=1, grown=made.grown, failed=len(made.left))
        held.result |= {
            "seal": made.number,
            "chains": made.chains,
            "steps": made.steps,
            "root": made.root.hex(),
        }
        held.keep()
        progress(held.counts)
    return Report(
        business_date, held.counts, kind=KIND, troubles=held.troubles, told=TOLD, result=held.result
    )


def preview(business_date: date) -> list[Plan]:
    """What the next seal would see, nothing written."""
    number, new, grown = sealing.waiting()
    values = {"seal": number, "new": new, "grown": grown}
    said = _("Seal %(seal)d: %(new)d new cases, %(grown)d with new steps") % values
    return [Plan(f"seal {number}: {new} new cases, {grown} with new steps", values, said=said)]
