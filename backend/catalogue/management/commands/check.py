"""`tsunagu check`: every definition checked, every finding at once. Django's own checks run as well.

With `--deploy` also whether the settings are fit for a real office (`backend.config.deploy`).
"""

from typing import Any

from django.core.management.base import CommandError, SystemCheckError
from django.core.management.commands.check import Command as DjangoCheck

from backend.catalogue import loading
from backend.definitions.findings import Finding, errors
from backend.letters import fonts, proof


class Command(DjangoCheck):
    help = (
        "Check every workflow, form, letter and policy, and print each letter's sample; "
        "exit 1 with every finding when one cannot be used."
    )

    def handle(self, *app_labels: Any, **options: Any) -> None:
        unfit = ""
        try:
            super().handle(*app_labels, **options)
        except SystemCheckError as error:
            unfit = str(error)
        except LookupError as error:
            raise CommandError(f"{error} Leave it out: every definition is checked.") from error
        catalogue = loading.read()
        findings = sorted({*catalogue.findings, *self._samples(catalogue)})
        for finding in findings:
            self.stdout.write(str(finding))
        wrong = len(errors(findings))
        if unfit:
            raise SystemCheckError(unfit, returncode=1)
        if wrong:
            raise CommandError(f"{wrong} to mend before these definitions can be used.", returncode=1)
        self.stdout.write(
            f"{len(catalogue.workflows)} workflows, {len(catalogue.forms)} forms, "
            f"{len(catalogue.letters)} letters, "
            f"{len(list(catalogue.book.policies))} policies: nothing wrong"
        )

    def _samples(self, catalogue: loading.Catalogue) -> list[Finding]:
        """Every letter printed with its sample, where the fonts are there and the stationery can be used."""
        health = fonts.fonts()
        if not health.ok:
            self.stdout.write(f"The letters were not printed for a trial, {health}")
        if not health.ok or catalogue.house is None:
            return []
        return proof.prove(catalogue.letters.values(), catalogue.house)
