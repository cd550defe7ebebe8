"""Beginning a case, finding a person, and being told."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from backend.cases.models import Case, Notice
from backend.catalogue import loading
from backend.demo.cast import member_id
from backend.people.models import Person, SearchLog
from tests.pages.conftest import answers, post_of

pytestmark = pytest.mark.django_db


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


@pytest.fixture
def hana(cast):
    return Person.objects.create(
        controller="city",
        name="髙田 ハナ",
        kana="たかだ はな",
        birth_date="1938-05-02",
        sex="female",
        area_id="D01-1",
        address="海鳴市中浜一丁目7番7号",
        phone="0832-00-1234",
    )


def test_a_case_begins_with_its_first_form_and_says_its_number(browser, cast):
    client = browser("caseworker")

    page = client.post("/cases/new/referral/", post_of(answers("detection_report")), follow=True)

    number = Case.objects.get().number
    assert f"番号は {number} です" in text(page)


def test_a_case_is_begun_about_a_person_who_was_found(browser, hana):
    client = browser("caseworker")
    form = text(client.get(f"/cases/new/referral/?person={hana.id}"))
    assert "髙田 ハナ" in form

    client.post("/cases/new/referral/", post_of(answers("detection_report")) | {"_person": str(hana.id)})

    assert Case.objects.get().person == hana


def test_sending_the_first_form_twice_begins_one_case(browser, cast):
    client, given = browser("caseworker"), post_of(answers("detection_report"))

    client.post("/cases/new/referral/", given)
    client.post("/cases/new/referral/", given)

    assert Case.objects.count() == 1


def test_a_first_form_with_errors_keeps_what_was_typed(browser, cast):
    page = browser("volunteer").post("/cases/new/referral/", post_of({"signs_note": "", "channel": "phone"}))

    assert page.status_code == 422
    assert 'value="phone" selected' in text(page)
    assert Case.objects.count() == 0


def test_a_volunteer_may_report_and_is_told_the_number(browser, cast):
    page = browser("volunteer").post(
        "/cases/new/referral/", post_of(answers("detection_report")), follow=True
    )

    assert page.status_code == 200
    assert Case.objects.get().number in text(page)


def test_the_first_question_is_about_danger(browser, cast):
    page = text(browser("caseworker").get("/cases/new/referral/"))

    assert page.index("今すぐ命の危険がありますか") < page.index("連絡方法")


def test_an_unknown_workflow_and_an_invisible_person_are_not_found(browser, hana):
    assert browser("caseworker").get("/cases/new/unheard-of/").status_code == 404
    assert browser("outsider").get(f"/cases/new/referral/?person={hana.id}").status_code == 404


def test_a_person_is_found_by_any_spelling_and_the_words_stand_in_no_address(browser, hana):
    page = browser("caseworker").post("/persons/", {"q": "たかだ S13"})

    assert page.request["QUERY_STRING"] == ""
    assert f'href="/persons/{hana.id}/"' in text(page)
    assert "読み取り" in text(page)
    assert SearchLog.objects.count() == 1


def test_nothing_found_says_how_to_go_on(browser, cast):
    assert "読みだけ、町名だけでも" in text(browser("caseworker").post("/persons/", {"q": "そんざいしない"}))


def test_the_page_of_a_person_shows_age_and_cases(browser, hana):
    client = browser("caseworker")
    client.post("/cases/new/referral/", post_of(answers("detection_report")) | {"_person": str(hana.id)})

    page = text(client.get(f"/persons/{hana.id}/"))

    assert "昭和13年5月2日" in page
    assert Case.objects.get().number in page


def test_the_whereabouts_of_a_protected_person_are_on_no_page(browser, hana):
    hana.protected = True
    hana.save()
    client = browser("supervisor")
    given = {name: value for name, value in answers("detection_report").items() if name != "subject_addr"}
    client.post("/cases/new/referral/", post_of(given) | {"_person": str(hana.id)})
    case = Case.objects.get()

    pages = [client.get(path) for path in (f"/persons/{hana.id}/", f"/cases/{case.id}/", "/?view=team")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any("7番7号" in text(page) or "0832-00-1234" in text(page) for page in pages)
    assert browser("caseworker").get(f"/cases/{case.id}/").status_code == 404


def test_the_outsider_finds_no_person_of_another_area(browser, hana):
    client = browser("outsider")

    assert "髙田" not in text(client.post("/persons/", {"q": "はな"}))
    assert client.get(f"/persons/{hana.id}/").status_code == 404


def told(role, case, kind, key, **besides):
    return Notice.objects.create(
        member_id=member_id(role), case_id=case, kind=kind, key=key, created_at=timezone.now(), **besides
    )


def test_the_bell_counts_the_cases_with_something_new_not_the_notices(browser, detected, report):
    Notice.objects.filter(member_id=member_id("supervisor")).delete()
    for number in range(3):
        told("supervisor", detected.case, "remind", f"a{number}")
    told("supervisor", report().case, "due", "b")
    told("supervisor", None, "retention", "c1")
    told("supervisor", None, "retention", "c2")

    page = text(browser("supervisor").get("/notices/"))

    assert '<b class="count">3</b>' in page
    assert page.count("期限が近づいています") == 1
    assert "3回、最後は" in page
    assert page.count("<b>新しい</b>") == 3


def test_what_lies_ahead_is_told_when_its_time_has_come(browser, detected, report):
    Notice.objects.filter(member_id=member_id("supervisor")).delete()
    told("supervisor", detected.case, "remind", "a")
    ahead = Notice.objects.filter(key="a")
    ahead.update(created_at=timezone.now() + timedelta(days=90))
    told("supervisor", report().case, "remind", "b")
    before = text(browser("supervisor").get("/notices/"))

    ahead.update(created_at=timezone.now())
    after = text(browser("supervisor").get("/notices/"))

    assert before.count("期限が近づいています") == 1
    assert '<b class="count">1</b>' in before
    assert after.count("期限が近づいています") == 2


def test_the_steps_of_a_case_are_told_in_one_line(browser, detected):
    Notice.objects.filter(member_id=member_id("supervisor")).delete()
    for action in ("triage", "assign", "close", "refer", "triage"):
        told("supervisor", detected.case, "step", action + str(Notice.objects.count()), stage=action)

    page = text(browser("supervisor").get("/notices/"))

    assert page.count("動きがありました") == 1
    assert "ほか1つ" in page
    assert "5回、最後は" in page


def test_notices_of_many_cases_cost_no_more_queries(browser, report, django_assert_max_num_queries):
    for number in range(4):
        told("supervisor", report().case, "remind", f"n{number}")
    client = browser("supervisor")
    client.get("/notices/")

    with django_assert_max_num_queries(7):
        client.get("/notices/")


def test_reading_clears_the_bell_of_what_was_on_the_page(browser, detected):
    seen = told("supervisor", detected.case, "remind", "k1")
    later = told("supervisor", detected.case, "due", "k2")
    client = browser("supervisor")

    client.post("/notices/read/", {"until": seen.id})

    assert '<b class="count">1</b>' in text(client.get("/notices/"))
    assert Notice.objects.get(id=later.id).read_at is None
    assert client.post("/notices/read/", {"until": "all"}).status_code == 404


def test_what_is_about_one_case_is_read_by_itself_or_by_opening_the_case(browser, detected, report):
    told("supervisor", detected.case, "remind", "k1")
    other = told("supervisor", report().case, "remind", "k2")
    client = browser("supervisor")

    opened = client.post("/notices/read/", {"until": other.id, "about": str(detected.case), "open": "1"})

    assert opened.headers["Location"] == f"/cases/{detected.case}/"
    unread = Notice.objects.filter(member_id=member_id("supervisor"), read_at=None)
    assert {one.case_id for one in unread} == {other.case_id}


def test_a_notice_of_a_case_one_may_not_see_names_no_case(browser, detected):
    Notice.objects.create(
        member_id=member_id("outsider"),
        case_id=detected.case,
        kind="received",
        key="k2",
        created_at=timezone.now(),
    )

    page = text(browser("outsider").get("/notices/"))

    assert "お知らせを受け付けました" in page
    assert detected.number not in page


def test_the_list_goes_on_page_by_page_without_losing_a_case(browser, report):
    made = {report().number for _ in range(23)}
    client = browser("caseworker")
    first = text(client.get("/?view=team"))
    following = re.search(r'href="(/\?view=team[^"]*after=[^"]+)"', first)[1]

    second = text(client.get(following))

    numbers = re.findall(r'class="number">(R8-\d+)<', first + second)
    assert len(numbers) == 23
    assert set(numbers) == made


def test_a_broken_cursor_begins_at_the_front(browser, detected):
    for cursor in ("x", "AAAA", "%00", "MjAyNnw="):
        assert detected.number in text(browser("caseworker").get(f"/?view=team&after={cursor}"))


def test_each_kind_of_case_says_what_it_is_for_before_it_is_begun(browser, cast):
    page = text(browser("caseworker").get("/cases/new/"))

    shown = [flow for flow in loading.use().workflows.values() if f'/cases/new/{flow.name}/"' in page]
    assert len(shown) > 3
    assert all(flow.purpose.ja in page for flow in shown)
    assert loading.use().workflows["grant"].purpose.ja in text(browser("caseworker").get("/cases/new/grant/"))


@pytest.mark.parametrize("workflow", ["consent", "appointment", "data_request"])
def test_what_is_about_a_person_asks_whom_before_anything_else(browser, hana, workflow):
    client, address = browser("caseworker"), f"/cases/new/{workflow}/"

    assert "まず、だれのことかを選んでください。" in text(client.get(address))
    found = text(client.post(address, {"_whom": "1", "q": "たかだ"}))

    assert f'href="{address}?person={hana.id}"' in found
    assert 'name="_key"' in text(client.get(f"{address}?person={hana.id}"))
    assert not Case.objects.exists()


def test_a_request_to_share_says_that_it_begins_at_the_case(browser, cast):
    page = text(browser("caseworker").get("/cases/new/disclosure/"))

    assert "ケースから申し込みます" in page
    assert 'name="source"' not in page


def test_a_meeting_is_planned_without_being_told_to_find_a_person_first(browser, cast):
    first = "先に人をさがし、"

    assert first in text(browser("caseworker").get("/cases/new/referral/"))
    assert first not in text(browser("caseworker").get("/cases/new/council/"))
