"""The cases of the demo city as planned: in every state, with answers the forms accept, always the same."""

from collections import Counter
from datetime import date, datetime

import pytest

from backend.answers.load import load as load_forms
from backend.cases.generic import GENERIC
from backend.definitions.source import find
from backend.demo import lives
from backend.demo.acts import Script, moment
from backend.demo.city import SEED, build
from backend.demo.scenes import THEMES, Casting, theme_codes
from backend.workflow import reader

CITY = build()
HIRED = date(2026, 1, 5)
SCRIPTS = lives.scripts(Casting(CITY, HIRED), SEED)
FORMS, _ = load_forms(find("form"))
REFERRAL = reader.load(find("workflow"))[0]["referral"]


def form_of(action: str) -> str | None:
    if action == REFERRAL.start.action:
        return REFERRAL.start.form
    return REFERRAL.actions[action].form if action in REFERRAL.actions else GENERIC[action].form


def test_there_are_three_hundred_cases_and_a_few_of_long_ago() -> None:
    assert sum(count for count, _ways, _since in lives.LIVES) == 300
    assert len({script.key for script in SCRIPTS}) == len(SCRIPTS) == 306


def test_every_state_of_the_referral_is_reached() -> None:
    assert {script.acts[-1].state for script in SCRIPTS} == set(REFERRAL.states)


def test_the_same_seed_gives_the_same_cases() -> None:
    assert lives.scripts(Casting(CITY, HIRED), SEED) == SCRIPTS


def test_another_seed_gives_other_cases() -> None:
    assert lives.scripts(Casting(CITY, HIRED), SEED + 1) != SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS[::7], ids=lambda script: script.key)
def test_every_form_accepts_what_is_written_into_it(script: Script) -> None:
    for act in script.acts:
        name = form_of(act.action)

        assert name is not None
        assert FORMS[name].check(dict(act.answers)) == []


DAYS = pytest.mark.parametrize("now", [lives.NOW, moment(date(2027, 1, 4), "09:00"), lives.LAST], ids=str)


@DAYS
def test_everything_has_happened_by_now_and_in_order(now: datetime) -> None:
    for script in lives.scripts(Casting(CITY, HIRED), SEED, now):
        moments = [act.at for act in script.acts]

        assert moments == sorted(moments)
        assert moments[-1] <= now


@DAYS
def test_the_office_works_in_office_hours(now: datetime) -> None:
    for script in lives.scripts(Casting(CITY, HIRED), SEED, now):
        for act in script.acts:
            assert act.at.weekday() < 5
            assert 8 <= act.at.hour <= 17


@pytest.mark.parametrize(
    ("clock", "now"),
    [
        ("2026-11-27 11:40", "2026-11-27 11:00"),
        ("2026-11-27 08:20", "2026-11-26 17:00"),
        ("2026-11-27 21:00", "2026-11-27 17:00"),
        ("2026-11-29 12:00", "2026-11-27 17:00"),
        ("2027-01-02 12:00", "2026-12-28 17:00"),
        ("2026-10-01 12:00", "2026-11-24 10:00"),
        ("2029-10-01 12:00", "2027-03-19 10:00"),
    ],
)
def test_the_city_stands_as_in_the_last_hour_its_office_was_open(clock: str, now: str) -> None:
    at, wanted = (moment(date.fromisoformat(text[:10]), text[11:]) for text in (clock, now))

    assert lives.now_at(at) == wanted


def test_no_resident_has_two_cases() -> None:
    persons = Counter(script.person for script in SCRIPTS if script.person)

    assert max(persons.values()) == 1


def test_nobody_whose_name_no_font_holds_has_a_case() -> None:
    names = {row["id"]: row["name"] for row in CITY.residents.persons}
    concerned = [names[script.person] for script in SCRIPTS if script.person]

    assert all(ord(char) <= 0xFFFF for name in concerned for char in name)


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_speaks_of_codes_the_forms_know(theme: str) -> None:
    report, sheet, intake = (FORMS[name].content for name in ("detection_report", "referral_sheet", "intake"))

    assert set(theme_codes(theme, "signs")) <= set(report["properties"]["signs"]["items"]["enum"])
    assert set(theme_codes(theme, "issues")) <= set(sheet["properties"]["issues"]["items"]["enum"])
    assert set(theme_codes(theme, "topics")) <= set(intake["properties"]["topics"]["items"]["enum"])
    assert set(theme_codes(theme, "households")) <= {row["type"] for row in CITY.residents.households}
