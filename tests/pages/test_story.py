"""One referral from report to acceptance, each step by a page of the one who does it."""

import re
from html import unescape

import pytest

from backend.cases.models import Case
from backend.demo.cast import member_id
from tests.pages.conftest import answers, post_of

pytestmark = pytest.mark.django_db


def text(page):
    return unescape(re.sub(r"\s+", " ", page.content.decode()))


@pytest.fixture
def referred(browser, report):
    """A case the commissioner reported, carried by pages until the agency has it."""
    done = report(actor=member_id("commissioner"))
    steps = (
        ("caseworker", "triage", answers("triage", urgency="C")),
        ("caseworker", "record_consent", answers("consent")),
        ("supervisor", "assign", answers("assign", assigned_to=str(member_id("caseworker")))),
        ("caseworker", "refer", answers("referral_sheet", to_org="center-nakahama")),
    )
    for revision, (who, action, given) in enumerate(steps, 1):
        page = browser(who).post(f"/cases/{done.case}/do/{action}/", post_of(given, revision=revision))
        assert page.status_code == 302, (action, re.findall(r'href="#f-[^>]*>([^<]*)<', text(page)))
    return Case.objects.get(pk=done.case)


def test_the_agency_finds_the_referral_in_its_work_and_takes_it(browser, referred):
    client = browser("receiver")
    assert referred.number in text(client.get("/"))
    assert "引き受ける" in text(client.get(f"/cases/{referred.id}/"))

    client.post(
        f"/cases/{referred.id}/do/accept/", post_of(answers("accept_reply"), revision=referred.revision)
    )

    assert Case.objects.get(pk=referred.id).state == "referral.accepted"


def test_what_the_office_waits_for_is_the_agencys_turn_in_the_agencys_work(browser, referred):
    asked = "つなぎ先の返事待ち"

    assert re.search(rf'chip ours".{{0,400}}{asked}', text(browser("receiver").get("/")))
    assert re.search(rf'chip theirs".{{0,400}}{asked}', text(browser("caseworker").get("/")))


def test_the_agency_is_not_told_who_reported(browser, referred):
    page = text(browser("receiver").get(f"/cases/{referred.id}/"))

    assert "知らせた人は見えません" in page
    assert "林 和子" not in page


def test_who_only_reported_sees_the_words_for_citizens_and_not_the_course(browser, referred):
    page = text(browser("commissioner").get(f"/cases/{referred.id}/"))

    assert "同意" not in page.partition("経過")[0]
    assert "つなぎ先の返事待ち" not in page
    assert "気づきを知らせる" in page


def test_what_is_withheld_is_said_with_what_would_open_it(browser, referred):
    page = text(browser("receiver").get(f"/cases/{referred.id}/"))

    assert "見えません" in page
    assert "管理主体の職員が見られます" in page
