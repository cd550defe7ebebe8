"""The application of members and persons."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "backend.people"
    label = "people"

    def ready(self) -> None:
        """Tell the policies where the tree of areas comes from; it is read when a decision needs it."""
        from backend.access.areas import use_areas  # noqa: PLC0415 - after the models are loaded
        from backend.people.areas import area_parents  # noqa: PLC0415

        use_areas(area_parents)
