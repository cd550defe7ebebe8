"""`tsunagu prepare`: tables, rights, published definitions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.config.prepare import prepare_database
from backend.definitions.findings import DefinitionError


class Command(BaseCommand):
    help = "Bring the database to this version and publish the definitions. Doing it twice is harmless."

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            catalogue = prepare_database(verbosity=options["verbosity"])
        except DefinitionError as error:
            raise CommandError(
                f"{error}\nNothing was published. `tsunagu check` shows all findings."
            ) from error
        self.stdout.write(
            f"Prepared: {len(catalogue.workflows)} workflows, {len(catalogue.forms)} forms, "
            f"{len(catalogue.letters)} letters and the policies are published."
        )
