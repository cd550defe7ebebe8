"""Councils, their sessions and papers, and the breaking of the glass."""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "backend.sharing.councils"
    label = "councils"
