"""The application that holds the commands of the installation itself (up, web, worker, calendar, prepare)."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "backend.config"
    label = "config"

    def ready(self) -> None:
        """Register what `tsunagu check --deploy` looks at."""
        from backend.config import deploy  # noqa: F401, PLC0415 - importing registers
