"""`tsunagu restore-check`: before a restored backup is opened, destroy again what was destroyed since."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from backend.config.command import OfficeCommand
from backend.disposal import erasures, restoring


class Command(OfficeCommand):
    help = (
        "Destroy in a restored backup what the erasure ledger says was destroyed since. With --look say only "
        "what came back, and exit 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--look", action="store_true", help="change nothing")

    def handle(self, *_args: Any, look: bool, **_options: Any) -> None:
        known = len(erasures.erased())
        found = erasures.come_back() if look else restoring.replay()
        for one in found:
            said = "came back" if look else "destroyed again"
            which = f"certificate {one.controller} {one.number}" if one.number else f"erasure {one.list}"
            self.stdout.write(f"{which}: {one.held} {said}")
        if look and found:
            raise CommandError("Type `tsunagu restore-check` before anybody signs in.", returncode=1)
        self.stdout.write(f"{known} entries in the erasure ledger, {len(found)} had come back")
