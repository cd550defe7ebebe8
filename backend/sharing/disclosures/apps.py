"""Disclosure requests, packages and the page of a recipient without an account."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "backend.sharing.disclosures"
    label = "disclosures"

    def ready(self) -> None:
        """Register what the workflow names, and the rows that follow from its steps."""
        from backend.sharing.disclosures import (  # noqa: F401, PLC0415 - models must be loaded
            deciding,
            ending,
            gate,
            handing,
            inbox,
            packages,
            paper,
            register,
            told,
        )
