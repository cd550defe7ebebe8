"""Which looks at records somebody should be asked about, and who may ask."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.looks import Look
from backend.demo.cast import member_id
from backend.pages.sharing import privacy
from backend.people.models import Household, Person
from backend.sharing.consents import watching
from tests.api.conftest import Hand, hand
from tests.pages.conftest import browser
from tests.sharing.consents.conftest import do, resident

__all__ = ["browser", "hand"]
pytestmark = pytest.mark.django_db
JST = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=JST)  # a Thursday
DAY = (NOON - timedelta(hours=12), NOON + timedelta(hours=12))


def looked(person: Person, at: datetime = NOON, who: str = "caseworker") -> Look:
    return Look.objects.create(
        member_id=member_id(who), kind="person", subject=person.id, person=person, how="page", at=at
    )


def why(look: Look) -> set[str]:
    found = {one.look.id: set(one.why) for one in watching.unusual("city", *DAY)}
    return found.get(look.id, set())


@pytest.mark.parametrize(
    ("at", "outside"),
    [
        (NOON, False),
        (NOON.replace(hour=7), True),
        (NOON.replace(hour=17, minute=15), False),
        (NOON.replace(hour=18), True),
    ],
)
def test_a_look_outside_office_hours_is_noticed(hana: Person, at: datetime, outside: bool) -> None:
    assert ("outside_hours" in why(looked(hana, at))) is outside


def test_a_look_on_a_holiday_is_outside_office_hours() -> None:
    assert not watching.Hours.of_the_city().covers(datetime(2026, 11, 23, 12, 0, tzinfo=JST))


def test_a_look_at_ones_own_case_is_nothing_unusual(hana: Person, case_of: Callable[[Person], Done]) -> None:
    do(case_of(hana), "assign", {"assigned_to": str(member_id("caseworker")), "reason": "area"})

    assert why(looked(hana)) == set()


def test_a_look_at_a_case_of_somebody_else_is(hana: Person) -> None:
    assert why(looked(hana)) == {"not_own_caseload"}


def test_opening_what_was_handed_over_is_nobody_else_s_caseload(
    hana: Person, case_of: Callable[[Person], Done]
) -> None:
    look = looked(hana, who="receiver")
    opened = Look.objects.create(
        member_id=member_id("receiver"),
        kind="package",
        subject=hana.id,
        case_id=case_of(hana).case,
        person=hana,
        how="page",
        at=NOON,
    )

    assert "not_own_caseload" in why(look)
    assert "not_own_caseload" not in why(opened)


def test_supervisors_look_at_every_case(hana: Person) -> None:
    assert why(looked(hana, who="supervisor")) == set()


def test_a_neighbour_an_own_household_and_a_colleague_are_noticed(home: Household, hana: Person) -> None:
    other = Household.objects.create(controller="city", area_id="D01-1")
    sister = resident(other, "佐藤　直子")
    mother, colleague = resident(other, "佐藤 ヨシ"), resident(home, "山本 誠", area_id="D02")
    assert sister.area_id == hana.area_id

    assert "neighbour" in why(looked(hana))
    assert {"own_record", "same_name"} <= why(looked(mother))
    assert "colleague" in why(looked(colleague))


def test_many_different_records_within_an_hour_are_noticed(home: Household) -> None:
    people = [resident(home, f"住民 {number}") for number in range(watching.MANY + 1)]
    early = looked(people[0], NOON - timedelta(hours=3))
    burst = [looked(person, NOON + timedelta(minutes=2 * nth)) for nth, person in enumerate(people[1:])]

    assert "many_in_a_row" not in why(early)
    assert all("many_in_a_row" in why(look) for look in burst[:3])


def test_few_records_looked_at_often_are_not_many(home: Household) -> None:
    people = [resident(home, f"住民 {number}") for number in range(watching.MANY - 1)]
    looks = [looked(people[nth % len(people)], NOON + timedelta(minutes=nth)) for nth in range(59)]

    assert not any("many_in_a_row" in why(look) for look in looks[:3])


def test_an_hour_is_judged_as_a_whole_wherever_the_reading_stops(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [resident(home, f"住民 {number}") for number in range(watching.MANY)]
    looks = [looked(person, NOON + timedelta(minutes=nth)) for nth, person in enumerate(people)]
    monkeypatch.setattr(watching, "MOST", 3)

    found, before = watching.unusual_before(looks[10].id, "city", *DAY, 2)

    assert [(one.look, "many_in_a_row" in one.why) for one in found] == [(looks[9], True), (looks[8], True)]
    assert before == looks[8].id


def test_the_number_of_queries_does_not_grow(
    home: Household, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for number in range(12):
        looked(resident(home, f"住民 {number}"))

    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        assert len(watching.unusual("city", *DAY)) == 12


def test_records_of_another_controller_are_not_in_the_list(home: Household) -> None:
    theirs = resident(home, "社協 花子", controller="csw")
    looked(theirs, who="csw")

    assert watching.unusual("city", *DAY) == []


def test_the_privacy_officer_reads_the_list_and_is_recorded(
    browser: Callable[..., Client], hana: Person
) -> None:
    looked(hana, timezone.now())

    page = browser("privacy").get("/privacy/looks/")

    assert "自分の担当ではない" in page.content.decode()
    assert Look.objects.filter(kind="looks", member=member_id("privacy")).count() == 1


@pytest.mark.parametrize(("page", "judged"), [(2, 500), (100, 3), (2, 3)])
def test_every_look_is_on_one_page_of_the_list(
    browser: Callable[..., Client], home: Household, monkeypatch: pytest.MonkeyPatch, page: int, judged: int
) -> None:
    now = timezone.now()
    for number in range(7):  # some of one moment, as a list leaves them
        looked(resident(home, f"住民 {number}"), now - timedelta(days=number // 3))
    monkeypatch.setattr(privacy, "PAGE", page)
    monkeypatch.setattr(watching, "MOST", judged)

    pages = list(pages_of(browser("privacy"), "/privacy/looks/"))

    names = [name for told in pages for name in re.findall(r"住民 \d", told)]
    assert names == [f"住民 {number}" for number in (2, 1, 0, 5, 4, 3, 6)]
    assert ["最初のページへ" in told for told in pages] == [False] + [True] * (len(pages) - 1)
    assert Look.objects.filter(kind="looks", member=member_id("privacy")).count() == len(pages)


def pages_of(client: Client, address: str) -> Iterator[str]:
    """A list as a reader leafs through it."""
    told = client.get(address).content.decode()
    yield told
    following = re.search(r'href="(\?before=\d+)"', told)
    if following:
        yield from pages_of(client, f"/privacy/looks/{following[1]}")


def test_a_page_costs_no_more_queries_for_more_looks(
    browser: Callable[..., Client],
    home: Household,
    case_of: Callable[[Person], Done],
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    client = browser("privacy")
    last_night = timezone.localtime().replace(hour=2, minute=0) - timedelta(days=1)
    for number in range(12):
        person = resident(home, f"住民 {number}")
        Look.objects.create(
            member_id=member_id("caseworker"),
            kind="case",
            subject=person.id,
            case_id=case_of(person).case,
            how="page",
            at=last_night,
        )
    client.get("/privacy/looks/")

    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        assert "住民 7" in client.get("/privacy/looks/").content.decode()


def test_who_looked_at_one_record_is_told_and_recorded(browser: Callable[..., Client], hana: Person) -> None:
    looked(hana)

    page = browser("privacy").get(f"/privacy/looks/{hana.id}/")

    assert "佐藤 直子" in page.content.decode()
    assert Look.objects.filter(person=hana, how="audit", member=member_id("privacy")).exists()


def test_the_name_of_a_protected_person_is_in_no_list(browser: Callable[..., Client], hana: Person) -> None:
    Person.objects.filter(id=hana.id).update(protected=True)
    looked(hana, timezone.now())

    page = browser("privacy").get("/privacy/looks/").content.decode()

    assert "髙田 ハナ" not in page
    assert "保護されている方" in page


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "csw", "commissioner", "receiver"])
def test_nobody_else_reads_it(browser: Callable[..., Client], hana: Person, who: str) -> None:
    client = browser(who)

    assert client.get("/privacy/looks/").status_code == 403
    assert client.get(f"/privacy/looks/{hana.id}/").status_code == 403
    assert not Look.objects.exists()


def test_the_api_tells_the_same(hand: Callable[[str], Hand], hana: Person) -> None:
    looked(hana, timezone.now())

    (row,) = hand("privacy").get("/api/privacy/looks/").json()["results"]

    assert (row["person"], row["member"]["name"]) == (str(hana.id), "佐藤 直子")
    assert "not_own_caseload" in row["why"]
    refused = hand("supervisor").get("/api/privacy/looks/")
    assert (refused.status_code, refused.json()["code"]) == (403, "refused")


def test_looks_at_a_merged_record_are_told_with_the_one_that_was_kept(
    browser: Callable[..., Client], hana: Person
) -> None:
    merged = Person.objects.create(controller="city", name="高田 はな", area_id="D01-1")
    look = looked(merged)
    Person.objects.filter(pk=merged.pk).update(merged_into=hana)

    assert look in watching.looks_at(hana.id)
    answer = browser("privacy").get(f"/privacy/looks/{merged.id}/")
    assert answer.headers["Location"] == f"/privacy/looks/{hana.id}/"
