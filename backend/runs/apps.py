"""The application of runs over many cases on a calendar."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "backend.runs"
    label = "runs"

    def ready(self) -> None:
        """Have workers do the runs people ask for on the page."""
        from backend.jobs.sweep import also  # noqa: PLC0415 - models must be loaded
        from backend.runs import asked  # noqa: PLC0415

        also(asked.begin)
