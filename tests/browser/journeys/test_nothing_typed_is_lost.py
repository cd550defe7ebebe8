"""What is typed is kept: through a lost connection, a sign-out and a step of somebody else."""

from uuid import uuid4

import pytest

from backend.cases import actions
from backend.cases.models import Step
from backend.demo.cast import member_id
from backend.pages.models import Draft
from tests.browser import checks
from tests.browser.conftest import session
from tests.cases.conftest import answers, do

KEPT = "[data-draft-said]:not(:empty)"
PAUSE, POLL = 2_100, 20_100


@pytest.fixture
def case(office):
    """A case of its own, just reported."""
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    return actions.start("referral", **given)


@pytest.fixture
def writing(sign_in, case):
    """A note about it, open at somebody's desk, whose clock can be moved on."""

    def begin(who="caseworker", width=1366, lang="ja"):
        page = sign_in(who, width=width, lang=lang)
        page.clock.install()
        page.goto(f"/cases/{case.case}/do/note/")
        return page

    return begin


def body(page):
    return page.locator("main [name=body]")


def write(page, words):
    """Type at the end, and pause as long as it takes to be kept."""
    body(page).press("Control+End")
    page.keyboard.type(words)
    page.clock.fast_forward(PAUSE)


def kept(page, case):
    """Wait until the server has it: a page that is gone tells nobody that its last request arrived."""
    for _ in range(100):
        if Draft.objects.filter(case=case.case).exists():
            return
        page.wait_for_timeout(50)


def test_a_note_survives_a_lost_connection_and_goes_on_elsewhere(writing, case, picture):
    page = writing()
    write(page, "電話で聞いた。")
    page.locator(KEPT).wait_for()
    picture(page, "kept")

    page.context.set_offline(True)
    write(page, "途中で線が切れた。")
    page.locator("[data-draft-lost]").wait_for()
    page.locator("[data-main]").click()
    picture(page, "offline")
    assert body(page).input_value() == "電話で聞いた。途中で線が切れた。"

    page.context.set_offline(False)
    page.locator("[data-draft-lost]").wait_for(state="hidden")
    elsewhere = writing(width=375)
    picture(elsewhere, "elsewhere")
    assert body(elsewhere).input_value() == "電話で聞いた。途中で線が切れた。"
    assert Step.objects.filter(case=case.case, form="note").count() == 0

    page.locator("[data-main]").click()
    page.wait_for_url(f"**/cases/{case.case}/")
    assert Step.objects.filter(case=case.case, form="note").count() == 1
    assert body(writing()).input_value() == ""


def test_leaving_the_page_keeps_what_was_typed_a_moment_ago(writing, case):
    page = writing()
    body(page).type("まだ2秒たっていない。")

    page.goto("/")

    kept(page, case)
    assert body(writing()).input_value() == "まだ2秒たっていない。"


def test_who_was_signed_out_signs_in_again_and_loses_nothing(writing, office, picture):
    page = writing()
    page.context.clear_cookies()
    write(page, "席を外していた。")
    page.locator("[data-draft-out]").wait_for()
    picture(page, "signed out")

    again = session("caseworker", "ja", "light")
    page.context.add_cookies([{"name": name, "value": value, "url": office.url} for name, value in again])
    page.keyboard.press("Control+s")

    page.locator(KEPT).wait_for()
    assert page.locator("[data-draft-out]").is_hidden()
    assert body(writing()).input_value() == "席を外していた。"


def test_somebody_elses_step_is_told_and_a_late_form_keeps_its_words(writing, case, picture):
    page = writing(width=375, lang="en")
    write(page, "同じころに書いていた。")
    do(case, "note", answers("note"), by="supervisor")

    page.clock.fast_forward(POLL)
    page.locator("#moved .banner").wait_for()
    picture(page, "told")
    assert "\n".join([*checks.accessible(page), *checks.reachable(page), *checks.narrow(page)]) == ""
    assert body(page).input_value() == "同じころに書いていた。"

    page.locator("[data-main]").click()
    page.locator(".error-summary, .banner.warning:visible, [data-focus]").first.wait_for()
    picture(page, "late")
    assert body(page).input_value() == "同じころに書いていた。"


@pytest.fixture
def short_session(settings):
    """A session that is said to end as soon as a page is open."""
    settings.SESSION_COOKIE_AGE = 302


END = "#session-end"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_before_a_session_ends_one_key_goes_on(short_session, sign_in, case, picture, lang):
    page = sign_in("caseworker", lang=lang)
    page.goto(f"/cases/{case.case}/do/note/")
    body(page).press_sequentially("電話の途中")

    page.locator(f"{END}[open] [data-soon]").wait_for()
    assert "\n".join([*checks.accessible(page), *checks.reachable(page)]) == ""
    picture(page, "soon")
    with page.expect_response("**/signin/stay/") as answered:
        page.keyboard.press("Enter")

    assert answered.value.json()["left"] >= 301
    assert body(page).input_value() == "電話の途中"


def test_after_a_session_ended_what_was_typed_is_sent_once_signed_in_again(
    short_session, sign_in, office, case, picture
):
    from django.conf import settings as live

    page = sign_in("caseworker", width=375)
    page.goto(f"/cases/{case.case}/do/note/")
    body(page).press_sequentially("切れる前に書いた")
    page.context.clear_cookies(name=live.SESSION_COOKIE_NAME)
    page.locator(f"{END}[open] [data-over]").wait_for()
    assert page.get_by_role("dialog", name="ログインが切れました。").is_visible()
    picture(page, "over")

    name, value = session("caseworker", "ja", "light")[0]
    page.context.add_cookies([{"name": name, "value": value, "url": office.url}])
    with page.expect_response("**/signin/stay/"):
        page.locator("[data-close]").click()
    page.locator("main [data-main]").click()

    page.wait_for_url(f"**/cases/{case.case}/")
    assert Step.objects.filter(case=case.case, form="note").count() == 1


def test_the_question_mark_never_leads_away_from_what_was_typed(sign_in, case):
    page = sign_in("caseworker")
    page.goto(f"/cases/{case.case}/do/note/")
    body(page).press_sequentially("電話で話した")
    page.locator("main [data-main]").focus()

    page.keyboard.press("?")
    page.keyboard.press("Control+k")

    assert page.evaluate("document.activeElement.name") == "q"
    assert body(page).input_value() == "電話で話した"
