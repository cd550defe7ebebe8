"""The residents of 海鳴市: about 2,000 persons in about 900 households, and the persons of the story."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.demo import names
from backend.demo.cast import TODAY, identity
from backend.demo.places import CITY, CITY_NAME, DISTRICTS, Neighbourhood

Row = dict[str, Any]

HOUSEHOLDS = 895
PROTECTED = 5
CSW_EVERY = 20  # every twentieth household is known to the 社協, not to the city

# A household: its code, how many in a hundred, its members as (relation, sex, youngest, oldest).
_KINDS: tuple[tuple[str, int, tuple[tuple[str, str, int, int], ...]], ...] = (
    ("single", 26, (("本人", "", 68, 97),)),
    ("elderly_only", 20, (("本人", "male", 68, 94), ("妻", "female", 66, 92))),
    ("child_rearing", 22, (("本人", "male", 29, 51), ("妻", "female", 27, 49))),
    ("single_parent", 7, (("本人", "female", 24, 48),)),
    ("household_8050", 7, (("本人", "female", 78, 92), ("子", "male", 48, 62))),
    ("single", 11, (("本人", "", 19, 64),)),
    ("other", 4, (("本人", "male", 40, 58), ("妻", "female", 38, 55), ("母", "female", 72, 93))),
    ("other", 3, (("本人", "male", 35, 64), ("妻", "female", 33, 62))),
)
_CHILDREN = {"child_rearing": (1, 2, 2, 3), "single_parent": (1, 1, 2), "other": (0, 1)}
# Residents somebody registered a second time: who, and what is different there.
_TWICE: tuple[tuple[str, Row], ...] = (
    ("88/0", {"name": "新井 しげる", "phone": ""}),
    ("690/0", {"name": "髙田 豊", "birth_date": None}),
    ("237/0", {"name": "香川 千鶴", "kana": "かがわ ちづ", "address": "海鳴市潮見1-7-3-302"}),
    ("479/0", {"name": "松本 カズエ", "kana": "まつもと かずえ", "phone": "090-0000-8479"}),
)
_BUILDINGS = ("浜風ハイツ", "コーポ潮騒", "市営かもめ団地", "サンライズ", "メゾン灯台")


@dataclass
class Residents:
    """Rows of four tables, ready to be written."""

    households: list[Row] = field(default_factory=list)
    persons: list[Row] = field(default_factory=list)
    relations: list[Row] = field(default_factory=list)
    protected: list[Row] = field(default_factory=list)


def residents(rng: Random) -> Residents:
    """Everybody who lives in the city."""
    found = Residents()
    _add_story(found)
    parts = [part for district in DISTRICTS for part in district.neighbourhoods]
    weights = [weight for _, weight, _ in _KINDS]
    for number in range(HOUSEHOLDS):
        code, _, people = rng.choices(_KINDS, weights)[0]
        _add_household(rng, found, number, code, people, rng.choice(parts))
    _tell_apart(found)
    _protect(found)
    _write_twice(found)
    return found


def _add_household(
    rng: Random,
    found: Residents,
    number: int,
    code: str,
    people: tuple[tuple[str, str, int, int], ...],
    part: Neighbourhood,
) -> None:
    controller = "csw" if number % CSW_EVERY == CSW_EVERY - 1 else "city"
    household = identity(f"household/{number}")
    found.households.append(_household(household, controller, part.code, code))
    home = {"zip": part.zip, "address": _address(rng, part), "area_id": part.code, "controller": controller}
    landline = f"0832-00-{2000 + number:04d}" if rng.random() < 0.8 else ""
    family = names.family(rng)
    for place, (relation, sex, birth) in enumerate(_people(rng, code, people)):
        name, kana = names.full(family, names.given(rng, sex, birth.year))
        mobile = f"090-0000-{(number * 7 + place) % 10_000:04d}" if rng.random() < 0.5 else ""
        person = {"name": name, "kana": kana, "sex": sex, "birth_date": birth, "relation": relation}
        grown = (TODAY - birth).days > 15 * 365
        found.persons.append(
            _person(
                f"{number}/{place}", household, phone=(landline or mobile) if grown else "", **person, **home
            )
        )
    _relate(found, number, code)


def _people(
    rng: Random, code: str, people: tuple[tuple[str, str, int, int], ...]
) -> Iterator[tuple[str, str, date]]:
    for relation, sex, youngest, oldest in people:
        yield relation, sex or rng.choice(("female", "female", "male")), _born(rng, youngest, oldest)
    oldest_child = 17 if code != "other" else 20
    for _ in range(rng.choice(_CHILDREN.get(code, (0,)))):
        yield "子", rng.choice(("female", "male")), _born(rng, 0, oldest_child)


def _born(rng: Random, youngest: int, oldest: int) -> date:
    return TODAY - timedelta(days=rng.randrange(youngest * 365 + youngest // 4 + 1, (oldest + 1) * 365))


def _address(rng: Random, part: Neighbourhood) -> str:
    block, house = rng.randrange(1, 24), rng.randrange(1, 31)
    text = (
        f"{CITY_NAME}{part.name}{block}番{house}号"
        if rng.random() < 0.7
        else f"{CITY_NAME}{part.name}{block}-{house}"
    )
    if rng.random() < 0.2:
        text += f" {rng.choice(_BUILDINGS)}{rng.randrange(1, 5)}0{rng.randrange(1, 7)}"
    return text


def _household(key: Any, controller: str, area: str, code: str) -> Row:
    return {"id": key, "controller": controller, "area_id": area, "type": code}


def _person(key: str, household: Any, **row: Any) -> Row:
    blank = {"protected": False, "deceased_on": None, "phone": "", "zip": "", "address": "", "area_id": None}
    return {"id": identity(f"person/{key}"), "household_id": household, **blank, **row}


def _relate(found: Residents, number: int, code: str) -> None:
    """The older parent names the child as first to be called; couples name each other."""
    if code not in ("elderly_only", "household_8050"):
        return
    first, second = identity(f"person/{number}/0"), identity(f"person/{number}/1")
    pair = ("妻", "夫") if code == "elderly_only" else ("子", "親")
    for person, other, relation in ((first, second, pair[0]), (second, first, pair[1])):
        found.relations.append(_relation(person, other, relation, order=1, key_holder=True))


def _relation(person: Any, other: Any, relation: str, *, order: int | None, key_holder: bool) -> Row:
    return {
        "person_id": person,
        "other_id": other,
        "relation": relation,
        "emergency_order": order,
        "key_holder": key_holder,
    }


def _protect(found: Residents) -> None:
    """Mothers who fled with their children: nothing about where they live stays with the person."""
    single = [row["id"] for row in found.households if row["type"] == "single_parent"][:PROTECTED]
    for household in found.households:
        if household["id"] in single:
            household["area_id"] = CITY
    for person in found.persons:
        if person["household_id"] not in single:
            continue
        found.protected.append(
            {"person_id": person["id"], **{name: person[name] for name in ("zip", "address", "phone")}}
        )
        person |= {"protected": True, "zip": "", "address": "", "phone": "", "area_id": CITY}


def _tell_apart(found: Residents) -> None:
    """In one household nobody is called like another: they would look like one person written twice."""
    called: set[tuple[Any, str]] = set()
    for person in found.persons:
        home, rng = person["household_id"], Random(str(person["id"]))  # noqa: S311
        while home is not None and (home, person["name"]) in called:
            family = tuple(person[column].split()[0] for column in ("name", "kana"))
            given = names.given(rng, person["sex"], person["birth_date"].year)
            person["name"], person["kana"] = names.full((family[0], family[1]), given)
        called.add((home, person["name"]))


def _write_twice(found: Residents) -> None:
    """The same people as a second counter wrote them down: who looks for twins finds some."""
    rows = {row["id"]: row for row in found.persons}
    for key, other in _TWICE:
        same = rows[identity(f"person/{key}")]
        kept = {name: value for name, value in same.items() if name not in ("id", "household_id")}
        found.persons.append(_person(f"{key}/again", None, **{**kept, **other}))


def _add_story(found: Residents) -> None:
    """髙田 ハナ, who lives alone; her son in another city; her neighbour; and names easily taken for hers."""
    home, next_door = identity("household/hana"), identity("household/yamada")
    part = DISTRICTS[0].neighbourhoods[0]
    here = {"controller": "city", "area_id": part.code, "zip": part.zip, "relation": "本人"}
    found.households += [
        _household(home, "city", part.code, "single"),
        _household(next_door, "city", part.code, "single"),
    ]
    hana = _person(
        "hana",
        home,
        name="髙田 ハナ",
        kana="たかだ はな",
        sex="female",
        birth_date=date(1938, 5, 2),
        address="海鳴市中浜一丁目2番3号",
        phone="0832-00-1234",
        **here,
    )
    son = _person(
        "minoru",
        None,
        name="髙田 実",
        kana="たかだ みのる",
        sex="male",
        birth_date=date(1964, 9, 18),
        controller="city",
        relation="",
        zip="000-9001",
        address="遠浦市港町四丁目5番6号",
        phone="090-0000-9001",
    )
    neighbour = _person(
        "yamada",
        next_door,
        name="山田 花子",
        kana="やまだ はなこ",
        sex="female",
        birth_date=date(1951, 3, 9),
        address="海鳴市中浜一丁目2番4号",
        phone="0832-00-1235",
        **here,
    )
    found.persons += [hana, son, neighbour, *_mistakable()]
    found.relations += [
        _relation(hana["id"], son["id"], "長男", order=1, key_holder=False),
        _relation(son["id"], hana["id"], "母", order=None, key_holder=False),
        _relation(hana["id"], neighbour["id"], "隣人", order=2, key_holder=True),
    ]


def _mistakable() -> list[Row]:
    """The same woman as the 社協 wrote her down, and another with nearly her name."""
    shiomi = DISTRICTS[1].neighbourhoods[2]
    same = _person(
        "hana-csw",
        None,
        name="高田 はな",
        kana="たかだ はな",
        sex="female",
        birth_date=date(1938, 5, 2),
        controller="csw",
        area_id="D01-1",
        relation="",
        zip="000-0101",
        address="海鳴市中浜1-2-3",
    )
    other = _person(
        "nagata",
        None,
        name="永田 はな",
        kana="ながた はな",
        sex="female",
        birth_date=date(1938, 11, 20),
        controller="city",
        area_id=shiomi.code,
        relation="",
        zip=shiomi.zip,
        address="海鳴市潮見三丁目8番1号",
        phone="0832-00-1240",
    )
    return [same, other]
