"""Finding a person among very many: what a search costs the database, against a bare LIKE over the names.

The search is the whole of it (the persons within one's rights, the count of those withheld, the row of the
log), timed around every statement it makes; the floor looks at nothing but the folded names.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from django.db import connection, connections, transaction

from backend.demo import names
from backend.people import folding
from backend.people.models import Area, Member
from backend.people.search import search

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
POOL = 20_000  # so many names are drawn, and each given to many
# What is typed, and what of the folded name a bare LIKE looks for.
TYPED = {
    "two kanji, common": ("佐藤", "佐藤"),
    "two kanji, variants": ("髙田", "高田"),
    "two kana": ("たか", "たか"),
    "two kana, rare": ("ゆめ", "ゆめ"),
    "reading and year": ("たかだ S13", "たかだ"),
    "kanji and year": ("佐藤 昭13", "佐藤"),
    "telephone": ("0832451234", ""),
    "address": ("中浜一丁目2-3", ""),
}
_MAKE = """
INSERT INTO people_person (id, controller, name, kana, grams, name_key, address_key, phone_key, sex,
    birth_date, relation, area_id, zip, address, phone, contact_hours, protected, also, created_at)
SELECT md5(n || 'person')::uuid, CASE WHEN n %% 20 = 0 THEN 'csw' ELSE 'city' END, name, kana,
    ARRAY(SELECT DISTINCT gram FROM (
        SELECT unnest(grams) AS gram
        UNION SELECT '@' || substr(address, at, 2) FROM generate_series(1, length(address) - 1) AS at
        UNION SELECT '#' || substr(phone, at, 4) FROM generate_series(1, length(phone) - 3) AS at
    ) AS every ORDER BY gram),
    key, address, phone, 'unknown', date '1926-12-25' + (hash %% 32000), '', area, '', address, phone, '',
    n %% 400 = 0, '{}', now()
FROM (
    SELECT n, p.name, p.kana, p.grams, p.key, abs(hashint4(n + 7)) AS hash,
        (%(areas)s::text[])[1 + n %% cardinality(%(areas)s::text[])] AS area,
        CASE WHEN n %% 400 = 0 THEN '' ELSE '海鳴市' || (%(places)s::text[])[1 + n %% 7]
            || (1 + n %% 5) || '-' || (1 + abs(hashint4(n)) %% 30)
            || '-' || (1 + abs(hashint4(n + 1)) %% 40) END AS address,
        CASE WHEN n %% 400 = 0 THEN ''
            ELSE '083' || lpad((abs(hashint4(n + 3)) %% 10000000)::text, 7, '0') END AS phone
    FROM generate_series(1, %(persons)s) AS n
    JOIN bench_name AS p ON p.number = n %% %(pool)s
) AS made
"""
_FLOOR = (
    "SELECT id FROM people_person WHERE controller = 'city' AND name_key LIKE %s ORDER BY kana, id LIMIT 51"
)


@dataclass(frozen=True)
class Figures:
    """One thing typed: how many were shown, and the database time in milliseconds of both ways."""

    what: str
    found: int
    search: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.search / self.floor if self.floor else 0.0


def make(persons: int) -> None:
    """Write that many persons for the areas that are there: names of the demo city, each many times."""
    rng = Random(13)  # noqa: S311 - the same names every time
    pool = []
    for number in range(min(POOL, persons)):
        family = names.family(rng)
        name, kana = names.full(family, names.given(rng, rng.choice(("female", "male")), 1940))
        folded = [folding.fold(name), folding.fold(kana)]
        grams = sorted(set().union(*map(folding.grams, folded)))
        pool.append((number, name, kana, grams, " ".join(folded)))
    areas = list(Area.objects.filter(kind="neighborhood_association").values_list("code", flat=True))
    places = ["中浜", "潮見", "港町", "山手", "川端", "長府", "松原"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a million rows take longer than a page may
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_name (number int, name text, kana text, grams text[], key text)"
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY bench_name FROM STDIN") as copy:
            for row in pool:
                copy.write_row(row)
        values: dict[str, Any] = {"persons": persons, "pool": len(pool), "areas": areas, "places": places}
        cursor.execute(_MAKE, values)


def settle() -> None:
    """Count and tidy, as a database that has stood for a night has done."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE people_person")


@contextmanager
def bulk() -> Iterator[None]:
    """The index of grams is built at the end, which is quicker than row by row."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS person_grams")
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("CREATE INDEX person_grams ON people_person USING gin (grams) WITH (fastupdate = off)")


def measure(rounds: int) -> list[Figures]:
    """Everything that is typed, by a caseworker of the city, `rounds` times after two that warm up."""
    member = Member.objects.select_related("organisation", "user").get(user__username="caseworker")
    return [_measure(member, what, typed, like, rounds) for what, (typed, like) in TYPED.items()]


def _measure(member: Member, what: str, typed: str, like: str, rounds: int) -> Figures:
    ours, floors, found = list[float](), list[float](), 0
    for number in range(-2, rounds):
        spent, result = _timed(lambda: search(member, typed, at=NOW, today=NOW.date()))
        found = len(result.persons)
        bare = _timed(lambda: _bare(like))[0] if like else 0.0
        if number >= 0:
            ours.append(spent)
            floors.append(bare)
    return Figures(what, found, statistics.median(ours), statistics.median(floors))


def _bare(like: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR, [f"%{like}%"])
        return list(cursor.fetchall())


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """The milliseconds spent in statements while something is done, and what came of it."""
    spent = 0.0

    def timing(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent += (time.perf_counter() - began) * 1000

    with connection.execute_wrapper(timing):
        found = work()
    return spent, found
