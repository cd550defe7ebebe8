"""The application of paper forms."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "backend.papers"
    label = "papers"
