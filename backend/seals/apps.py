"""The application of seals; its proof is part of `tsunagu verify`."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "backend.seals"
    label = "seals"

    def ready(self) -> None:
        """Register the proof of seals and published definitions."""
        from backend.seals import verifying  # noqa: F401, PLC0415 - models must be loaded
