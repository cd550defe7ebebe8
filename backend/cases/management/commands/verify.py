"""`tsunagu verify`: prove every chain untouched, or name the first broken step of each."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.cases.verifying import verify


class Command(BaseCommand):
    help = (
        "Prove that the history of every case is untouched; exit 1 and name the first broken step otherwise."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        found = verify()
        for broken in found.broken:
            self.stderr.write(str(broken))
        if found.broken:
            raise CommandError(
                f"{len(found.broken)} of {found.cases} cases are broken. Keep the database as it is, "
                "and compare it with the last backup and the printed seals.",
                returncode=1,
            )
        seconds = time.monotonic() - began
        self.stdout.write(
            f"verified: {found.cases} cases, {found.steps} steps, {found.contents} contents, "
            f"nothing changed ({seconds:.1f} s)"
        )
