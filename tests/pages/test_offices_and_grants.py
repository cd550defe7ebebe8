"""Appointments and grants: who may begin one, and the papers that come of them."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import override

from backend.answers.eras import era_date
from backend.cases import actions, effects
from backend.cases.errors import NotPossible
from backend.catalogue import loading
from backend.demo.cast import member_id
from backend.letters.models import IssuedLetter
from backend.people.models import Organisation, Person
from backend.workflow.deadlines import term_end
from tests.letters.conftest import text_of
from tests.pages.conftest import answers, do

pytestmark = pytest.mark.django_db


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


def sample(form, number=1):
    return dict(loading.use().forms[form].accepted[number - 1])


def begun(workflow, form, person=None):
    return actions.start(
        workflow, actor=member_id("caseworker"), answers=sample(form), key=uuid4().hex, person=person
    )


def printed(letter):
    return text_of(letter.pdf)


@pytest.fixture
def takeshi(cast):
    return Person.objects.create(
        controller="city",
        name="村上 武",
        kana="むらかみ たけし",
        area_id="D01-1",
        zip="000-0101",
        address="海鳴市中浜一丁目1番1号",
    )


@pytest.fixture
def approved(takeshi):
    proposed = begun("appointment", "appointment_proposal", takeshi.id)
    return do(proposed, "approve", answers("appointment_approval"), by="supervisor")


@pytest.fixture
def examined(cast):
    received = begun("grant", "grant_application")
    return do(received, "examine", answers("grant_examination"))


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "csw"])
def test_staff_find_both_where_cases_begin(browser, who):
    page = text(browser(who).get("/cases/new/"))

    assert "/cases/new/appointment/" in page
    assert "/cases/new/grant/" in page


def test_what_was_noticed_comes_first_and_says_what_is_done(browser, cast):
    page = text(browser("caseworker").get("/cases/new/"))
    main = page[page.index("<main") :]

    assert main.index("気づきを知らせる") < main.index("/cases/new/appointment/")


@pytest.mark.parametrize("who", ["volunteer", "commissioner", "receiver"])
def test_nobody_else_does(browser, who):
    page = text(browser(who).get("/cases/new/", follow=True))

    assert "appointment" not in page
    assert "/cases/new/grant/" not in page


def test_the_page_of_a_person_leads_to_a_proposal_until_the_general_renewal(browser, takeshi):
    client = browser("caseworker")
    assert f"/cases/new/appointment/?person={takeshi.id}" in text(client.get(f"/persons/{takeshi.id}/"))

    form = text(client.get(f"/cases/new/appointment/?person={takeshi.id}"))

    assert "村上 武" in form
    assert era_date(term_end(timezone.localdate()), "ja") in form


def test_a_grant_is_asked_for_by_bodies_of_the_city_and_not_by_its_sections(browser, cast):
    form = text(browser("caseworker").get("/cases/new/grant/"))

    assert 'value="vg-salon"' in form
    assert 'value="city-welfare"' not in form
    assert "その人のページから" not in form


def test_the_certificate_has_a_number_the_term_and_a_place_for_the_seal(approved):
    do(approved, "appoint", answers("appointment"))

    effects.run_due()

    letter = IssuedLetter.objects.get(definition="appointment")
    shown = printed(letter)
    assert letter.shown_number
    assert "公印" in shown
    assert "海鳴市社会福祉協議会福祉員（中浜地区）を委嘱します。" in shown
    assert "令和八年十二月一日から令和十年十一月三十日まで" in shown


@pytest.mark.parametrize(("number", "appeal"), [(1, True), (4, False)])
def test_the_decision_goes_to_the_applicant_with_appeal_only_where_it_is_a_disposition(
    examined, number, appeal
):
    do(examined, "award", sample("grant_decision", number), by="supervisor")

    effects.run_due()

    letter = IssuedLetter.objects.get(definition="grant_decision")
    shown = printed(letter)
    assert letter.addressee == "vg-salon"
    assert "ふれあいいきいきサロン事業" in shown
    assert ("審査請求" in shown) == appeal
    assert ("事業の内容を変えるときは、あらかじめ承認を受けること。" in shown) == appeal


def test_a_revocation_is_told_under_a_title_of_its_own(examined):
    awarded = do(examined, "award", sample("grant_decision", 4), by="supervisor")
    effects.run_due()
    decision = IssuedLetter.objects.get()

    do(awarded, "revoke", sample("grant_decision", 3), by="supervisor")
    effects.run_due()

    shown = printed(IssuedLetter.objects.get(definition="grant_revocation"))
    assert "地域福祉活動助成金交付決定取消通知書" in shown
    assert f"{decision.shown_number}で通知した助成金の交付の決定を" in shown
    assert "申請した事業のほかに使ったため" in shown


@pytest.mark.parametrize(
    ("applicant", "why"),
    [("nobody-known", "is not registered"), ("city-welfare", "does not apply"), ("vg-salon", "no address")],
)
def test_who_could_not_be_written_to_is_told_when_the_application_comes_in(cast, applicant, why):
    Organisation.objects.filter(code="vg-salon").update(address="")
    given = {**sample("grant_application"), "applicant": applicant}

    with override("en"), pytest.raises(NotPossible, match=why):
        actions.start("grant", actor=member_id("caseworker"), answers=given, key=uuid4().hex)


def test_a_refusal_gives_its_reason(examined):
    do(examined, "refuse", sample("grant_decision", 2), by="supervisor")

    effects.run_due()

    assert "助成の対象となる経費に当たらないため" in printed(IssuedLetter.objects.get())
