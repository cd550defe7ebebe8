"""A referral with Tab, Enter, Space and arrows alone: the focus is seen everywhere, caught nowhere."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from backend.cases import actions
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import User
from tests.browser.journeys.filling import asked, posted
from tests.browser.journeys.story import course
from tests.cases.conftest import answers

MOST_STOPS = 60
# Where the keyboard is, and whether somebody who looks sees it: a ring, on the screen, under nothing else.
STOP = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const all = [...document.getElementsByName(one.name || " ")];
  const within = (size) => Math.min(size / 2, 8);
  const over = document.elementFromPoint(box.x + within(box.width), box.y + within(box.height));
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const seen = box.top >= 0 && box.top < innerHeight && (one.contains(over) || over?.contains(one));
  return {
    what: one.id || one.name || one.innerText, name: one.name || "", value: one.value,
    kind: one.tagName === "SELECT" ? "select" : one.type || "", checked: one.checked,
    main: one.matches("[data-main]"),
    options: [...(one.options ?? all)].map((other) => other.value),
    chosen: one.options ? one.selectedIndex : all.findIndex((other) => other.checked),
    lost: one === document.body ? "the focus is nowhere" : ring && seen ? "" : `ring ${ring}, seen ${!!seen}`,
  };
}"""


@pytest.fixture
def detected(office):
    """A case somebody just reported."""
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    return actions.start("referral", **given)


def at(page):
    """The present stop; whoever cannot see it has a right to complain."""
    stop = page.evaluate(STOP)
    assert (stop["what"], stop["lost"]) == (stop["what"], "")
    return stop


def tab_to(page, reached):
    """Press Tab until there; the focus moves at every press, so nothing holds it."""
    before = ""
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = at(page)
        if reached(stop):
            return stop
        assert stop["what"] != before or stop["kind"] == "checkbox"
        before = stop["what"]
    raise AssertionError("Tab never comes there")


def answer(page, stop, wanted):
    """Give the answer at this stop by keys alone."""
    if stop["kind"] in ("radio", "select"):
        if stop["kind"] == "radio" and stop["chosen"] < 0:
            page.keyboard.press("Space")
        steps = stop["options"].index(posted(wanted)) - max(stop["chosen"], 0)
        for _step in range(abs(steps)):
            page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    elif stop["kind"] == "checkbox":
        if stop["checked"] != (stop["value"] in (wanted if isinstance(wanted, list) else [posted(wanted)])):
            page.keyboard.press("Space")
    elif posted(wanted) != stop["value"]:
        page.keyboard.press("Control+A")
        page.keyboard.type(posted(wanted))
    page.locator(".htmx-request").wait_for(state="detached")


def fill_in(page, given):
    """Answer what the form asks, stop by stop, and record it."""
    stop = tab_to(page, lambda stop: stop["name"] in given or stop["main"])
    while not stop["main"]:
        answer(page, stop, given[stop["name"]])
        stop = tab_to(page, lambda stop: stop["name"] in given or stop["main"])
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("lang", "width"), [("ja", 1366), ("en", 375)])
def test_the_urgency_is_decided_without_a_mouse(sign_in, detected, lang, width):
    page, given = sign_in("caseworker", lang=lang, width=width), answers("triage", urgency="C")
    page.goto(f"/cases/{detected.case}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')")
    page.keyboard.press("Enter")
    tab_to(page, lambda stop: page.evaluate("!!document.activeElement.closest('.next-action a.button')"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/do/triage/")

    fill_in(page, given)
    page.wait_for_url(f"**/cases/{detected.case}/")

    assert Case.objects.get(pk=detected.case).state == "referral.triaged"
    assert page.locator("[role=status]", has_text="記録しました" if lang == "ja" else "Recorded").count() == 1


def test_what_somebody_noticed_is_carried_to_its_end_without_a_mouse(sign_in):
    desks = {who: sign_in(who) for who in ("caseworker", "supervisor", "receiver")}
    desks["caseworker"].goto("/cases/new/referral/")
    fill_in(desks["caseworker"], dict(asked(answers("detection_report"))))
    desks["caseworker"].wait_for_url("**/cases/*-*/")
    case = urlsplit(desks["caseworker"].url).path

    for who, action, given in course():
        desks[who].goto(f"{case}do/{action}/")
        fill_in(desks[who], dict(asked(given)))
        desks[who].wait_for_url(f"**{case}")

    assert Case.objects.get(pk=case.split("/")[2]).state == "referral.closed"


def test_a_question_that_appears_is_said_and_the_focus_stays(sign_in, detected):
    page = sign_in("caseworker")
    page.goto(f"/cases/{detected.case}/do/triage/")
    page.locator('[name=imminent][value="false"]').focus()
    page.keyboard.press("ArrowUp")
    page.locator("#say:not(:empty)").wait_for()

    assert at(page)["name"] == "imminent"
    assert "増えました" in page.locator("#say").inner_text()
    assert page.locator("#emergency").inner_text().strip()


def test_keys_lead_to_the_search_and_to_the_list_of_keys(sign_in, picture):
    page = sign_in("caseworker")
    page.goto("/cases/new/")

    page.keyboard.press("Control+k")
    searching = at(page)
    page.keyboard.type("山田?")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    page.wait_for_url("**/keyboard/")
    picture(page, "keys")

    assert (searching["name"], page.locator("kbd", has_text="Ctrl + K").count()) == ("q", 1)


def test_where_single_letters_are_off_the_question_mark_is_none(sign_in):
    User.objects.filter(username="caseworker").update(letter_keys=False)
    page = sign_in("caseworker")
    page.goto("/keyboard/")
    told = page.locator("main").inner_text()
    page.goto("/")

    page.keyboard.press("?")
    page.keyboard.press("Control+k")

    User.objects.filter(username="caseworker").update(letter_keys=True)
    assert at(page)["name"] == "q"
    assert "Ctrl + K" in told
    assert "明日の朝に出す" not in told
