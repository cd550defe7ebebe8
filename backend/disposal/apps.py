"""廃棄: what becomes of records whose retention is over, decided by two people and proved afterwards."""

from django.apps import AppConfig


class DisposalConfig(AppConfig):
    name = "backend.disposal"
    label = "disposal"
