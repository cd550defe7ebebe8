"""The demo city: the same every time, and the cast exactly as everybody expects it."""

import subprocess
import sys
from datetime import date

import pytest

from backend.demo import cast
from backend.demo.city import build, digest
from backend.demo.organisations import bodies
from backend.people import folding

TYPES = {
    *("city_section", "csw", "district_csw", "neighborhood_association", "neighborhood_welfare_section"),
    *(
        "commissioner_council",
        "comprehensive_support_center",
        "consult_agency",
        "self_reliance_support_agency",
    ),
    *("child_guidance", "police", "fire_ems", "medical", "school", "npo", "volunteer_group"),
    *("welfare_corporation", "facility", "partner_business", "probation_officer", "rehabilitation_facility"),
}
CITY = build()


@pytest.mark.parametrize(
    ("username", "name", "kana", "role", "organisation", "controller", "area"),
    [
        ("caseworker", "佐藤 直子", "さとう なおこ", "caseworker", "city-welfare", "city", None),
        ("supervisor", "山本 誠", "やまもと まこと", "supervisor", "city-welfare", "city", None),
        ("csw", "中村 恵", "なかむら めぐみ", "csw_staff", "csw", "csw", None),
        (
            "commissioner",
            "林 和子",
            "はやし かずこ",
            "welfare_commissioner",
            "council-nakahama",
            "city",
            "D01",
        ),
        ("volunteer", "村上 武", "むらかみ たけし", "welfare_volunteer", "na-nakahama-1", "csw", "D01-1"),
        ("receiver", "田中 由美", "たなか ゆみ", "agency_staff", "center-nakahama", "center", "D01"),
        ("privacy", "藤井 浩", "ふじい ひろし", "privacy_officer", "city-records", "city", None),
        ("outsider", "岡田 進", "おかだ すすむ", "welfare_commissioner", "council-shiomi", "city", "D02"),
    ],
)
def test_the_cast_is_as_agreed(username, name, kana, role, organisation, controller, area) -> None:
    (row,) = [row for row in CITY.members if row["username"] == username]

    columns = ("id", "name", "kana", "role", "organisation_id", "controller", "area_id")
    wanted = (cast.member_id(username), name, kana, role, organisation, controller, area)
    assert tuple(row[column] for column in columns) == wanted


def test_each_controller_has_an_automated_member_without_an_account() -> None:
    rows = [row for row in CITY.members if row["role"] == "system"]

    assert {row["controller"]: (row["username"], row["organisation_id"]) for row in rows} == {
        "city": (None, "city-welfare"),
        "csw": (None, "csw"),
    }


def test_the_same_seed_gives_the_same_city_in_another_process() -> None:
    program = (
        "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'backend.config.settings');"
        "django.setup(); from backend.demo.city import build; print(build().digest())"
    )

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == CITY.digest()


def test_another_seed_gives_another_city() -> None:
    assert build(9).digest() != CITY.digest()


def test_there_is_an_organisation_of_every_type() -> None:
    assert {body.type for body in bodies()} >= TYPES


def test_every_district_has_a_council_and_three_to_six_associations() -> None:
    districts = [row["code"] for row in CITY.areas if row["kind"] == "district"]
    parts = {code: [row for row in CITY.areas if row["parent_id"] == code] for code in districts}

    assert len(districts) == 12
    assert all(3 <= len(found) <= 6 for found in parts.values())
    assert {body.area for body in bodies() if body.type == "commissioner_council"} == set(districts)


def test_the_city_has_the_size_it_is_meant_to_have() -> None:
    roles = [row["role"] for row in CITY.members]

    assert 850 <= len(CITY.residents.households) <= 950
    assert 1850 <= len(CITY.residents.persons) <= 2150
    assert 50 <= roles.count("welfare_commissioner") <= 65
    assert roles.count("chief_child_commissioner") == 12
    assert 40 <= roles.count("welfare_volunteer") <= 50
    assert (roles.count("caseworker"), roles.count("supervisor")) == (8, 4)  # one each of the 社協


def test_every_reference_leads_to_a_row() -> None:
    codes = {row["code"] for row in CITY.areas}
    people, homes = (
        {row["id"] for row in rows} for rows in (CITY.residents.persons, CITY.residents.households)
    )

    assert {row["area_id"] for row in CITY.residents.persons} <= codes | {None}
    assert {row["household_id"] for row in CITY.residents.persons} <= homes | {None}
    assert {row["person_id"] for row in CITY.residents.relations} <= people
    assert {row["organisation_id"] for row in CITY.members} <= {row["code"] for row in CITY.organisations}


def test_in_one_household_everybody_has_a_name_of_their_own() -> None:
    homes = [(row["household_id"], row["name"]) for row in CITY.residents.persons if row["household_id"]]

    assert len(set(homes)) == len(homes)


def test_everything_has_its_own_identity() -> None:
    for rows, column in (
        (CITY.members, "id"),
        (CITY.residents.persons, "id"),
        (CITY.residents.households, "id"),
        (CITY.organisations, "code"),
    ):
        assert len({row[column] for row in rows}) == len(rows)


def test_nobody_can_be_telephoned_or_written_to_in_earnest() -> None:
    for row in (*CITY.residents.persons, *CITY.organisations):
        assert row["zip"] == "" or row["zip"].startswith("000-")
        assert row["phone"] == "" or row["phone"].startswith(("0832-00-", "090-0000-"))


def test_some_names_are_registered_with_variants() -> None:
    written = {char for row in CITY.residents.persons for char in row["name"]}

    assert {"髙", "﨑", "齋", "邉", "德", "濵", "栁", "𠮷", "\ufa19"} <= written


def test_every_name_has_a_reading() -> None:
    assert all(folding.fold(row["kana"]) for row in (*CITY.residents.persons, *CITY.members))


def test_a_protected_person_carries_no_place() -> None:
    hidden = [row for row in CITY.residents.persons if row["protected"]]

    assert hidden
    assert {(row["zip"], row["address"], row["phone"], row["area_id"]) for row in hidden} == {
        ("", "", "", "CITY")
    }
    assert {row["person_id"] for row in CITY.residents.protected} == {row["id"] for row in hidden}


def test_hana_of_the_story_lives_alone_in_nakahama() -> None:
    (hana,) = [row for row in CITY.residents.persons if row["id"] == cast.identity("person/hana")]

    assert (hana["name"], hana["kana"], hana["birth_date"]) == ("髙田 ハナ", "たかだ はな", date(1938, 5, 2))
    assert hana["area_id"] == "D01-1"
    assert [row for row in CITY.residents.persons if row["household_id"] == hana["household_id"]] == [hana]


def test_loading_twice_leaves_the_city_as_built(db) -> None:
    from backend.demo.loading import dump, load

    load(CITY)
    load(CITY)

    assert _sorted(dump()) == _sorted(CITY.tables())


def _sorted(tables):
    return {
        name: digest(
            {name: sorted(rows, key=lambda row: sorted((key, str(value)) for key, value in row.items()))}
        )
        for name, rows in tables.items()
    }


def test_only_the_cast_can_sign_in(db) -> None:
    from backend.demo.loading import load, open_accounts
    from backend.people.models import User

    load(CITY)
    open_accounts()

    able = [user for user in User.objects.all() if user.has_usable_password()]
    assert {user.username for user in able} == {player.username for player in cast.CAST}
    assert all(user.check_password(cast.password(user.username)) for user in able[:2])


def test_passwords_are_this_installation_s_own(settings) -> None:
    before = cast.password("caseworker")
    settings.SECRET_KEY = "x" * 50

    assert cast.password("caseworker") != before
