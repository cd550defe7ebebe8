"""The application of letters; it does the effects of the kind "letter"."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "backend.letters"
    label = "letters"

    def ready(self) -> None:
        """Register handler, sight and proof of letters; WeasyPrint is loaded with the first letter."""
        from backend.letters import effects, seeing, verifying  # noqa: F401, PLC0415 - models must be loaded
