"""海鳴市 with its members, and the few residents of the story."""

from datetime import UTC, date, datetime

import pytest

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


@pytest.fixture
def town(db: None) -> None:
    """Areas, organisations and members of the demo city; of its residents only those of the story."""
    from backend.demo import city, residents
    from backend.demo.loading import load

    found = residents.Residents()
    residents._add_story(found)
    whole = city.build()
    load(city.City(whole.areas, whole.organisations, whole.members, found))


@pytest.fixture
def member(town: None):
    """A function from a username of the cast to their member."""
    from backend.demo.cast import member_id
    from backend.people.models import Member

    def find(username: str) -> Member:
        return Member.objects.select_related("organisation", "user").get(pk=member_id(username))

    return find
