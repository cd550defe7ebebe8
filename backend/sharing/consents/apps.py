"""Consents, who was told what, and the registers drawn from both."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "backend.sharing.consents"
    label = "consents"

    def ready(self) -> None:
        """Register what follows from the steps in which a person answers."""
        from backend.sharing.consents import projection  # noqa: F401, PLC0415 - models must be loaded
