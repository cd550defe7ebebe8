"""The application of cases and their history."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "backend.cases"
    label = "cases"

    def ready(self) -> None:
        """Register the proof of what is kept of persons: it belongs to `tsunagu verify` like the cases'."""
        from backend.cases import personproof  # noqa: F401, PLC0415 - models must be loaded
