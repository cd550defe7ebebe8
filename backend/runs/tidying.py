"""The tidying run: what is kept for a while only is deleted when its time is over.

Nothing of a case depends on any of it. Running it again finds nothing more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.runs import ledger
from backend.runs.reporting import Plan, Progress, Report, silent

KIND = "tidy"
TOLD = ("drafts", "put_off", "sessions")
DRAFTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Passing:
    """Rows that end some time after a moment they hold. They belong to layers above: named, not imported."""

    model: str
    moment: str
    after: timedelta
    words: Any

    def over(self) -> QuerySet[Any]:
        """Those whose time is over."""
        rows: QuerySet[Any] = apps.get_model(self.model)._default_manager.all()
        return rows.filter(**{f"{self.moment}__lt": timezone.now() - self.after})


PASSING: Mapping[str, Passing] = {
    "drafts": Passing("pages.Draft", "saved_at", DRAFTS, gettext_lazy("drafts nobody went on with")),
    "put_off": Passing("pages.Later", "until", timedelta(), gettext_lazy("cases back in their lists")),
    "sessions": Passing("sessions.Session", "expire_date", timedelta(), gettext_lazy("sessions that ended")),
}


def run(business_date: date, *, progress: Progress = silent) -> Report:
    """Delete what is over now, whatever the date."""
    held = ledger.take(KIND, business_date)
    if held is None:
        return Report(business_date, at_work=True, kind=KIND, told=TOLD)
    with ledger.ending(held):
        for name, passing in PASSING.items():
            held.counts[name] += passing.over().delete()[0]
            held.keep()
            progress(held.counts)
    return Report(
        business_date, held.counts, kind=KIND, troubles=held.troubles, told=TOLD, result=held.result
    )


def preview(business_date: date) -> list[Plan]:
    """How many of each would be deleted; nothing is."""
    found = []
    for name, passing in PASSING.items():
        count = passing.over().count()
        if count:
            said = _("%(count)d %(what)s would be deleted") % {"count": count, "what": passing.words}
            found.append(Plan(f"{count} {name}", {name: count}, name, said))
    return found
