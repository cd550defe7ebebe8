"""The tree of areas, as policies ask it."""

from backend.people.models import Area


def area_parents() -> dict[str, str | None]:
    """Every area with the area that holds it (None at the top)."""
    return dict(Area.objects.values_list("code", "parent_id"))
