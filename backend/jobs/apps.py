"""The application that does the effects of steps: notices, mails, letters, further cases."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "backend.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register the handlers of every kind of effect and have workers woken after commit."""
        from backend.cases import notices, starting  # noqa: F401, PLC0415 - "notice", "start_case"
        from backend.cases.wake import effects_ready  # noqa: PLC0415
        from backend.jobs import mail  # noqa: F401, PLC0415 - registers "mail"
        from backend.jobs.waking import wake_workers  # noqa: PLC0415
        from backend.jobs.webhooks import delivering  # noqa: F401, PLC0415 - "webhook", "deliver"

        effects_ready.connect(wake_workers, dispatch_uid="backend.jobs.wake")
