"""Consents, who was told what, and the registers drawn from both."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "backend.sharing.consents"
    label = "consents"
