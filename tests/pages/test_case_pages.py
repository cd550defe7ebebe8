"""The case page and what is done from it."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.cases.looks import Look
from backend.cases.models import Case, Step
from backend.catalogue import loading
from backend.demo.cast import member_id
from backend.people.models import Person
from tests.pages.conftest import answers, do, post_of

pytestmark = pytest.mark.django_db

WRITTEN = {"answer": "given", "method": "written", "_trigger": "method"}
PDF = b"%PDF-1.7\n%%EOF\n"


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


def url(done, tail=""):
    return f"/cases/{done.case}/{tail}"


def test_my_work_shows_new_cases_with_what_is_next(browser, detected):
    page = text(browser("caseworker").get("/?view=unassigned"))

    assert detected.number in page
    assert "気づき受付" in page
    assert "緊急度を決める" in page


def test_the_case_page_names_the_next_action_first(browser, detected):
    page = text(browser("caseworker").get(url(detected)))

    assert page.index("次にすること") < page.index("いまどこか") < page.index("経過")
    assert f'href="{url(detected, "do/triage/")}"' in page


def test_what_cannot_be_done_is_told_with_its_reason_and_no_button(browser, triaged):
    page = text(browser("caseworker").get(url(triaged)))

    assert "いまはできません" in page
    assert url(triaged, "do/confirm_statutory_basis/") not in page


def test_looking_at_a_case_leaves_exactly_one_record_of_it(browser, detected):
    browser("supervisor").get(url(detected))

    look = Look.objects.get(case_id=detected.case)
    assert (look.member_id, look.how) == (member_id("supervisor"), "page")


def test_an_action_is_done_by_its_form_and_said(browser, detected):
    client = browser("caseworker")
    given = post_of(answers("triage", urgency="C"), revision=1)

    page = client.post(url(detected, "do/triage/"), given, follow=True)

    assert "記録しました" in text(page)
    assert Case.objects.get(pk=detected.case).state == "referral.triaged"


def test_wrong_answers_come_back_as_typed_with_what_to_correct(browser, detected):
    given = post_of({"imminent": False, "urgency": "C", "reason": ""}, revision=1)
    given["checked_with"] = ["neighbor"]

    page = browser("caseworker").post(url(detected, "do/triage/"), given)

    assert page.status_code == 422
    assert "<title>エラー：" in text(page)
    assert "error-summary" in text(page)
    assert re.search(r'value="neighbor" checked', text(page))
    assert Step.objects.filter(case=detected.case).count() == 1


def test_pressing_twice_does_one_step(browser, detected):
    client, given = browser("caseworker"), post_of(answers("triage"), revision=1)

    first = client.post(url(detected, "do/triage/"), given)
    again = client.post(url(detected, "do/triage/"), given)

    assert first.status_code == again.status_code == 302
    assert Step.objects.filter(case=detected.case).count() == 2


def test_the_same_page_sent_with_other_answers_is_not_taken_for_the_first(browser, detected):
    client, key = browser("caseworker"), uuid4().hex
    client.post(url(detected, "do/note/"), post_of(answers("note", body="はじめの記録"), revision=1, key=key))

    page = client.post(
        url(detected, "do/note/"), post_of(answers("note", body="別の記録"), revision=1, key=key)
    )

    assert page.status_code == 409
    assert "別の記録" in text(page)
    assert Step.objects.filter(case=detected.case).count() == 2


def test_a_stale_page_changes_nothing_says_who_was_first_and_keeps_the_input(browser, detected):
    client = browser("caseworker")
    do(detected, "note", answers("note"), by="supervisor")

    given = post_of(answers("triage", reason="玄関に新聞が5日分あるため"), revision=1)
    page = client.post(url(detected, "do/triage/"), given)

    assert page.status_code == 409
    assert "山本 誠" in text(page)
    assert "玄関に新聞が5日分あるため" in text(page)
    assert 'name="_revision" value="2"' in text(page)
    assert Case.objects.get(pk=detected.case).state == "referral.detected"


def test_after_a_conflict_the_same_page_can_be_sent_again(browser, detected):
    client = browser("caseworker")
    do(detected, "note", answers("note"), by="supervisor")
    stale = client.post(url(detected, "do/triage/"), post_of(answers("triage"), revision=1)).content.decode()
    key = re.search(r'name="_key" value="(\w+)"', stale)[1]

    page = client.post(url(detected, "do/triage/"), post_of(answers("triage"), revision=2, key=key))

    assert page.status_code == 302


def test_questions_are_updated_by_a_plain_button_without_writing(browser, detected):
    given = post_of({"imminent": True, "reason": "倒れている"}, revision=1) | {"_refresh": "1"}

    page = browser("caseworker").post(url(detected, "do/triage/"), given)

    assert page.status_code == 200
    assert 'name="called_119"' in text(page)
    assert "倒れている" in text(page)
    assert 'href="tel:119"' in text(page)
    assert Step.objects.filter(case=detected.case).count() == 1


def test_questions_are_updated_live_with_the_emergency_numbers(browser, detected):
    given = post_of({"imminent": True}, revision=1) | {"_trigger": "imminent"}

    page = browser("caseworker").post(url(detected, "do/triage/live/"), given, headers={"HX-Request": "true"})

    assert 'name="called_119"' in text(page)
    assert 'href="tel:119"' in text(page)


def test_a_case_in_which_life_is_in_danger_shows_the_emergency_numbers_first(browser, report):
    accepted = loading.use().forms["detection_report"].accepted
    done = report(answers=next(given for given in accepted if given["imminent"]))

    page = text(browser("caseworker").get(url(done)))

    assert page.index('href="tel:119"') < page.index("<h1>")


def test_a_file_is_attached_and_given_back_for_saving_only(browser, detected):
    client = browser("caseworker")
    given = {"_key": uuid4().hex, "_revision": 1, "title": "診療情報", "category": "consultation"}

    client.post(url(detected, "do/attach/"), {**given, "file": SimpleUploadedFile("a.pdf", PDF)})
    page = client.get(url(detected, "files/2/"))

    assert page.content == PDF
    assert page["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "data"), [("a.svg", b"<svg onload=alert(1)>"), ("a.pdf", b"%PDF-" + b"x" * 1_100_000)]
)
def test_a_file_of_another_kind_or_too_large_is_refused(browser, detected, name, data):
    given = {"_key": uuid4().hex, "_revision": 1, "title": "写真", "file": SimpleUploadedFile(name, data)}

    page = browser("caseworker").post(url(detected, "do/attach/"), given)

    assert page.status_code == 409
    assert "1MB" in text(page)
    assert Step.objects.filter(case=detected.case).count() == 1


def test_a_correction_shows_before_and_after_and_keeps_the_old_step(browser, triaged):
    client = browser("supervisor")
    before = answers("triage", urgency="C")
    form = text(client.get(url(triaged, "do/correct/?step=2")))
    assert before["reason"] in form

    given = post_of({**before, "reason": "聞き直したため"}, revision=2) | {"_step": "2"}
    page = client.post(url(triaged, "do/correct/"), given, follow=True)

    assert f"<del>{before['reason']}</del> → <ins>聞き直したため</ins>" in text(page)
    assert Step.objects.get(case=triaged.case, seq=3).corrects == 2


def test_the_case_is_assigned_by_choosing_a_member(browser, triaged):
    client = browser("supervisor")
    page = text(client.get(url(triaged, "do/assign/")))
    field = re.search(r'<select[^>]*name="(\w+)"', page.partition("<main")[2])[1]
    assert "佐藤 直子" in page

    client.post(
        url(triaged, "do/assign/"), post_of(answers("assign", **{field: member_id("caseworker")}), revision=2)
    )

    assert str(Case.objects.get(pk=triaged.case).assignee_id) == str(member_id("caseworker"))


@pytest.mark.parametrize(
    ("action", "answer"),
    [("record_consent", "given"), ("record_partial_consent", "partial"), ("record_refusal", "refused")],
)
def test_a_consent_begins_with_what_its_action_says_and_to_whom_it_is_given(browser, triaged, action, answer):
    page = text(browser("caseworker").get(url(triaged, f"do/{action}/")))

    assert re.search(rf'name="answer" value="{answer}"[^>]* checked', page)
    assert re.search(r'value="mayor"[^>]* (selected|checked)', page)
    assert not re.search(r'value="csw_chair"[^>]* (selected|checked)', page)


def test_a_question_that_appears_begins_with_what_is_known(browser, triaged):
    page = text(browser("caseworker").post(url(triaged, "do/record_consent/live/"), WRITTEN))

    assert re.search(r'name="signed_on"[^>]*value="令和', page)


def test_a_box_that_was_emptied_stays_empty(browser, triaged):
    page = text(
        browser("caseworker").post(url(triaged, "do/record_consent/live/"), {**WRITTEN, "signed_on": ""})
    )

    assert not re.search(r'name="signed_on"[^>]*value="令和', page)


def test_whoever_assigns_stands_first_then_their_own_office(browser, triaged):
    page = browser("caseworker").get(url(triaged, "do/assign/")).content.decode()

    offered = re.findall(r'<option value="([0-9a-f-]{36})"', page)
    assert offered[:2] == [str(member_id("caseworker")), str(member_id("supervisor"))]


def test_a_held_case_is_resumed_first(browser, detected):
    client = browser("supervisor")
    client.post(url(detected, "do/hold/"), post_of(answers("hold"), revision=1))
    assert f'href="{url(detected, "do/resume/")}"' in text(client.get(url(detected)))

    client.post(url(detected, "do/resume/"), post_of({}, revision=2))

    assert Case.objects.get(pk=detected.case).held_at is None


def test_what_the_policies_refuse_is_a_page_with_reason_and_way_on(browser, triaged):
    page = browser("caseworker").get(url(triaged, "do/confirm_statutory_basis/"))

    assert page.status_code == 403
    assert "できるようにするには" in text(page)


def test_an_unknown_action_is_not_found(browser, detected):
    assert browser("caseworker").get(url(detected, "do/explode/")).status_code == 404


def test_the_outsider_finds_nothing_at_any_address_of_the_case(browser, triaged):
    client = browser("outsider")
    absent = url(triaged).replace(str(triaged.case), str(uuid4()))
    tails = ("", "do/triage/", "do/note/", "do/correct/?step=2", "files/1/", "do/explode/")

    assert [client.get(url(triaged, tail)).status_code for tail in tails] == [404] * len(tails)
    assert client.post(url(triaged, "do/note/"), post_of(answers("note"), revision=2)).status_code == 404
    assert client.post(url(triaged, "do/note/live/"), {}).status_code == 404
    assert triaged.number not in text(client.get("/?view=team"))
    hidden, missing = client.get(url(triaged)).content, client.get(absent).content
    assert len(hidden) == len(missing)


def test_what_somebody_typed_is_shown_and_never_run(browser, detected):
    payload = '<script>alert(1)</script><img src=x hx-get="/x" hx-trigger="load">'
    client = browser("caseworker")

    client.post(url(detected, "do/triage/"), post_of(answers("triage", reason=payload), revision=1))
    page = client.get(url(detected)).content.decode()

    assert payload not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_without_the_token_of_the_page_nothing_is_taken(browser, detected):
    client = browser("caseworker", enforce_csrf_checks=True)

    page = client.post(url(detected, "do/triage/"), post_of(answers("triage"), revision=1))

    assert page.status_code == 403
    assert "画面が古くなっていました" in text(page)


def test_personal_pages_are_stored_nowhere_and_run_nothing_of_others(browser, detected):
    page = browser("caseworker").get(url(detected))

    assert page["Cache-Control"] == "no-store"
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not re.search(r"\son\w+=|style=|<script(?! src)", page.content.decode())


def test_my_work_and_the_case_page_ask_the_database_little(browser, triaged, django_assert_max_num_queries):
    client = browser("caseworker")
    client.get("/?view=team")

    with django_assert_max_num_queries(8):
        client.get("/?view=team")
    client.get(url(triaged))  # the words of the consent's form are read once in a process
    with django_assert_max_num_queries(14):
        client.get(url(triaged))


def test_whose_person_moved_to_another_area_says_so_until_it_follows(browser, triaged):
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D02-2")
    Case.objects.filter(pk=triaged.case).update(person=person)
    client, url = browser("caseworker"), f"/cases/{triaged.case}/"

    assert f'{url}do/follow/"' in client.get(url).content.decode()
    Person.objects.filter(pk=person.pk).update(area_id=Case.objects.get(pk=triaged.case).area_id)

    assert "do/follow/" not in client.get(url).content.decode()


def test_of_a_protected_person_it_is_not_said_where_they_live_now(browser, triaged):
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D02-2", protected=True)
    Case.objects.filter(pk=triaged.case).update(person=person)

    page = browser("supervisor").get(f"/cases/{triaged.case}/").content.decode()

    assert "髙田 ハナ" in page
    assert person.area.name not in page
    assert "do/follow/" not in page
