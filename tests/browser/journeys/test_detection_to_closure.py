"""A referral from what somebody noticed to its closure in the browser, each step by the one who does it."""

from urllib.parse import urlsplit

import pytest

from tests.browser.journeys.filling import do, fill
from tests.browser.journeys.story import course
from tests.cases.conftest import answers


@pytest.mark.parametrize(("lang", "width", "closed"), [("ja", 1366, "終結"), ("en", 375, "Closed")])
def test_what_somebody_noticed_is_carried_to_its_end(sign_in, picture, lang, width, closed):
    desks = {who: sign_in(who, lang=lang, width=width) for who in ("caseworker", "supervisor", "receiver")}
    page = desks["caseworker"]
    page.goto("/cases/new/referral/")
    fill(page, answers("detection_report"))
    picture(page, "reported")
    page.locator("[data-main]").click()
    page.wait_for_url("**/cases/*-*/")
    case = urlsplit(page.url).path

    for who, action, given in course():
        do(desks[who], case, action, given)
        picture(desks[who], action)

    assert closed in desks["supervisor"].locator("header.identity .state").inner_text()
    assert desks["supervisor"].locator("#timeline > li").count() == len(course()) + 1
