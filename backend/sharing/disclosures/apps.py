"""Disclosure requests, packages and the page of a recipient without an account."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "backend.sharing.disclosures"
    label = "disclosures"
