"""The application that holds the commands of the installation itself (up, web, worker, calendar, prepare)."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "backend.config"
    label = "config"
