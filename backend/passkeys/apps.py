"""The application of passkeys."""

from django.apps import AppConfig


class PasskeysConfig(AppConfig):
    name = "backend.passkeys"
    label = "passkeys"

    def ready(self) -> None:
        from backend.passkeys import session  # noqa: F401, PLC0415 - it listens to signing in
