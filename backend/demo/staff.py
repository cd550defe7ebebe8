"""Everybody who works in 海鳴市: the cast first, then those around them."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from backend.demo import names
from backend.demo.cast import CAST, PLEDGED, RUNS, TERM_FROM, TERM_UNTIL, TRAINED_UNTIL, Player, identity
from backend.demo.organisations import Body, bodies
from backend.demo.places import DISTRICTS

Row = dict[str, Any]

OFFICE_FROM = date(2018, 4, 1)  # long enough ago to have closed cases whose retention is over
VOLUNTEER_FROM, VOLUNTEER_UNTIL = date(2025, 4, 1), date(2027, 3, 31)
LAPSED = date(2026, 3, 31)
_FIELD = {"welfare_commissioner", "chief_child_commissioner", "welfare_volunteer", "neighborhood_head"}
_AGENCIES = {
    "comprehensive_support_center": ("agency_staff", 3),
    "consult_agency": ("agency_staff", 2),
    "self_reliance_support_agency": ("agency_staff", 3),
    "child_guidance": ("agency_staff", 2),
    "medical": ("agency_staff", 1),
    "facility": ("agency_staff", 1),
    "npo": ("agency_staff", 1),
    "partner_business": ("business_partner", 1),
}
_SECTIONS = ("city-elderly", "city-disability", "city-children", "city-assistance", "city-housing")


def members(rng: Random) -> list[Row]:
    """One row for each member. A member without `username` has no account (paper, or an automated run)."""
    rows = [_row(player, username=player.username) for player in CAST]
    rows += [_row(player, username=None) for player in RUNS]
    rows += [_row(player, username=player.username) for player in _others(rng)]
    for row in rows:
        _set_term(row)
    _set_exceptions(rows)
    return rows


def _row(player: Player, *, username: str | None) -> Row:
    return {
        "id": player.id,
        "username": username,
        "name": player.name,
        "kana": player.kana,
        "role": player.role,
        "post": player.post,
        "organisation_id": player.organisation,
        "controller": player.controller,
        "area_id": player.area,
        "supervisor_id": identity(f"member/{player.supervisor}") if player.supervisor else None,
    }


def _set_term(row: Row) -> None:
    field = row["role"] in _FIELD
    volunteer = row["role"] in ("welfare_volunteer", "neighborhood_head")
    begins, ends = (VOLUNTEER_FROM, VOLUNTEER_UNTIL) if volunteer else (TERM_FROM, TERM_UNTIL)
    row["valid_from"], row["valid_until"] = (begins, ends) if field else (OFFICE_FROM, None)
    pledging = field or row["role"] == "business_partner"
    row["pledge_signed_on"] = max(PLEDGED, row["valid_from"]) if pledging else None
    row["trained_until"] = TRAINED_UNTIL if pledging else None
    row["deputy_id"] = row["deputy_from"] = row["deputy_until"] = None


def _set_exceptions(rows: list[Row]) -> None:
    """What a city always has: a term that ended, a pledge not handed in, training that lapsed, a deputy."""
    by_name = {row["username"]: row for row in rows}
    by_name["volunteer-naruse-1"]["valid_until"] = LAPSED
    by_name["volunteer-shioya-2"]["trained_until"] = LAPSED
    by_name["volunteer-shiomi-3"]["pledge_signed_on"] = None
    by_name["commissioner-okitsu-1"]["trained_until"] = LAPSED
    covered = by_name["commissioner-nakahama-2"]
    covered["deputy_id"] = identity("member/commissioner")
    covered["deputy_from"], covered["deputy_until"] = date(2026, 11, 1), date(2027, 1, 31)


def _others(rng: Random) -> Iterator[Player]:
    yield from _office(rng)
    yield from _field(rng)
    for body in bodies():
        yield from _agency(rng, body)


def _player(rng: Random, username: str, role: str, organisation: str, controller: str, **rest: Any) -> Player:
    sex = rng.choice(("female", "female", "male"))
    name, kana = names.full(names.family(rng), names.given(rng, sex, rng.randrange(1945, 1998)))
    return Player(username, name, kana, role, organisation, controller, **rest)


_UNDER_HEAD = {"post": "係長", "supervisor": "supervisor"}


def _office(rng: Random) -> Iterator[Player]:
    for number in range(2, 8):
        boss = "supervisor" if number < 5 else "supervisor2"
        yield _player(rng, f"caseworker{number}", "caseworker", "city-welfare", "city", supervisor=boss)
    for number in (2, 3):
        yield _player(rng, f"supervisor{number}", "supervisor", "city-welfare", "city", **_UNDER_HEAD)
    for number in range(2, 6):
        yield _player(rng, f"csw{number}", "csw_staff", "csw", "csw")
    # The 社協 is a controller of its own: somebody there owns its cases and approves them, as at the city.
    yield _player(rng, "csw-desk", "caseworker", "csw", "csw", post="相談員", supervisor="csw-supervisor")
    yield _player(rng, "csw-supervisor", "supervisor", "csw", "csw", post="地域福祉課長")
    for section in _SECTIONS:
        yield _player(rng, f"{section.removeprefix('city-')}1", "other_dept", section, "city")
    yield _player(rng, "auditor", "auditor", "city-audit", "city")


def _field(rng: Random) -> Iterator[Player]:
    """Commissioners, a chief child commissioner and a head for each district; a volunteer for most parts."""
    for district in DISTRICTS:
        council, slug = f"council-{district.slug}", district.slug
        for number, part in enumerate(district.neighbourhoods, 1):
            commissioner = f"commissioner-{slug}-{number}"
            yield _player(rng, commissioner, "welfare_commissioner", council, "city", area=part.code)
            association = f"na-{part.slug}"
            if (district.code, number) not in {("D01", 1), ("D03", 6), ("D09", 4), ("D12", 3)}:
                volunteer = f"volunteer-{slug}-{number}"
                yield _player(rng, volunteer, "welfare_volunteer", association, "csw", area=part.code)
        yield _player(rng, f"child-{slug}", "chief_child_commissioner", council, "city", area=district.code)
        head, first = f"head-{slug}", district.neighbourhoods[0]
        yield _player(rng, head, "neighborhood_head", f"na-{first.slug}", f"na-{first.slug}", area=first.code)


def _agency(rng: Random, body: Body) -> Iterator[Player]:
    role, count = _AGENCIES.get(body.type, ("", 0))
    for number in range(1, count + 1):
        area = None if body.area == "CITY" else body.area
        yield _player(rng, f"{body.code}-{number}", role, body.code, body.controller, area=area)
