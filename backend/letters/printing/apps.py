"""Printing letters by the thousand, and what happens to them once they are on paper."""

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "backend.letters.printing"
    label = "printing"

    def ready(self) -> None:
        """Register the proof of print files."""
        from backend.letters.printing import proof  # noqa: F401, PLC0415 - models must be loaded
