"""The application of cases and their history."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "backend.cases"
    label = "cases"

    def ready(self) -> None:
        """Register the proofs of decisions and persons, and what applications look up."""
        from backend.cases import applying, decisionproof, personproof, subjectproof  # noqa: F401, PLC0415 - models first
