"""Slips of visits on paper: printed for whoever watches, keyed in once and quickly."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.field import rounds
from backend.letters.tokens import Token
from backend.papers import keying
from tests.field.conftest import facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def slip(watched: Done) -> Token:
    return hand_out(watched)


def hand_out(watched: Done) -> Token:
    case = Case.objects.get(pk=watched.case)
    return keying.hand_out(
        "visit", by=member_id("caseworker"), now=timezone.now(), case=case, action="record_watch", length=6
    )[1]


def key(client: Any, slip: Token, **typed: str) -> Any:
    return client.post("/papers/slips/key/", {"code": slip.code.lower(), "result": "1", "way": "1", **typed})


def last(watched: Done) -> rounds.Visited | None:
    visits = rounds.visits_of(Case.objects.get(pk=watched.case), timezone.now())
    return next(iter(visits), None)


def test_a_number_of_six_characters_a_result_and_a_way_make_a_visit(
    browser: Any, watched: Done, slip: Token
) -> None:
    assert len(slip.code) == 6

    key(browser("caseworker"), slip, way="3")

    found = last(watched)
    assert found is not None
    assert (found.result, found.mode, found.day) == ("no_change", "outside", timezone.localdate())


def test_a_slip_is_taken_once_and_the_first_is_shown(browser: Any, watched: Done, slip: Token) -> None:
    desk = browser("caseworker")
    key(desk, slip)

    again = key(desk, slip)

    assert again.status_code == 409
    assert "佐藤 直子" in again.content.decode()
    assert Step.objects.filter(case=watched.case, form="visit").count() == 1


def test_what_was_keyed_in_last_is_shown_and_can_be_taken_back_and_keyed_in_anew(
    browser: Any, watched: Done, slip: Token
) -> None:
    desk = browser("caseworker")
    key(desk, slip)
    assert "髙田 ハ○" in desk.get("/papers/slips/key/").content.decode()

    desk.post("/papers/slips/undo/")
    assert last(watched) is None
    key(desk, slip, way="2")

    found = last(watched)
    assert found is not None
    assert found.mode == "phone"
    assert key(desk, slip).status_code == 409


def test_nobody_in_asks_for_the_next_day_only(browser: Any, watched: Done, slip: Token) -> None:
    desk, tomorrow = browser("caseworker"), timezone.localdate() + timedelta(days=1)
    assert key(desk, slip, result="4").status_code == 422

    key(desk, slip, result="4", next=f"{tomorrow:%m%d}")

    found = last(watched)
    assert found is not None
    assert found.retry_on == tomorrow


def test_something_wrong_starts_the_clock(browser: Any, watched: Done, slip: Token) -> None:
    key(browser("caseworker"), slip, result="3", quick="mail_piled")

    assert Case.objects.get(pk=watched.case).state == "referral.emergency"


def test_the_day_of_one_slip_is_offered_for_the_next(browser: Any, watched: Done, slip: Token) -> None:
    desk, before = browser("caseworker"), timezone.localdate() - timedelta(days=3)

    key(desk, slip, day=f"{before:%m%d}")

    assert f'value="{before:%m%d}"' in desk.get("/papers/slips/key/").content.decode()
    found = last(watched)
    assert found is not None
    assert found.day == before


@pytest.mark.parametrize("typed", [{"result": "9"}, {"way": "7"}, {"way": ""}, {"day": "1399"}])
def test_a_digit_that_means_nothing_is_named_and_nothing_is_recorded(
    browser: Any, watched: Done, slip: Token, typed: dict[str, str]
) -> None:
    assert key(browser("caseworker"), slip, **typed).status_code == 422
    assert last(watched) is None


def test_whose_slip_it_is_is_told_to_those_who_may_record_it(
    browser: Any, watched: Done, slip: Token
) -> None:
    told = browser("caseworker").post("/papers/slips/look/", {"code": slip.code}).json()
    other = browser("csw").post("/papers/slips/look/", {"code": slip.code}).json()

    assert told["name"] == "髙田 ハ○"
    assert "name" not in other


def test_of_all_who_watch_the_homes_are_counted_at_once(
    browser: Any, watched: Done, more: Any, django_assert_max_num_queries: Any
) -> None:
    more("山本 ヨシ")
    desk, now = browser("caseworker"), timezone.now()
    desk.get("/papers/slips/")

    with django_assert_max_num_queries(8):
        page = desk.get("/papers/slips/").context["watchers"]

    everybody = [facts(name) for name in ("commissioner", "volunteer", "outsider", "caseworker")]
    listed = {one.id: {home.case for home in rounds.homes(one, now)} for one in everybody}
    assert {name: set(cases) for name, cases in rounds.watched(everybody, now).items()} == listed
    assert {str(row.id): number for row, number in page} == {
        name: len(cases) for name, cases in listed.items() if cases
    }


def test_a_sheet_has_a_line_for_each_home_and_no_whole_name(browser: Any, watched: Done, more: Any) -> None:
    more("山本 ヨシ")
    desk = browser("caseworker")
    assert "村上 武" in desk.get("/papers/slips/").content.decode()

    pdf = desk.post(f"/papers/slips/{member_id('volunteer')}/")

    assert pdf.content[:5] == b"%PDF-"
    assert len(rounds.homes(facts("volunteer"), timezone.now())) == 2
    assert browser("commissioner").post(f"/papers/slips/{member_id('volunteer')}/").status_code == 403
