"""`tsunagu verify`: prove every chain untouched and every letter there, or name what is broken."""

import time
from typing import Any

from django.core.management.base import CommandError

from backend.cases.verifying import prove_others, verify
from backend.config.command import OfficeCommand


class Command(OfficeCommand):
    help = (
        "Prove that the history of every case is untouched and the one that was sealed, letters numbered "
        "without gaps and their bytes as frozen; exit 1 and name the first broken step of each case, and "
        "each broken letter, seal and definition, otherwise."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        found, others = verify(), prove_others()
        wrong = [str(broken) for broken in found.broken]
        wrong += [broken for proof in others for broken in proof.broken]
        for broken in wrong:
            self.stderr.write(broken)
        if wrong:
            raise CommandError(
                f"{len(wrong)} found broken. Keep the database as it is, and compare it with the last backup "
                "and the printed seals.",
                returncode=1,
            )
        seconds = time.monotonic() - began
        more = "".join(f", {proof.count} {proof.what}" for proof in others)
        self.stdout.write(
            f"verified: {found.cases} cases, {found.steps} steps, {found.contents} contents{more}, "
            f"nothing changed ({seconds:.1f} s)"
        )
