"""The organisations of 海鳴市, one at least of every type that takes part in community welfare."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.demo.places import CITY, DISTRICTS, District

_LISTED = Path(__file__).with_name("data") / "organisations.txt"


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation. `area` is the code of where it works; `refer` says that it accepts referrals."""

    code: str
    name: str
    name_en: str
    kana: str
    type: str
    controller: str
    area: str = CITY
    refer: bool = False


def _fixed() -> Iterator[Body]:
    for line in _LISTED.read_text(encoding="utf-8").splitlines()[1:]:
        code, name, name_en, kana, kind, controller, area, refer = (part.strip() for part in line.split("|"))
        yield Body(code, name, name_en, kana, kind, controller or code, area or CITY, refer == "yes")


def _of_district(district: District) -> Iterator[Body]:
    name, kana, slug, area = district.name, district.kana, district.slug, district.code
    title = slug.capitalize()
    yield Body(
        f"council-{slug}",
        f"{name}地区民生委員児童委員協議会",
        f"{title} Council of Welfare Commissioners",
        f"{kana}ちく みんせいいいんじどういいんきょうぎかい",
        "commissioner_council",
        "city",
        area,
    )
    yield Body(
        f"dcsw-{slug}",
        f"{name}地区社会福祉協議会",
        f"{title} District Council of Social Welfare",
        f"{kana}ちく しゃかいふくしきょうぎかい",
        "district_csw",
        f"dcsw-{slug}",
        area,
    )
    for number, part in enumerate(district.neighbourhoods, 1):
        yield Body(
            f"na-{part.slug}",
            f"{part.name}自治会",
            f"{title} Neighbourhood Association {number}",
            f"{part.kana}じちかい",
            "neighborhood_association",
            f"na-{part.slug}",
            part.code,
        )
    first = district.neighbourhoods[0]
    yield Body(
        f"nws-{first.slug}",
        f"{first.name}自治会 福祉部",
        f"{title} Neighbourhood Association 1, Welfare Section",
        f"{first.kana}じちかい ふくしぶ",
        "neighborhood_welfare_section",
        f"na-{first.slug}",
        first.code,
    )


def bodies() -> tuple[Body, ...]:
    """Every organisation of the city, in a fixed order."""
    return (*_fixed(), *(body for district in DISTRICTS for body in _of_district(district)))
