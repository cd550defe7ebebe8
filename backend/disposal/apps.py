"""廃棄: what becomes of records whose retention is over, decided by two people and proved afterwards."""

from django.apps import AppConfig


class DisposalConfig(AppConfig):
    name = "backend.disposal"
    label = "disposal"

    def ready(self) -> None:
        """Have contents erased with the step that names them, and account for those erased on a backup."""
        from backend.disposal import contents  # noqa: F401, PLC0415 - models must be loaded
