"""One case of the demo city before anything happens: about whom, about what, who will deal with it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from backend.demo.city import City
from backend.demo.listed import sections
from backend.demo.places import CITY

Row = dict[str, Any]

OFFICE_PHONE = "0832-00-0100"
THEMES = {
    "elder_alone": 34,
    "dementia": 16,
    "carer": 10,
    "poverty": 16,
    "child": 11,
    "disability": 7,
    "withdrawal": 6,
}
_CENTERS = {
    "center-nakahama": ("D01", "D02", "D04"),
    "center-matsugaoka": ("D03", "D06", "D08"),
    "center-furuminato": ("D05", "D07", "D09"),
    "center-shirasuna": ("D10", "D11", "D12"),
}
_ABUSE = {"dementia": "elder", "carer": "elder", "child": "child", "disability": "disability"}
_DUTY = {"child": "capa_6", "elder": "eapa_7", "disability": "pdapa_7"}


@dataclass
class Scene:
    """What stays the same through one case. `rng` picks the words; the same number gives the same words."""

    number: int
    rng: Random
    person: Row
    household: str
    theme: str
    reporter: Row
    reporter_type: str
    handler: Row
    supervisor: Row
    receiver: Row
    officer: Row
    watchers: tuple[Row, ...]
    urgency: str
    abuse: str = "none"
    imminent: bool = False
    named: bool = True
    categories: tuple[str, ...] = ("identity", "contact", "living_status", "consultation")

    def line(self, what: str) -> str:
        """One of the lines of the theme."""
        return self.rng.choice(sections("themes")[f"{self.theme} {what}"])

    def codes(self, what: str) -> list[str]:
        """The codes of the theme."""
        return theme_codes(self.theme, what)

    def some(self, what: str, most: int = 3) -> list[str]:
        """One to `most` of the codes of the theme, in their order."""
        codes = self.codes(what)
        chosen = set(self.rng.sample(codes, self.rng.randint(1, min(most, len(codes)))))
        return [code for code in codes if code in chosen]

    @property
    def duty(self) -> str:
        """The law by which suspected abuse is reported at once."""
        return _DUTY[self.abuse]

    @property
    def office(self) -> str:
        return "海鳴市社会福祉協議会" if self.handler["controller"] == "csw" else "海鳴市 福祉部 福祉課"


def theme_codes(theme: str, what: str) -> list[str]:
    """The codes of a theme: `households`, `signs`, `issues`, `topics` or `receiver`."""
    for line in sections("themes")[f"{theme} codes"]:
        name, _, values = line.partition(":")
        if name == what:
            return values.split()
    raise KeyError(f"{theme}: {what}")


class Casting:
    """Chooses people of the city for one case after another; each resident once."""

    def __init__(self, city: City, day: date) -> None:
        kinds = {row["id"]: row["type"] for row in city.residents.households}
        self._residents = [
            (row, kinds[row["household_id"]])
            for row in city.residents.persons
            if row["household_id"] in kinds and _can_stand_for_a_case(row, day)
        ]
        self._organisations = {row["code"]: row for row in city.organisations}
        acting = [row for row in city.members if row["username"] and _in_term(row, day)]
        self._members = {row["username"]: row for row in acting}
        self._taken: set[Any] = set()

    def scene(
        self, number: int, rng: Random, *, abuse: bool = False, imminent: bool = False, near: str = ""
    ) -> Scene:
        """People for the case of that number; `near` says in which place the person lives."""
        themes = [theme for theme in THEMES if not abuse or theme in _ABUSE]
        theme = rng.choices(themes, [THEMES[theme] for theme in themes])[0]
        person, household = self._resident(rng, theme, near)
        reporter, kind = self._reporter(rng, person)
        handler = self._handler(rng, reporter["controller"])
        boss = "supervisor" if rng.random() < 0.7 else "supervisor2"
        supervisor = self._members[boss if handler["controller"] == "city" else "csw-supervisor"]
        receiver = self._receiver(theme, person["area_id"], _ABUSE[theme] if abuse else "none")
        return Scene(
            number,
            rng,
            person,
            household,
            theme,
            reporter,
            kind,
            handler,
            supervisor,
            receiver,
            self._officer(receiver["code"], rng),
            self._watchers(person["area_id"], handler),
            urgency="A" if imminent else rng.choices("BCD", (2, 5, 3))[0],
            abuse=_ABUSE[theme] if abuse else "none",
            imminent=imminent,
        )

    def _resident(self, rng: Random, theme: str, near: str) -> tuple[Row, str]:
        kinds = theme_codes(theme, "households")
        free = [
            (person, household)
            for person, household in self._residents
            if household in kinds and person["id"] not in self._taken
        ]
        free = [found for found in free if found[0]["area_id"].startswith(near)] or free
        suiting = [found for found in free if _suits(found[0], theme)]
        person, household = rng.choice(suiting or free)
        self._taken.add(person["id"])
        return person, household

    def _reporter(self, rng: Random, person: Row) -> tuple[Row, str]:
        """A call taken at the counter most often; else a commissioner, a volunteer or the 社協 themselves."""
        if person["controller"] == "csw":
            return self._members[rng.choice(("csw", "csw2", "csw3"))], "district_csw"
        roles = {"welfare_commissioner": "welfare_commissioner"}
        near = [
            row
            for row in self._members.values()
            if row["role"] in roles
            and row["area_id"] in (person["area_id"], person["area_id"].partition("-")[0])
        ]
        if near and rng.random() < 0.4:
            return rng.choice(near), "welfare_commissioner"
        callers = (
            "neighbor",
            "neighbor",
            "family",
            "self",
            "business_partner",
            "neighborhood_head",
            "medical",
        )
        return self._handler(rng, "city"), rng.choice(callers)

    def _watchers(self, area: str, handler: Row) -> tuple[Row, ...]:
        """The commissioner and the volunteer of the place who sign in; without them, whoever handles it."""
        around = {
            "welfare_commissioner": (area, area.partition("-")[0]),
            "welfare_volunteer": (area,),
        }
        found = [
            next(
                (row for row in self._members.values() if row["role"] == role and row["area_id"] in areas),
                None,
            )
            for role, areas in around.items()
        ]
        return tuple(row for row in found if row is not None) or (handler,)

    def _handler(self, rng: Random, controller: str) -> Row:
        if controller == "csw":
            return self._members[rng.choice(("csw", "csw2", "csw3"))]
        names = ("caseworker", "caseworker", *(f"caseworker{number}" for number in range(2, 8)))
        return self._members[rng.choice(names)]

    def _receiver(self, theme: str, area: str, abuse: str) -> Row:
        if abuse == "child":
            return self._organisations["child-guidance"]
        (code,) = theme_codes(theme, "receiver")
        if code == "center":
            district = area.partition("-")[0]
            code = next((name for name, held in _CENTERS.items() if district in held), "center-nakahama")
        return self._organisations[code]

    def _officer(self, organisation: str, rng: Random) -> Row:
        staff = [row for row in self._members.values() if row["organisation_id"] == organisation]
        return rng.choice(staff)


def _can_stand_for_a_case(person: Row, day: date) -> bool:
    """Grown-up, alive, living in the city, and printable.

    A name with a character beyond the BMP (𠮷) or with a variation selector is in no font of the letters; a
    letter to such a person is refused by design, which the demo shows elsewhere.
    """
    printable = all(ord(char) <= 0xFFFF for char in person["name"])
    adult = day - person["birth_date"] > timedelta(days=19 * 365)
    return printable and adult and not person["protected"] and person["area_id"] not in (None, CITY)


def _suits(person: Row, theme: str) -> bool:
    old = person["birth_date"] < date(1962, 1, 1)
    return old if theme in ("elder_alone", "dementia", "carer", "withdrawal") else not old


def _in_term(member: Row, day: date) -> bool:
    return member["valid_from"] <= day and (member["valid_until"] is None or member["valid_until"] >= day)


def iso(moment: datetime) -> str:
    """A moment as forms write it."""
    return moment.isoformat(timespec="seconds")
