"""The telephone of the office, for pages that must always say whom to call."""

from django.conf import settings
from django.utils import timezone

from backend.pages import wording
from backend.people.acting import automated


def telephone() -> tuple[str, str]:
    """Name and number of the section that takes reports; empty where none is registered."""
    run = automated(str(settings.INTAKE_CONTROLLER), timezone.localdate())
    if run is None:
        return "", ""
    body = run.organisation
    return wording.body(body), body.phone
