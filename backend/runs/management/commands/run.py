"""`tsunagu run reminders|consents|letters`: a run by hand, the same function the calendar calls."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from backend.catalogue import loading
from backend.runs import consents, letters, reminders

RUNS: dict[str, Any] = {one.KIND: one for one in (reminders, consents, letters)}


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
        loading.use()  # what policies do not allow, no run does
        if options["preview"]:
            self._preview(name, business_date, as_json=options["json"])
            return
        shown = self._progress if sys.stderr.isatty() and not options["json"] else lambda counts: None
        report = RUNS[name].run(business_date, progress=shown)
        self.stdout.write(json.dumps(report.object) if options["json"] else report.words)
        if report.counts["failed"]:
            raise SystemExit(1)

    def _progress(self, counts: Counter[str]) -> None:
        self.stderr.write(f"\r{counts['sent'] or counts['printed']} done", ending="")
        self.stderr.flush()

    def _preview(self, name: str, business_date: date, *, as_json: bool) -> None:
        found = RUNS[name].preview(business_date)
        if as_json:
            rows = [one.row() for one in found]
            self.stdout.write(json.dumps({"run": name, "date": business_date.isoformat(), "preview": rows}))
            return
        lines, total = RUNS[name].told(found)
        self.stdout.write("\n".join([*lines, f"{name} {business_date} (preview): {total}"]))
