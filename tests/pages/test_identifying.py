"""A report about somebody unknown is put to the record of a person; until then nobody can be written to."""

import re
from html import unescape
from uuid import uuid4

import pytest

from backend.cases.errors import NotPossible
from backend.cases.models import Case, Step
from backend.cases.reading import latest
from backend.demo.cast import member_id
from backend.people.models import Person
from tests.pages.conftest import answers, do

pytestmark = pytest.mark.django_db
HOW = "電話の相手から聞いた"


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


@pytest.fixture
def unknown(report):
    """A report without a person, of 森 トキ as far as the neighbour knows."""
    given = answers("detection_report", subject_name="森 トキ", subject_kana="もり とき")
    return report(answers=given, area="D01-1")


@pytest.fixture
def toki(cast):
    return Person.objects.create(
        name="森 トキ", kana="もり とき", controller="city", area_id="D01-2", zip="000-0101", address="中浜1"
    )


def chosen(whom, **changed):
    return {"person": str(whom.id), "body": HOW, "choose": "1", "_key": uuid4().hex, **changed}


def test_the_case_page_asks_whose_case_it_is_and_offers_who_fits(browser, unknown, toki) -> None:
    client, url = browser("caseworker"), f"/cases/{unknown.case}/person/"

    assert f'href="{url}"' in text(client.get(f"/cases/{unknown.case}/"))
    assert f'value="{toki.id}"' in text(client.get(url))


def test_the_landmark_of_the_report_stands_where_its_person_is_looked_for(browser, report) -> None:
    unknown = report(answers=answers("detection_report", landmark="青い屋根の家"), area="D01-1")
    client, url = browser("caseworker"), f"/cases/{unknown.case}/person/"

    assert "青い屋根の家" in text(client.get(url))
    new = text(client.post("/persons/new/", {"words": "", "case": str(unknown.case)}))
    assert "青い屋根の家" in new
    assert f'href="{url}"' in new


def test_the_case_is_put_to_the_record_in_a_step_that_says_how_it_is_known(browser, unknown, toki) -> None:
    client, url = browser("caseworker"), f"/cases/{unknown.case}/person/"

    page = client.post(url, chosen(toki), follow=True)

    case, step = Case.objects.get(pk=unknown.case), Step.objects.get(case=unknown.case, action="identify")
    assert (case.person_id, case.area_id, step.actor_id) == (toki.id, "D01-2", member_id("caseworker"))
    assert HOW in text(client.get(f"/cases/{unknown.case}/?section=answers")) + text(page)
    assert client.get(url).status_code == 404
    triage = client.get(f"/cases/{unknown.case}/do/triage/")
    assert re.search(r'name="subject_known" value="true"[^>]* checked', text(triage))


def test_a_protected_person_brings_the_protection_along(browser, unknown, toki) -> None:
    Person.objects.filter(pk=toki.pk).update(protected=True, address="", zip="", area_id=None)

    browser("supervisor").post(f"/cases/{unknown.case}/person/", chosen(toki, q="もり"))

    case = Case.objects.get(pk=unknown.case)
    assert (case.person_id, case.protected) == (toki.id, True)


@pytest.mark.parametrize("changed", [{"body": ""}, {"person": str(uuid4())}, {"person": "x"}])
def test_without_a_record_or_a_reason_nothing_is_done(browser, unknown, toki, changed) -> None:
    page = browser("caseworker").post(f"/cases/{unknown.case}/person/", chosen(toki, **changed))

    assert page.status_code == 422
    assert Case.objects.get(pk=unknown.case).person_id is None


def test_a_record_of_another_controller_is_not_taken_even_by_the_door(browser, unknown, toki) -> None:
    Person.objects.filter(pk=toki.pk).update(controller="csw")
    page = browser("caseworker").post(f"/cases/{unknown.case}/person/", chosen(toki))

    assert page.status_code == 422
    with pytest.raises(NotPossible, match="見つかりません"):
        do(unknown, "identify", {"person": str(toki.id), "body": HOW})


def test_whose_case_it_is_is_not_changed_afterwards(browser, unknown, toki) -> None:
    other = Person.objects.create(name="森 トシ", controller="city", area_id="D01-1")
    done = do(unknown, "identify", {"person": str(toki.id), "body": HOW})

    with pytest.raises(NotPossible, match="もう決まっている"):
        do(done, "identify", {"person": str(other.id), "body": HOW})


def test_who_is_registered_from_the_report_is_whose_case_it_is(browser, unknown) -> None:
    client = browser("caseworker")
    begun = client.post("/persons/new/", {"words": "", "case": unknown.case})
    assert 'value="森 トキ"' in text(begun)

    record = {"name": "森 トキ", "kana": "もり とき", "sex": "unknown", "reason": HOW, "case": unknown.case}
    page = client.post("/persons/new/", record, follow=True)

    case = Case.objects.get(pk=unknown.case)
    assert page.redirect_chain[-1][0] == f"/cases/{unknown.case}/"
    assert case.person == Person.objects.get(name="森 トキ")
    assert latest(case, "note") == {"body": HOW}


def test_nobody_is_registered_for_a_case_that_is_somebodys_by_now(browser, unknown, toki) -> None:
    do(unknown, "identify", {"person": str(toki.id), "body": HOW})
    record = {"name": "森 タキ", "sex": "unknown", "reason": HOW, "case": unknown.case}

    page = browser("caseworker").post("/persons/new/", record)

    assert "もう決まっている" in text(page)
    assert not Person.objects.filter(name="森 タキ").exists()


@pytest.mark.parametrize("username", ["commissioner", "outsider", "privacy"])
def test_whoever_does_not_handle_the_case_is_not_asked(browser, unknown, username) -> None:
    assert browser(username).get(f"/cases/{unknown.case}/person/").status_code == 404
