"""A report by somebody without an account: few pages, no name, one case, one fixed phrase."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from backend.cases.models import Case, Step
from backend.cases.reading import answers_of
from backend.demo.cast import member_id
from backend.field import reporting
from backend.field.models import Place, Receipt
from backend.pages.street import report as pages
from tests.cases.conftest import answers
from tests.pages.conftest import browser
from tests.sharing.consents.conftest import do

__all__ = ["browser"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who answers by hand."""
    monkeypatch.setattr(pages, "QUICK", 0)


def post(client: Client, step: str, **given: Any) -> Any:
    return client.post(f"/report/{step}/", given)


def told(client: Client, **check: Any) -> Any:
    """A neighbour tells of piled-up mail."""
    client.get("/report/")
    post(client, "danger", danger="no")
    post(client, "signs", signs=["mail_piled", "no_answer"])
    post(client, "where", where="長府中町 青い屋根")
    post(client, "you")
    return client.post("/report/check/", check, follow=True)


def answered() -> dict[str, Any]:
    return answers_of(Case.objects.get())[0].merged()


def number(answer: Any) -> str:
    return re.findall(r"<b data-plain>([0-9A-Z-]+)</b>", answer.content.decode())[0]


def test_signs_and_a_place_are_enough_and_no_name_is_needed(slow: None) -> None:
    answer = told(Client())

    case = Case.objects.get()
    assert len(number(answer)) == 14
    assert (case.state, case.controller) == ("referral.detected", settings.INTAKE_CONTROLLER)
    assert Step.objects.get().actor_id == member_id("system")


def test_the_pages_number_at_most_seven(slow: None) -> None:
    client, step, seen = Client(), "/report/danger/", 1
    client.get("/report/")
    given = {"danger": "no", "signs": "thin_or_dirty", "abuse": "elder", "where": "公園の向かい"}
    while not step.startswith("/report/done"):
        step = client.post(step, given).headers["Location"]
        seen += 1

    assert seen <= 7
    assert Case.objects.get().facts["abuse"] == "elder"


def test_whoever_is_in_danger_is_never_asked_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.get("/report/")
    assert "tel:119" in client.get("/report/danger/").content.decode()
    post(client, "danger", danger="yes")
    post(client, "signs", facts="倒れている")
    post(client, "where", where="三丁目の角")

    post(client, "check")

    assert Case.objects.get().facts["imminent"] is True


def test_answers_stay_when_one_goes_back(slow: None) -> None:
    client = Client()
    client.get("/report/")
    post(client, "signs", signs=["mail_piled"], facts="三日ぶん")
    post(client, "where", where="青い屋根")

    page = client.get("/report/signs/").content.decode()

    assert "三日ぶん" in page
    assert re.search(r'value="mail_piled" checked', page)


def test_sent_too_fast_it_is_asked_a_question_made_here() -> None:
    client = Client()
    page = told(client)
    assert page.status_code == 422
    assert not Case.objects.exists()
    first, second = client.session["report"]["sum"]

    client.post("/report/check/", {"sum": f" {chr(0xFF10)}{first + second} "})

    assert Case.objects.count() == 1


def test_a_field_no_human_sees_makes_no_case(slow: None) -> None:
    answer = told(Client(), homepage="https://example.com")

    assert len(number(answer)) == 14
    assert not Case.objects.exists()


def test_a_flood_from_one_address_is_asked_and_not_turned_away(slow: None) -> None:
    for _turn in range(7):
        last = told(Client())

    assert last.status_code == 422
    assert Case.objects.count() == 5


def test_pressed_twice_it_is_one_case(slow: None) -> None:
    client = Client()
    client.get("/report/")
    post(client, "signs", signs=["mail_piled"])
    post(client, "where", where="青い屋根")
    kept = dict(client.session["report"])
    reporting.report(kept, kept["key"], timezone.now())

    post(client, "check")

    assert Case.objects.count() == Receipt.objects.count() == 1


def test_the_receipt_number_answers_with_a_fixed_phrase_only(slow: None) -> None:
    client = Client()
    code = number(told(client))
    case = Case.objects.get()

    def phrase() -> str:
        return client.post("/report/receipt/", {"code": code.lower()}).content.decode()

    assert "受け付けました" in phrase()
    done = reporting.actions.Done(case.id, case.revision, "", "", "", ())
    do(done, "triage", answers("triage", urgency="C"))
    assert "対応しています" in phrase()
    assert case.number not in phrase()
    assert "青い屋根" not in phrase()


def test_a_wrong_receipt_number_says_which_character_to_look_at(slow: None) -> None:
    client = Client()
    code = number(told(client))
    wrong = ("A" if code[0] != "A" else "B") + code[1:]

    assert "1文字目" in client.post("/report/receipt/", {"code": wrong}).content.decode()


def test_a_sticker_brings_its_place_along(slow: None, browser: Any) -> None:
    desk = browser("caseworker")
    desk.post("/report/places/", {"words": "中浜商店 入口", "area": "D01-1"})
    place = Place.objects.get()
    pdf = desk.post(f"/report/places/{place.code}/sticker.pdf")

    client = Client()
    client.get(f"/report/at/{place.code}/")
    post(client, "danger", danger="no")
    post(client, "signs", signs=["mail_piled"])
    assert "中浜商店" in client.get("/report/where/").content.decode()
    post(client, "where", where="裏の青い屋根")
    post(client, "check")

    assert pdf.content[:5] == b"%PDF-"
    assert Case.objects.get().area_id == "D01-1"
    assert answered()["landmark"] == "裏の青い屋根（中浜商店 入口）"


def test_a_clerk_on_the_telephone_reads_the_questions_aloud_and_is_the_reporter(browser: Any) -> None:
    desk = browser("csw")
    desk.get("/report/?clerk=1")
    assert "と聞いてください" in desk.get("/report/danger/").content.decode()
    post(desk, "signs", signs=["mail_piled"])
    post(desk, "where", where="青い屋根")
    who = desk.get("/report/you/").content.decode()
    assert "電話をくれた人の名前" in who
    assert 'autocomplete="name"' not in who, "the browser would write the clerk's own name there"

    post(desk, "check")

    assert Case.objects.get().reporter_id == member_id("csw")


def test_whoever_watches_over_homes_is_asked_three_questions_and_not_who_they_are(browser: Any) -> None:
    phone = browser("commissioner")
    assert "/report/?member=1" in phone.get("/field/").content.decode()
    phone.get("/report/?member=1")
    asked, step = [], "/report/danger/"
    given = {"danger": "no", "signs": "mail_piled", "where": "公園の向かい"}
    while not step.startswith("/report/done"):
        asked.append(step.split("/")[2])
        step = phone.post(step, given).headers["Location"]

    done = phone.get(step).content.decode()

    assert asked == ["danger", "signs", "where", "check"]
    assert Step.objects.get().actor_id == member_id("commissioner")
    assert answered()["reporter_type"] == "welfare_commissioner"
    assert 'href="/field/"' in done


def test_a_clerk_finds_the_questions_where_reports_are_taken_and_comes_back_from_them(browser: Any) -> None:
    desk = browser("csw")
    assert 'href="/report/?clerk=1"' in desk.get("/cases/new/").content.decode()
    desk.get("/report/?clerk=1")
    post(desk, "signs", signs=["bruise_or_injury"])
    assert "/report/leave/" not in desk.get("/report/abuse/").content.decode()
    post(desk, "where", where="青い屋根")

    done = desk.post("/report/check/", follow=True).content.decode()

    assert f'<a class="button large" href="/cases/{Case.objects.get().pk}/">' in done
    assert 'href="/">' in done


def test_a_wrong_number_is_said_where_it_is_typed_and_any_digits_are_read(slow: None) -> None:
    client = Client()
    client.get("/report/")

    wrong = post(client, "you", phone="2005555")
    right = post(client, "you", phone="０８３２（００）５５５５")

    assert (wrong.status_code, "市外局番" in wrong.content.decode()) == (422, True)
    assert right.headers["Location"] == "/report/check/"
    assert client.session["report"]["phone"] == "0832-00-5555"


def test_nobody_becomes_a_member_by_saying_so() -> None:
    client = Client()

    client.get("/report/?member=1")

    assert "member" not in client.session["report"]


def test_leaving_forgets_what_was_typed() -> None:
    client = Client()
    client.get("/report/")
    post(client, "where", where="青い屋根")

    client.get("/report/leave/")

    assert "report" not in client.session


def test_readings_stand_over_the_words_when_asked_for() -> None:
    client = Client()
    client.get("/report/")

    assert 'class="rt"' in client.get("/report/danger/?ruby=1").content.decode()
    assert 'class="rt"' not in client.get("/report/danger/?ruby=0").content.decode()


def test_the_answers_are_kept_for_a_day() -> None:
    client = Client()
    with patch.object(timezone, "now", return_value=timezone.now()):
        client.get("/report/")

    assert timedelta(hours=23) < timedelta(seconds=client.session.get_expiry_age()) <= timedelta(hours=24)
