"""The application of the phone in the street."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "backend.field"
    label = "field"
