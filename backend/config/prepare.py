"""Bring a database to what this version needs: tables, rights, published definitions. Safe to run again."""

from django.conf import settings
from django.core.management import call_command


def prepare_database(*, verbosity: int = 1) -> None:
    """Migrate as the owner and grant the application its rights."""
    from backend.config import privileges  # noqa: PLC0415 - needs the settings

    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    privileges.apply(settings.DATABASES["default"]["USER"])
