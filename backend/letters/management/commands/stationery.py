"""`tsunagu stationery`: the test sheet of a window, envelopes and labels from a list of addresses."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from backend.config.command import OfficeCommand
from backend.definitions.findings import DefinitionError
from backend.definitions.shapes import nearest
from backend.letters import house, stock
from backend.letters.fonts import FontsMissing
from backend.letters.glyphs import MissingGlyph
from backend.letters.stock import Addressed, Stock

_COLUMNS = ("zip", "address", "name")


class Command(OfficeCommand):
    help = "Print a window's test sheet (calibration), envelopes or labels from a CSV of addresses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("calibration", "envelopes", "labels"))
        parser.add_argument(
            "addresses",
            nargs="?",
            metavar="CSV",
            help="columns zip, address, name; organisation, post, care_of",
        )
        parser.add_argument("--stock", help="which envelope or label sheet (default: the first)")
        parser.add_argument("--skip", type=int, default=0, help="labels already used on the first sheet")
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write (default: WHAT.pdf)")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["output"] or f"{options['what']}.pdf")
        try:
            data = self._printed(options)
            target.write_bytes(data)
        except (FontsMissing, MissingGlyph, DefinitionError) as error:
            raise CommandError(str(error), returncode=1) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.", returncode=1) from None
        self.stdout.write(f"{target}: {len(data) // 1000 + 1} kB. Print it in its own size (100 %).")

    def _printed(self, options: dict[str, Any]) -> bytes:
        if options["what"] == "calibration":
            in_use = house.current()
            return stock.calibration(in_use.envelope, in_use.window)
        found, findings = stock.load()
        if found is None:
            raise DefinitionError(findings)
        kind = _kind(found, options["what"], options["stock"])
        rows = _addresses(options["addresses"])
        if options["what"] == "envelopes":
            return stock.envelopes(kind, rows)
        return stock.labels(kind, rows, max(options["skip"], 0))


def _kind(found: Stock, what: str, name: str | None) -> Any:
    known = found.envelopes if what == "envelopes" else found.labels
    if name and name not in known:
        raise CommandError(f"There is no {name!r} among the {what}; {nearest(name, known)}", returncode=2)
    return known[name or next(iter(known))]


def _addresses(path: str | None) -> list[Addressed]:
    if path is None:
        raise CommandError("Name the CSV file with the addresses.", returncode=2)
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
            raise CommandError(f"{path} has no column {', '.join(missing)}.", returncode=2)
        try:
            return stock.addressed(reader)
        except ValueError as error:
            raise CommandError(f"{path}, {error}.", returncode=1) from None
