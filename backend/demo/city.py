"""The whole demo city as plain rows: the same seed gives the same city, to the byte."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from backend.definitions.canonical import canonical
from backend.demo.organisations import bodies
from backend.demo.places import CITY, CITY_KANA, CITY_NAME, DISTRICTS
from backend.demo.residents import Residents, residents
from backend.demo.staff import members

Row = dict[str, Any]

SEED = 8  # 令和8年


@dataclass(frozen=True)
class City:
    """Rows of every table, by column."""

    areas: list[Row]
    organisations: list[Row]
    members: list[Row]
    residents: Residents

    def tables(self) -> dict[str, list[Row]]:
        return {
            "area": self.areas,
            "organisation": self.organisations,
            "member": self.members,
            "household": self.residents.households,
            "person": self.residents.persons,
            "relation": self.residents.relations,
            "protected_address": self.residents.protected,
        }

    def digest(self) -> str:
        """SHA-256 of every row of every table in canonical form."""
        return digest(self.tables())


def build(seed: int = SEED) -> City:
    """海鳴市 as it stands on the day of the demo."""
    staff = Random(f"{seed}/staff")  # noqa: S311 - fiction, not secrets
    people = Random(f"{seed}/people")  # noqa: S311
    return City(list(_areas()), list(_organisations()), members(staff), residents(people))


def digest(tables: dict[str, list[Row]]) -> str:
    """One hash over tables of rows, whatever the order of their columns."""
    plain = {name: [_plain(row) for row in rows] for name, rows in tables.items()}
    return hashlib.sha256(canonical(plain)).hexdigest()


def _plain(row: Row) -> Row:
    return {name: str(value) if isinstance(value, UUID | date) else value for name, value in row.items()}


def _areas() -> Iterator[Row]:
    yield {"code": CITY, "name": CITY_NAME, "kana": CITY_KANA, "kind": "city", "parent_id": None}
    for district in DISTRICTS:
        yield {
            "code": district.code,
            "name": district.name,
            "kana": district.kana,
            "kind": "district",
            "parent_id": CITY,
        }
    for district in DISTRICTS:
        for part in district.neighbourhoods:
            yield {
                "code": part.code,
                "name": part.name,
                "kana": part.kana,
                "kind": "neighborhood_association",
                "parent_id": district.code,
            }


def _organisations() -> Iterator[Row]:
    for number, body in enumerate(bodies()):
        yield {
            "code": body.code,
            "name": body.name,
            "name_en": body.name_en,
            "kana": body.kana,
            "type": body.type,
            "controller": body.controller,
            "area_id": body.area,
            "zip": "000-0001",
            "address": f"{CITY_NAME}{_place(body.area)}{number % 20 + 1}番{number % 9 + 1}号",
            "phone": f"0832-00-{100 + number:04d}",
            "email": f"{body.code}@uminari.example",
            "accepts_referrals": body.refer,
        }


def _place(area: str) -> str:
    """The name of an area in an address; the offices of the whole city stand in 灯台前一丁目."""
    found = {row["code"]: row["name"] for row in _areas()}
    return found[area] if area != CITY else "灯台前一丁目"
