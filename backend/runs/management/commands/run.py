"""`tsunagu run reminders`: an automated run by hand, the same function the calendar calls."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from backend.runs import reminders
from backend.runs.reminders import Report, Telling


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
        parser.add_argument("name", choices=[reminders.KIND], help="which run")
        parser.add_argument("--date", type=day, default=None, help="the business date; today without it")
        parser.add_argument("--preview", action="store_true", help="show what would be done, do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, *_args: Any, **options: Any) -> None:
        business_date = options["date"] or timezone.localdate()
        if options["preview"]:
            self._preview(business_date, as_json=options["json"])
            return
        shown = self._progress if sys.stderr.isatty() and not options["json"] else lambda counts: None
        report = reminders.run(business_date, progress=shown)
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
                "run": reminders.KIND,
                "date": report.business_date.isoformat(),
                "at_work": report.at_work,
                **{name: report.counts[name] for name in names},
            }
        )

    def _preview(self, business_date: date, *, as_json: bool) -> None:
        tellings = reminders.preview(business_date)
        reached = [telling for telling in tellings if telling.reaches]
        if as_json:
            rows = [_row(telling) for telling in tellings]
            found = {"run": reminders.KIND, "date": business_date.isoformat(), "preview": rows}
            self.stdout.write(json.dumps(found))
            return
        for row in map(_row, reached):
            letter = f", letter {row['letter']}" if row["letter"] else ""
            self.stdout.write(
                f"{row['case']}  {row['kind']} {row['stage']}  to {row['to']} ({row['members']}){letter}"
            )
        skipped = sum(telling.outcome == "skipped" for telling in tellings)
        self.stdout.write(
            f"{reminders.KIND} {business_date} (preview): {len(reached)} would be sent, {skipped} skipped"
        )


def _row(telling: Telling) -> dict[str, Any]:
    timer = telling.timer
    return {
        "case": timer.case.number,
        "kind": timer.kind,
        "stage": timer.stage,
        "to": timer.to or timer.case.owner_role,
        "members": len(telling.members),
        "letter": telling.letter.target if telling.letter else "",
    }
