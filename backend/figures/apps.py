"""The application of the supervisor's figures."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "backend.figures"
    label = "figures"
