"""海鳴市 with its cast, and the few residents of the story."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backend.demo.city import City
    from backend.people.models import Member

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
STAND_IN_FOR = "commissioner-nakahama-2"  # whose deputy the commissioner is


@cache
def small_city() -> "City":
    """The areas, the cast with their organisations, and the residents of the story."""
    from backend.demo import cast, city, residents

    whole = city.build()
    wanted = {*(player.username for player in cast.CAST), STAND_IN_FOR}
    members = [row for row in whole.members if row["username"] in wanted]
    codes = {row["organisation_id"] for row in members}
    bodies = [row for row in whole.organisations if row["code"] in codes]
    homes = {row["household_id"] for row in whole.residents.persons[:5]}
    few = residents.Residents(
        [row for row in whole.residents.households if row["id"] in homes],
        whole.residents.persons[:5],
        [],
        [],
    )
    return city.City(whole.areas, bodies, members, few)


@pytest.fixture
def town(db: None) -> None:
    """The small city in the database."""
    from backend.demo.loading import load

    load(small_city())


@pytest.fixture
def member(town: None) -> "Callable[[str], Member]":
    """A function from a username of the cast to their member."""
    from backend.people.models import Member

    def find(username: str) -> Member:
        return Member.objects.select_related("organisation", "user").get(user__username=username)

    return find
