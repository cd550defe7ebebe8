"""Councils, their sessions and papers, and the breaking of the glass."""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "backend.sharing.councils"
    label = "councils"

    def ready(self) -> None:
        """Register what the workflows of this app name, and what follows from their steps."""
        from backend.sharing.councils import (  # noqa: PLC0415 - models must be loaded
            following,  # noqa: F401
            glass,  # noqa: F401
            holding,  # noqa: F401
            reviewing,  # noqa: F401
            told,  # noqa: F401
        )
