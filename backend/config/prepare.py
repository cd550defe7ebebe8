"""Bring a database to what this version needs: tables, rights, published definitions. Safe to run again."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command

if TYPE_CHECKING:
    from backend.catalogue.loading import Catalogue


def prepare_database(*, verbosity: int = 1) -> "Catalogue":
    """Migrate as the owner, grant the application its rights, publish the definitions and put them to use.

    Raises `DefinitionError` with every finding when they cannot be used; then nothing is published.
    """
    make_tables(verbosity=verbosity)
    return put_to_use()


def make_tables(*, verbosity: int = 1) -> None:
    """Migrate as the owner and grant the application its rights."""
    from backend.config import privileges  # noqa: PLC0415 - needs the applications

    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    privileges.apply(settings.DATABASES["default"]["USER"])


def put_to_use() -> "Catalogue":
    """Read the definitions, publish what is new among them, and work with them from now on."""
    from backend.catalogue import loading  # noqa: PLC0415 - needs the applications

    catalogue = loading.use()
    loading.publish(catalogue)
    return catalogue
