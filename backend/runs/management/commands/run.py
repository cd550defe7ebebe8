"""`tsunagu run NAME`: an automated run by hand, the same function the calendar calls."""

import json
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from backend.config.command import OfficeCommand
from backend.config.keyfiles import KeyTrouble
from backend.runs.registry import RUNS, Kind
from backend.runs.reporting import Reached, Report, silent

INTERRUPTED = 130  # what a shell calls a process that was interrupted


def day(text: str) -> date:
    """A date as typed. Raises ArgumentTypeError saying what is wanted."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day; want one like 2026-12-01") from None


def kind(text: str) -> Kind:
    """A run as typed. Raises ArgumentTypeError saying which there are."""
    if text not in RUNS:
        raise ArgumentTypeError(f"there is no run {text!r}; there are {', '.join(RUNS)}")
    return RUNS[text]


@contextmanager
def _ending_aloud(name: str, business_date: date) -> Iterator[None]:
    """A run that is told to end says so: SIGTERM, or SIGHUP of a terminal that was closed, would end its
    process without a word or a trace. Under `nohup` it goes on.
    """

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    told_to = [signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        told_to.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in told_to}
    try:
        yield
    except KeyboardInterrupt:
        told = "interrupted. What was done stays done; start it again, and it goes on from there."
        with suppress(OSError):  # the terminal may be gone
            print(f"{name} {business_date}: {told}", file=sys.stderr, flush=True)
        raise SystemExit(INTERRUPTED) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Command(OfficeCommand):
    help = (
        "Do an automated run now: for today, or as a given day looks at its end. Doing it twice is harmless."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", type=kind, metavar="NAME", help=f"which run: {', '.join(RUNS)}")
        parser.add_argument("--date", type=day, default=None, help="the business date; today without it")
        parser.add_argument("--preview", action="store_true", help="show what would be done, do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, *_args: Any, name: Kind, **options: Any) -> None:
        business_date = options["date"] or timezone.localdate()
        if options["preview"]:
            self._preview(name, business_date, as_json=options["json"])
            return
        shown = self._progress if sys.stderr.isatty() and not options["json"] else silent
        try:
            with _ending_aloud(name.name, business_date):
                report = name.do(business_date, progress=shown)
        except KeyTrouble as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self._words(report)
        if report.failed:
            raise SystemExit(1)

    def _progress(self, counts: Counter[str], reached: Reached | None = None) -> None:
        told = [f"{count} {name}" for name, count in counts.items()] + ([reached.line] if reached else [])
        self.stderr.write("\r\x1b[K" + ", ".join(told), ending="")
        self.stderr.flush()

    def _words(self, report: Report) -> None:
        """What went wrong and what to do, what else was counted, and the line for people and programs."""
        for trouble in report.troubles:
            error = f" ({trouble.error})" if trouble.error else ""
            self.stderr.write(f"{trouble.about}: {trouble.words}{error} {trouble.todo}".removeprefix(": "))
        if not report.at_work:
            more = [f"{report.counts[name]} {name}" for name in report.also]
            more += [f"{name} {value}" for name, value in report.result.items()]
            if more:
                self.stdout.write(", ".join(more))
        self.stdout.write(report.line)

    def _preview(self, name: Kind, business_date: date, *, as_json: bool) -> None:
        planned = name.look_ahead(business_date)
        if as_json:
            rows = [one.row() for one in planned]
            found = {"run": name.name, "date": business_date.isoformat(), "preview": rows}
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        counts = Counter[str]()
        for one in planned:
            counts[one.outcome] += one.count
            if one.outcome not in ("skipped", "quiet"):
                self.stdout.write(one.line)
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        self.stdout.write(f"{name.name} {business_date} (preview, nothing done): {told or 'nothing to do'}")
