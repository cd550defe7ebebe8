"""Consents, who was told what, and the registers drawn from both."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "backend.sharing.consents"
    label = "consents"

    def ready(self) -> None:
        """Register what follows from the steps in which a person answers, and the letter of the register."""
        from backend.sharing.consents import projection, registers  # noqa: F401, PLC0415 - models first
