"""`tsunagu run reminders|consents`: an automated run by hand, the same function the calendar calls."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from backend.runs import consents, reminders
from backend.runs.reminders import Report

RUNS: dict[str, Any] = {reminders.KIND: reminders, consents.KIND: consents}


def day(text: str) -> date:
    """A date as typed. Raises ArgumentTypeError saying what is wanted."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day; want one like 2026-12-01") from None


class Command(BaseCommand):
    help = (
        "Do an automated run now: for today, or as a given day looks at its end. Doing it twice is harmless."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=sorted(RUNS), help="which run")
        parser.add_argument("--date", type=day, default=None, help="the business date; today without it")
        parser.add_argument("--preview", action="store_true", help="show what would be done, do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, *_args: Any, **options: Any) -> None:
        business_date, name = options["date"] or timezone.localdate(), options["name"]
        if options["preview"]:
            self._preview(name, business_date, as_json=options["json"])
            return
        shown = self._progress if sys.stderr.isatty() and not options["json"] else lambda counts: None
        report = RUNS[name].run(business_date, progress=shown)
        self.stdout.write(self._object(report) if options["json"] else self._words(report))
        if report.counts["failed"]:
            raise SystemExit(1)

    def _progress(self, counts: Counter[str]) -> None:
        self.stderr.write(f"\r{counts['sent']} sent", ending="")
        self.stderr.flush()

    def _words(self, report: Report) -> str:
        if report.at_work:
            return report.line
        told = (f"{report.counts[name]} {name}" for name in ("notices", "letters", "mails"))
        return f"{', '.join(told)}\n{report.line}"

    def _object(self, report: Report) -> str:
        names = ("sent", "skipped", "failed", "notices", "letters", "mails", "mails_failed")
        return json.dumps(
            {
                "run": report.kind,
                "date": report.business_date.isoformat(),
                "at_work": report.at_work,
                **{name: report.counts[name] for name in names},
            }
        )

    def _preview(self, name: str, business_date: date, *, as_json: bool) -> None:
        tellings = RUNS[name].preview(business_date)
        if as_json:
            rows = [telling.row() for telling in tellings]
            found = {"run": name, "date": business_date.isoformat(), "preview": rows}
            self.stdout.write(json.dumps(found))
            return
        reached = [telling.row() for telling in tellings if telling.reaches]
        for row in reached:
            letter = f", letter {row['letter']}" if row["letter"] else ""
            self.stdout.write(
                f"{row['case']}  {row['kind']} {row['stage']}  to {row['to']} ({row['members']}){letter}"
            )
        skipped = sum(telling.outcome == "skipped" for telling in tellings)
        self.stdout.write(
            f"{name} {business_date} (preview): {len(reached)} would be sent, {skipped} skipped"
        )
