"""Letters before they are written, in a browser."""

import pytest

from backend.cases.looks import Look
from backend.cases.models import Case
from backend.letters.models import IssuedLetter
from backend.people.models import Person
from tests.cases.conftest import answers, do

pytestmark = pytest.mark.django_db


@pytest.fixture
def case_id(triaged):
    person = Person.objects.create(controller="city", name="髙田 ハナ", area_id="D01-1")
    Case.objects.filter(pk=triaged.case).update(person=person)
    return triaged.case


def test_the_case_leads_to_its_letters_and_each_to_its_preview(browser, case_id):
    client = browser("caseworker")

    section = client.get(f"/cases/{case_id}/sections/letters/").content.decode()
    assert f'href="/cases/{case_id}/letters/"' in section
    page = client.get(f"/cases/{case_id}/letters/").content.decode()
    assert f'href="/cases/{case_id}/letters/reminder/"' in page


def test_a_preview_is_a_pdf_that_leaves_nothing_but_the_look(browser, case_id, triaged):
    do(triaged, "request_consent", answers("consent_request"))

    page = browser("caseworker").get(f"/cases/{case_id}/letters/consent_request/")

    assert page["Content-Type"] == "application/pdf"
    assert page["Cache-Control"] == "no-store"
    assert not IssuedLetter.objects.exists()
    assert Look.objects.filter(subject=case_id, how="preview").count() == 1


def test_what_a_letter_still_needs_is_named(browser, case_id):
    page = browser("caseworker").get(f"/cases/{case_id}/letters/consent_request/").content.decode()

    assert "まだ印刷できません" in page
    assert "知らせる情報" in page
    assert "まだわかりません" in page


@pytest.mark.parametrize("who", ["outsider", "commissioner", "receiver", "privacy"])
def test_who_issues_no_letters_previews_none(browser, case_id, who):
    client = browser(who)

    assert client.get(f"/cases/{case_id}/letters/").status_code == 404
    assert client.get(f"/cases/{case_id}/letters/acknowledgement/").status_code == 404


def test_what_the_reader_may_not_see_is_named_with_the_way_to_it(browser, report):
    case = report(answers=answers("detection_report", reporter_name="山田 花子")).case
    Case.objects.filter(pk=case).update(reporter=None)

    page = browser("caseworker").get(f"/cases/{case}/letters/acknowledgement/").content.decode()

    assert "あなたには見えません" in page
    assert "山田" not in page


def test_a_letter_of_another_workflow_is_not_there(browser, case_id):
    assert browser("caseworker").get(f"/cases/{case_id}/letters/grant_decision/").status_code == 404


def test_a_colleague_previews_no_letter_to_a_protected_person(browser, case_id):
    Case.objects.filter(pk=case_id).update(protected=True, assignee_id=None)

    assert browser("caseworker").get(f"/cases/{case_id}/letters/acknowledgement/").status_code == 404
