"""A list of twenty out of very many cases: the policies' filter against the filter written by hand.

Both are asked in turns over one connection, for each of the cast: the newest of all cases, as the API lists
them, and the open ones by deadline, as the page "my work" does. What they find must be the same, to the row.
"""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from backend import access
from backend.access import MemberFacts, current_areas
from backend.bench import byhand
from backend.bench.many import UNTIL
from backend.cases.models import Case
from backend.demo.cast import CAST
from backend.people.models import Member

ROWS = 20
_TODAY = UNTIL.date()


@dataclass(frozen=True)
class Figures:
    """One list of one of the cast: how many rows, and the database time in milliseconds, both ways.

    `ratio` is the median of the turns' own ratios, so that a busy moment of the machine counts for both.
    """

    who: str
    what: str
    rows: int
    filter: float
    by_hand: float
    ratio: float


def measure(rounds: int) -> list[Figures]:
    """Every list of every member of the cast, `rounds` times after two that warm up.

    Raises ValueError where the two filters do not find the same.
    """
    return [_measure(player.username, what, rounds) for player in CAST for what in ("newest", "work")]


def _measure(who: str, what: str, rounds: int) -> Figures:
    player = next(player for player in CAST if player.username == who)
    facts = Member.objects.select_related("organisation", "user").get(pk=player.id).facts()
    asked = tuple(_queries(facts, what))
    times: tuple[list[float], list[float]] = ([], [])
    found: list[list[Any]] = [[], []]
    with connection.cursor() as cursor:
        for number in range(-2, rounds):
            for place in (0, 1) if number % 2 else (1, 0):
                began = time.perf_counter()
                cursor.execute(*asked[place])
                found[place] = [row[0] for row in cursor.fetchall()]
                if number >= 0:
                    times[place].append((time.perf_counter() - began) * 1000)
    if found[0] != found[1]:
        raise ValueError(
            f"{who}, {what}: the policies list {found[0]}, backend/bench/byhand.py {found[1]}; "
            "write the filter by hand anew after the policies changed"
        )
    ratio = statistics.median(one / other for one, other in zip(*times, strict=True))
    ours, theirs = map(statistics.median, times)
    return Figures(who, what, len(found[0]), ours, theirs, ratio)


def _queries(facts: MemberFacts, what: str) -> Iterator[tuple[str, Any]]:
    """The two statements with their values; they differ in what stands behind WHERE."""
    rows = Case.objects.order_by(*(("-opened_at", "id") if what == "newest" else ("due_at", "id")))
    columns, _, order = str(rows[:ROWS].query).partition(" ORDER BY ")
    rows = rows if what == "newest" else rows.filter(is_open=True)
    yield rows.filter(access.visible_q(facts, "case", access.day(_TODAY)))[:ROWS].query.sql_with_params()
    narrow = "" if what == "newest" else " AND is_open"
    own = sorted(current_areas(facts.area or "").descendants(facts.area or ""))
    yield (
        f"{columns} WHERE ({byhand.CONDITIONS[facts.role]}){narrow} ORDER BY {order}",
        byhand.values(facts, own, _TODAY.isoformat()),
    )
