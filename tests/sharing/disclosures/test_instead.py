"""A referral is refused: the page says why and what would make it possible, and one press requests it."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from backend.cases.actions import Done
from backend.cases.models import Case
from tests.cases.conftest import answers, detected, report
from tests.pages.conftest import browser, post_of
from tests.sharing.disclosures.test_pages import text

__all__ = ["browser", "detected", "report"]
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
BASIS = {"basis": "statutory", "legal_basis": "pia_69_2_iii"}


def refer(client: Client, case: Done, **changed: Any) -> Any:
    """Send a referral sheet."""
    given = answers("referral_sheet", **changed)
    return client.post(f"/cases/{case.case}/do/refer/", post_of(given, revision=case.revision))


def press(client: Client, page: Any, **changed: Any) -> Any:
    """Press the one button of the refusal, as a browser without scripts does."""
    block = re.search(r'class="[^"]*\binstead\b.*?</form>', page.content.decode(), re.S)
    assert block, text(page)
    where = re.search(r'action="([^"]+)"', block[0])
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', block[0]):
        found.setdefault(name, []).append(unescape(value))
    return client.post(where[1] if where else "", {**found, **changed}, follow=True)


@pytest.fixture
def to_the_child_guidance(browser: Browser, agreed: Done) -> tuple[Client, Any]:
    """She agreed to the centre; this sheet goes to the child-guidance office, on no ground of record."""
    client = browser("caseworker")
    return client, refer(
        client, agreed, to_org="child-guidance", shared_items=["identity", "contact"], **BASIS
    )


def test_a_refused_referral_says_why_by_which_article_and_what_would_help(
    to_the_child_guidance: tuple[Client, Any],
) -> None:
    page = to_the_child_guidance[1]

    assert page.status_code == 409
    assert "「つなぐ」は、いまはできません" in text(page)
    assert "個人情報保護法69条" in text(page)
    assert "係長が承認すれば出せます" in text(page)
    assert "訪問と介護申請の相談" in text(page)


def test_one_press_sends_the_request_to_the_supervisor(
    browser: Browser, to_the_child_guidance: tuple[Client, Any], resident: Any
) -> None:
    client, page = to_the_child_guidance

    sent = press(client, page)

    assert "係長に申込みを送りました" in text(sent)
    request = Case.objects.get(workflow="disclosure")
    assert (request.state, request.person) == ("disclosure.requested", resident)
    assert request.facts["recipient"] == "child-guidance"
    assert request.facts["purpose"] == "service_linkage"
    assert request.facts["basis"] == "pia_69_2_iii"
    assert request.facts["requested"] == ["contact", "identity"]
    approvals = text(browser("supervisor").get("/approvals/"))
    assert "県海鳴児童相談所" in approvals
    assert "083-222-0099" in approvals


def test_pressing_twice_sends_one_request(to_the_child_guidance: tuple[Client, Any]) -> None:
    client, page = to_the_child_guidance

    for _ in range(2):
        press(client, page)

    assert Case.objects.filter(workflow="disclosure").count() == 1


def test_what_is_missing_is_said_on_the_page_of_the_request_with_the_rest_filled_in(
    to_the_child_guidance: tuple[Client, Any],
) -> None:
    client, page = to_the_child_guidance

    again = press(client, page, until="")

    assert again.status_code == 422
    assert "直すところがあります" in text(again)
    assert 'href="#f-until"' in text(again)
    assert '<option value="organisation:child-guidance" selected>' in text(again)
    assert 'value="contact" checked' in text(again)
    assert "訪問と介護申請の相談" in text(again)
    assert not Case.objects.filter(workflow="disclosure").exists()


def test_what_no_press_can_change_opens_the_request_filled_in(browser: Browser, agreed: Done) -> None:
    client = browser("caseworker")
    page = refer(
        client, agreed, to_org="center-nakahama", basis="consent", shared_items=["identity", "finance"]
    )
    assert "「収入・借金・滞納」を出すには：" in text(page)

    opened = press(client, page)

    assert opened.status_code == 200
    assert "× 共有できません" in text(opened)
    assert 'value="finance" checked' in text(opened)
    assert not Case.objects.filter(workflow="disclosure").exists()


def test_where_no_ground_is_on_record_the_request_asks_for_what_nobody_said(
    browser: Browser, source: Done
) -> None:
    client = browser("caseworker")
    page = client.get(f"/cases/{source.case}/do/refer/")
    assert page.status_code == 409
    assert "個人情報保護法69条" in text(page)

    asked = press(client, page)

    assert asked.status_code == 422
    assert 'href="#f-to_kind"' in text(asked)
    assert 'href="#f-categories"' in text(asked)
    assert 'id="f-categories"' in text(asked)
    assert re.search(r'value="service_linkage" selected', text(asked))


def test_a_refusal_for_another_reason_offers_no_request(browser: Browser, detected: Done) -> None:
    page = text(browser("caseworker").get(f"/cases/{detected.case}/do/refer/"))

    assert "いまの状態ではできません" in page
    assert "instead" not in page


def test_the_case_page_leads_from_the_refusal_to_the_request(browser: Browser, source: Done) -> None:
    page = text(browser("caseworker").get(f"/cases/{source.case}/"))

    assert f'href="/cases/{source.case}/do/refer/">代わりに情報共有を申し込む' in page
