"""The runs as Prefect flows, for the calendar in workflows/prefect.yaml. The only module that knows
Prefect.

Prefect loads this file by its path in a process of its own, so it sets Django up itself. A flow holds no
logic: what it calls works without Prefect.
"""

import os
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - Django first
from prefect import flow  # noqa: E402

from backend.catalogue import loading  # noqa: E402
from backend.runs import consents as consent_run  # noqa: E402
from backend.runs import letters as letter_run  # noqa: E402
from backend.runs import reminders as reminder_run  # noqa: E402

loading.use()  # what policies do not allow, no run does


@flow(name=reminder_run.KIND)
def reminders(business_date: str | None = None) -> dict[str, int]:
    """Tell everybody what is due today (or on a date, `2026-12-01`), each thing once.

    Started while another is at work it says so and ends well. Raises RuntimeError when something failed,
    after everything else was done.
    """
    day = date.fromisoformat(business_date) if business_date else timezone.localdate()
    report = reminder_run.run(day)
    print(report.line, flush=True)  # into the office's one log; Prefect keeps the state
    if report.counts["failed"]:
        raise RuntimeError(report.line)
    return dict(report.counts)


@flow(name=consent_run.KIND, log_prints=True)
def consents(business_date: str | None = None) -> dict[str, int]:
    """Tell of consents that end within 60 days of today (or of a date), and of those that ran out, each once.

    Started while another is at work it says so and ends well.
    """
    day = date.fromisoformat(business_date) if business_date else timezone.localdate()
    report = consent_run.run(day)
    print(report.line)
    return dict(report.counts)


@flow(name=letter_run.KIND)
def letters(business_date: str | None = None) -> dict[str, int]:
    """Make print files of the letters that were issued up to today (or a date), each letter once.

    Started while another is at work it says so and ends well. Raises RuntimeError when a letter could not be
    printed, after everything else was done.
    """
    day = date.fromisoformat(business_date) if business_date else timezone.localdate()
    report = letter_run.run(day)
    print(report.line, flush=True)
    if report.counts["failed"]:
        raise RuntimeError(report.line)
    return dict(report.counts)
