"""`tsunagu seal`: show and print seals, hand them to others, countersign theirs, change the key.

Seals are made by `tsunagu run seal`, every night.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import IntegrityError

from backend.config.command import OfficeCommand
from backend.config.keyfiles import KeyTrouble
from backend.seals import paper, sealing, witnessing
from backend.seals.body import fingerprint
from backend.seals.models import Seal
from backend.seals.witnessing import Refused


class Command(OfficeCommand):
    help = "Show, print, hand out and countersign seals of the history, and change the key that signs them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        show = verbs.add_parser("show", help="the last seal, or one of them, with a QR code")
        show.add_argument("number", nargs="?", type=int, help="the last one without it")
        show.add_argument("--html", type=Path, metavar="FILE", help="write a sheet to print instead")
        export = verbs.add_parser("export", help="seals as a file for whoever checks or countersigns them")
        export.add_argument(
            "--since", type=int, metavar="N", help="from this seal on; the last one without it"
        )
        export.add_argument("--out", type=Path, metavar="FILE", help="the file; standard output without it")
        sign = verbs.add_parser("countersign", help="sign the last seal of another installation's file")
        sign.add_argument("file", type=Path, help="what their `tsunagu seal export` wrote")
        sign.add_argument(
            "--out", type=Path, metavar="FILE", help="the file for them; standard output without"
        )
        receive = verbs.add_parser("receive", help="keep somebody's countersignature under a seal of ours")
        receive.add_argument("file", type=Path, help="what their `tsunagu seal countersign` wrote")
        verbs.add_parser("rotate", help="a seal by which the present key names a new one")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(**options)
        except (KeyTrouble, Refused) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _show(self, number: int | None, html: Path | None, **_options: Any) -> None:
        row = self._row(number)
        if html:
            html.write_text(paper.page(row), encoding="utf-8")
            self.stdout.write(f"{html}: seal {row.number}, to print and file.")
            return
        shown = paper.paper(row)
        lines = {
            "seal": f"{shown.number} of {shown.installation}, {shown.at:%Y-%m-%d %H:%M}",
            "root": shown.root,
            "hash": shown.hash,
            "before": shown.previous,
            "signature": shown.signature,
            "key": f"{shown.key} ({shown.public})" + (f", next {shown.next_key}" if shown.next_key else ""),
            "covers": f"{shown.chains} cases, {shown.steps} steps, {shown.packages} packages, "
            f"{shown.looks} looks",
            "letters": ", ".join(shown.letters) or "none",
            "witnesses": ", ".join(shown.witnesses) or "nobody yet",
        }
        for name, value in lines.items():
            self.stdout.write(f"{name:<10} {value}")
        if sys.stdout.isatty():
            import segno  # noqa: PLC0415 - only for people who look at it

            segno.make(shown.line, error="l").terminal(compact=True)

    def _export(self, since: int | None, out: Path | None, **_options: Any) -> None:
        last = self._row(None).number
        rows = Seal.objects.filter(number__gte=since or last).order_by("number")
        if not rows:
            raise CommandError(f"There is no seal {since} yet; the last one is {last}.")
        self._give(witnessing.written_out(rows), out)

    def _countersign(self, file: Path, out: Path | None, **_options: Any) -> None:
        text, said, new = witnessing.countersign(file.read_text(encoding="utf-8", errors="replace"))
        self._give(text, out)
        if new:
            self.stderr.write(
                f"This is the first seal of {said.installation} here. Compare the key {said.key} with their "
                "printed seal before you send this back."
            )
        self.stderr.write(f"Countersigned seal {said.number} of {said.installation}.")

    def _receive(self, file: Path, **_options: Any) -> None:
        row = witnessing.receive(file.read_text(encoding="utf-8", errors="replace"))
        self.stdout.write(
            f"Seal {row.seal_id} is countersigned by {row.witness} (key {fingerprint(bytes(row.public))})."
        )

    def _rotate(self, **_options: Any) -> None:
        self._row(None)
        try:
            made = sealing.make(rotate=True)
        except IntegrityError as error:
            raise CommandError("Another seal was made at the same moment; type the same again.") from error
        shown = paper.paper(self._row(made.number))
        self.stdout.write(
            f"Seal {made.number}, signed by {shown.key}, names the new key {shown.next_key}, now at "
            f"{settings.SEAL_KEY}. Copy that file to a safe place, and print the seal: "
            f"tsunagu seal show {made.number} --html FILE"
        )
        for broken in made.left:
            self.stderr.write(str(broken))

    def _row(self, number: int | None) -> Seal:
        rows = Seal.objects.order_by("-number")
        found = rows.first() if number is None else rows.filter(number=number).first()
        if found is None and not rows:
            raise CommandError("There is no seal yet; make one: tsunagu run seal")
        if found is None:
            raise CommandError(f"There is no seal {number}; the last one is {rows[0].number}.")
        return found

    def _give(self, text: str, out: Path | None) -> None:
        if out is None:
            self.stdout.write(text, ending="")
        else:
            out.write_text(text, encoding="utf-8")
