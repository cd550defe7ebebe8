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

from django.utils import timezone, translation  # noqa: E402 - Django first
from prefect import flow  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402

from backend.runs.registry import RUNS, in_words  # noqa: E402
from backend.runs.reporting import Report  # noqa: E402


def _done(name: str, business_date: str | None) -> dict[str, int]:
    """Do a run for a date (`2026-12-01`, today without), leave its report, return its counts.

    Started while another is at work it says so and ends well. Raises RuntimeError when something failed,
    after everything else was done.
    """
    day = date.fromisoformat(business_date) if business_date else timezone.localdate()
    report = RUNS[name].do(day)
    _leave(report)
    print(report.line, flush=True)  # into the office's one log; Prefect keeps the state
    if report.failed:
        raise RuntimeError(report.line)
    return dict(report.counts)


def _leave(report: Report) -> None:
    """The report beside the flow run, in both languages, as people read it in Prefect."""
    parts = []
    for language in ("ja", "en"):
        with translation.override(language):
            parts.append(in_words(report))
    create_markdown_artifact("\n\n---\n\n".join(parts), key=f"run-{report.kind}", description=report.line)


@flow(name="reminders")
def reminders(business_date: str | None = None) -> dict[str, int]:
    """Tell everybody what is due today (or on a date), each thing once."""
    return _done("reminders", business_date)


@flow(name="consents")
def consents(business_date: str | None = None) -> dict[str, int]:
    """Tell of consents that end soon after today (or a date), and of those that ran out, each once."""
    return _done("consents", business_date)


@flow(name="letters")
def letters(business_date: str | None = None) -> dict[str, int]:
    """Make print files of the letters issued up to today (or a date), each letter once."""
    return _done("letters", business_date)


@flow(name="calendar")
def calendar(business_date: str | None = None) -> dict[str, int]:
    """Count deadlines anew where the office's working days changed."""
    return _done("calendar", business_date)


@flow(name="seal")
def seal(business_date: str | None = None) -> dict[str, int]:
    """Sign the whole history as it is now."""
    return _done("seal", business_date)


@flow(name="statistics")
def statistics(business_date: str | None = None) -> dict[str, int]:
    """Count the last month that is over."""
    return _done("statistics", business_date)


@flow(name="board")
def board(business_date: str | None = None) -> dict[str, int]:
    """Count how the section stands now."""
    return _done("board", business_date)


@flow(name="terms")
def terms(business_date: str | None = None) -> dict[str, int]:
    """Tell of terms of office that end."""
    return _done("terms", business_date)


@flow(name="retention")
def retention(business_date: str | None = None) -> dict[str, int]:
    """Propose closed cases whose retention is over."""
    return _done("retention", business_date)


@flow(name="tidy")
def tidy(business_date: str | None = None) -> dict[str, int]:
    """Delete what is kept for a while only and is over."""
    return _done("tidy", business_date)


@flow(name="doubles")
def doubles(business_date: str | None = None) -> dict[str, int]:
    """Put records side by side that may be of one person."""
    return _done("doubles", business_date)
