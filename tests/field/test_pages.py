"""The pages of the phone, without script."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from backend.cases.actions import Done
from backend.cases.models import Case, Notice, Step
from backend.demo.cast import member_id
from backend.field.models import CallBack

pytestmark = pytest.mark.django_db
Open = Callable[..., Client]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_big_button_records_with_one_press(browser: Open, watched: Done) -> None:
    phone = browser("volunteer")
    page = text(phone.get("/field/"))
    address, key, way = re.findall(
        r'action="(/field/visit/[^"]+)" data-record>.*?_key" value="([^"]+)".*?mode" value="(\w+)"', page
    )[0]

    after = phone.post(address, {"_key": key, "mode": way, "result": "no_change"}, follow=True)

    assert "記録しました" in text(after)
    assert Step.objects.get(case=watched.case, form="visit").actor_id == member_id("volunteer")


def test_an_ordinary_visit_takes_three_presses_and_no_typing(browser: Open, watched: Done) -> None:
    phone = browser("volunteer")
    card = re.findall(r'class="more"><a href="([^"]+)"', text(phone.get("/field/")))[0]
    how = re.findall(r'class="result no_change" href="([^"]+)"', text(phone.get(card)))[0]
    key = re.findall(r'_key" value="([^"]+)"', text(phone.get(card + how)))[0]

    phone.post(card, {"_key": key, "result": "no_change", "mode": "outside"})

    assert Step.objects.filter(case=watched.case, form="visit").count() == 1


def test_a_visit_pressed_by_mistake_is_taken_back(browser: Open, watched: Done) -> None:
    phone = browser("volunteer")
    address = f"/field/visit/{watched.case}/"
    phone.post(address, {"_key": uuid4(), "result": "no_change"})
    assert 'value="mistaken"' in text(phone.get("/field/"))

    phone.post(address, {"_key": uuid4(), "result": "mistaken"})

    assert "まだ訪ねていません" in text(phone.get("/field/"))


def test_something_worrying_tells_the_one_in_charge(browser: Open, watched: Done) -> None:
    given = {"_key": uuid4(), "result": "worried", "quick": ["fell", "eating"], "mode": "met"}

    browser("volunteer").post(f"/field/visit/{watched.case}/", given)

    step = Step.objects.get(case=watched.case, form="visit")
    assert step.case.effects.filter(seq=step.seq, kind="notice").exists()


def test_a_commissioner_is_not_asked_to_tell_the_commissioner(browser: Open, watched: Done) -> None:
    page = f"/field/visit/{watched.case}/?result=worried"

    own, other = (browser(who).get(page).content.decode() for who in ("commissioner", "volunteer"))

    assert 'value="commissioner"' not in own
    assert 'value="commissioner"' in other


def test_an_alarm_goes_to_the_telephone_numbers(browser: Open, watched: Done) -> None:
    given = {"_key": uuid4(), "result": "alarm", "mode": "outside", "called": "false"}

    after = browser("volunteer").post(f"/field/visit/{watched.case}/", given)

    assert after.headers["Location"] == "/field/alarm/"
    assert Case.objects.get(pk=watched.case).state == "referral.emergency"


def test_the_emergency_numbers_open_for_everybody(cast: None) -> None:
    page = text(Client().get("/field/alarm/"))

    assert "tel:119" in page
    assert "tel:110" in page


def test_an_unknown_home_and_one_that_is_not_theirs_are_the_same(browser: Open, watched: Done) -> None:
    outsider = browser("outsider")

    assert outsider.get(f"/field/visit/{watched.case}/").status_code == 404
    assert outsider.get(f"/field/visit/{uuid4()}/").status_code == 404


def test_asking_to_be_called_reaches_the_call_sheet_once(browser: Open, watched: Done) -> None:
    phone, desk = browser("commissioner"), browser("caseworker")
    phone.post("/field/help/")
    phone.post("/field/help/")

    assert "林 和子" in text(desk.get("/calls/"))
    assert Notice.objects.filter(kind="call_back", member=member_id("caseworker")).count() == 1

    desk.post(f"/field/help/{CallBack.objects.get().id}/")

    assert "電話を待っている人" not in text(desk.get("/calls/"))


def test_the_page_without_a_network_holds_nobodys_name(browser: Open, watched: Done) -> None:
    page = text(browser("volunteer").get("/field/shell/"))

    assert "髙田" not in page
    assert str(watched.case) not in page


def test_the_page_is_home_for_field_members_after_signing_in(browser: Open, cast: None) -> None:
    from backend.pages.entry.signin import home_of
    from backend.people.models import User

    assert home_of(User.objects.get(username="volunteer")) == "pages:field"
    assert home_of(User.objects.get(username="caseworker")) == "pages:work"


def test_the_home_of_many_households_asks_the_database_little(
    browser: Open, watched: Done, more: Any, django_assert_max_num_queries: Any
) -> None:
    more("山本 ヨシ")
    phone = browser("volunteer")
    phone.get("/field/")

    with django_assert_max_num_queries(9):
        phone.get("/field/")


def test_the_list_for_the_phone_is_a_look_once_a_day(browser: Open, watched: Done) -> None:
    from backend.cases.looks import Look

    phone = browser("volunteer")

    homes = phone.get("/field/list/").json()["homes"]
    phone.get("/field/list/")

    assert [home["name"] for home in homes] == ["髙田 ハナ"]
    assert Look.objects.filter(how="phone", case=watched.case).count() == 1
