"""The application of cases and their history."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "backend.cases"
    label = "cases"

    def ready(self) -> None:
        """Register the proofs of decisions and persons: parts of `tsunagu verify` like that of the cases."""
        from backend.cases import decisionproof, personproof  # noqa: F401, PLC0415 - models must be loaded
