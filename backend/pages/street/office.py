"""The telephone of the office, for pages that must always say whom to call."""

from django.conf import settings

from backend.people.models import Organisation


def telephone() -> tuple[str, str]:
    """Name and number of the section that takes reports; empty where none is registered."""
    rows = Organisation.objects.filter(controller=settings.INTAKE_CONTROLLER).exclude(phone="")
    found = rows.order_by("type", "code").values_list("name", "phone")
    section = found.filter(type="city_section").first() or found.first()
    return section or ("", "")
