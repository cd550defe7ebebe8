"""The application of seals; its proof is part of `tsunagu verify`."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "backend.seals"
    label = "seals"

    def ready(self) -> None:
        """Register the proofs of the journal, seals, published definitions and what was destroyed."""
        from backend.seals import accounting, journal, verifying  # noqa: F401, PLC0415 - models must be loaded
