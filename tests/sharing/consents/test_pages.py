"""What the page of a person and of a case tell about consent, and to whom."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from backend.cases.actions import Done
from backend.demo.cast import member_id
from backend.people.models import Person, User
from tests.pages.conftest import browser
from tests.sharing.consents.conftest import agreed, answers, do, taken_back

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
CaseOf = Callable[[Person], Done]
Open = Callable[..., Client]


def section(page: Any) -> str:
    """The words of the section about consent; "" where the page has none."""
    found = re.search(r'id="consents">(.*?)</section>', page.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]+>|\s+", " ", found[1])) if found else ""


def test_the_page_of_a_person_tells_what_was_agreed(browser: Open, hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed(recipient_organisation="csw", excluded_recipients=["family"]))

    told = section(browser("caseworker").get(f"/persons/{hana.id}/"))

    agreed_to = ("平常時の見守り", "民生委員・児童委員", "健康・病気", "家族・親族", "社会福祉協議会")
    how = ("同意あり", "書面", "佐藤 直子", "令和10年3月31日", "個人情報の取扱いに関する同意書")
    for words in (*agreed_to, *how):
        assert words in told


def test_it_is_told_in_english_too(browser: Open, hana: Person, case_of: CaseOf) -> None:
    do(case_of(hana), "record_consent", agreed())

    client = browser("caseworker")
    User.objects.filter(username="caseworker").update(language="en")

    told = section(client.get(f"/persons/{hana.id}/"))

    assert "Consent holds" in told
    assert "Everyday watching over" in told


def test_what_was_taken_back_is_told_as_history(browser: Open, hana: Person, case_of: CaseOf) -> None:
    given = do(case_of(hana), "record_consent", agreed())
    do(given, "record_consent_withdrawal", taken_back())

    told = section(browser("caseworker").get(f"/persons/{hana.id}/"))

    assert "同意の取消し" in told
    assert "効力なし" in told


def test_a_case_offers_what_can_be_done_about_consent(browser: Open, hana: Person, case_of: CaseOf) -> None:
    given = do(case_of(hana), "record_consent", agreed())

    told = section(browser("caseworker").get(f"/cases/{given.case}/sections/sharing/"))

    assert "同意の取消しを記録する" in told


def test_a_standing_consent_is_asked_from_the_page_of_the_person(browser: Open, hana: Person) -> None:
    page = browser("caseworker").get(f"/persons/{hana.id}/").content.decode()

    assert f"/cases/new/consent/?person={hana.id}" in page


def test_nobody_is_offered_to_begin_what_they_may_not(browser: Open, cast: None) -> None:
    page = browser("commissioner").get("/cases/new/", follow=True)

    assert page.redirect_chain == [("/cases/new/referral/", 302)]
    assert "/cases/new/consent/" in browser("caseworker").get("/cases/new/").content.decode()


def test_who_only_reported_reads_nothing_of_consent(
    browser: Open, hana: Person, report: Callable[..., Done]
) -> None:
    begun = report(person=hana.id, area="D01-1", actor=member_id("volunteer"))
    triaged = do(begun, "triage", answers("triage", urgency="C"))
    do(triaged, "record_consent", agreed())

    assert section(browser("volunteer").get(f"/cases/{begun.case}/sections/sharing/")) == ""


def test_many_consents_cost_no_more_queries_than_one(
    browser: Open, hana: Person, case_of: CaseOf, django_assert_max_num_queries: Any
) -> None:
    client = browser("caseworker")
    do(case_of(hana), "record_consent", agreed())
    client.get(f"/persons/{hana.id}/")
    with django_assert_max_num_queries(14):
        client.get(f"/persons/{hana.id}/")

    for _number in range(4):
        do(case_of(hana), "record_consent", agreed(purposes=["watch_over"]))

    with django_assert_max_num_queries(14):
        client.get(f"/persons/{hana.id}/")
