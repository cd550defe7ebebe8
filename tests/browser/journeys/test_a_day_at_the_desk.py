"""The desk by keyboard, and two people who fill in the same form."""

from uuid import uuid4

import pytest

from backend.cases import actions
from backend.cases.models import Case, Step
from backend.demo.cast import member_id
from backend.people.models import User
from tests.browser import checks
from tests.browser.journeys.filling import fill
from tests.cases.conftest import answers, do


@pytest.fixture
def reported(office):
    """A case of its own, just reported."""
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    return actions.start("referral", **given)


def test_a_case_is_assigned_from_the_list_with_six_keys(sign_in, reported, picture):
    done = do(reported, "triage", answers("triage", urgency="C"))
    Case.objects.filter(pk=done.case).update(due_at="2020-01-06T03:00:00Z")  # the first of its list
    page = sign_in("supervisor")
    page.goto("/?view=unassigned")

    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.pathname") == f"/cases/{done.case}/"
    page.keyboard.press("KeyA")
    page.locator("#assigned_to:focus").wait_for()
    picture(page, "whom")
    for key in ("ArrowDown", "Tab", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")

    page.wait_for_url("**/work/assign/")
    page.locator(f'main a[href="/cases/{done.case}/"]').wait_for()
    page.wait_for_load_state()
    assert Case.objects.get(pk=done.case).assignee_id is not None


def test_letters_are_keys_in_the_list_alone_and_not_where_they_are_switched_off(sign_in, reported):
    page = sign_in("supervisor")
    page.goto("/?view=team")
    page.keyboard.press("KeyA")
    page.locator("#find").press("KeyZ")
    assert (page.url.endswith("/?view=team"), page.locator("#find").input_value()) == (True, "z")

    page.locator("#first-case").press("Space")
    assert page.locator("tbody :checked").count() == 1
    page.locator("#first-case").press("Slash")
    assert page.evaluate("document.activeElement.id") == "order"

    User.objects.filter(username="supervisor").update(letter_keys=False)
    page.goto("/?view=team")
    page.locator("#first-case").press("KeyZ")
    assert page.locator("tbody :checked").count() == 0
    page.locator("#first-case").press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    User.objects.filter(username="supervisor").update(letter_keys=True)


def test_two_who_answered_the_same_form_see_what_will_be_saved(sign_in, reported, picture):
    page = sign_in("caseworker", width=375, lang="en")
    page.goto(f"/cases/{reported.case}/do/triage/")
    fill(page, answers("triage", urgency="B", reason="At the door"))
    do(reported, "triage", answers("triage", urgency="C", reason="By telephone"), by="supervisor")

    page.locator("[data-main]").click()
    page.locator(".differing").wait_for()
    page.locator('[name="_pick-reason"][value="theirs"]').check(force=True)
    picture(page, "which")

    saved = page.locator("td.saved b:visible").all_inner_texts()
    assert saved[-1] == "By telephone"
    assert "\n".join([*checks.accessible(page), *checks.reachable(page), *checks.narrow(page)]) == ""
    page.locator("[data-main]").click()
    page.wait_for_url(f"**/cases/{reported.case}/")
    assert Step.objects.filter(case=reported.case, corrects=2).count() == 1
    assert Case.objects.get(pk=reported.case).urgency == "B"
