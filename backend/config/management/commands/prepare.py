"""`tsunagu prepare`: tables, rights, published definitions."""

from typing import Any

from django.core.management.base import CommandError

from backend.config.command import OfficeCommand
from backend.config.environment import Environment
from backend.config.prepare import prepare_database
from backend.definitions.findings import DefinitionError


class Command(OfficeCommand):
    help = "Bring the database to this version and publish the definitions. Doing it twice is harmless."

    def handle(self, *_args: Any, **options: Any) -> None:
        if not Environment.of_this_process().text("DATABASE_OWNER_URL"):
            raise CommandError(
                "DATABASE_OWNER_URL is not set. Set it to the address of the database for its owner: "
                "tables are made by the owner, whom the running office never knows."
            )
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
