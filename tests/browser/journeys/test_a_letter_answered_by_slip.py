"""A letter with a slip: its addressee answers on the phone, or a clerk keys in what came by post."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from backend.cases import actions, effects
from backend.cases.models import Step
from backend.demo.cast import member_id
from backend.letters.models import IssuedLetter
from tests.browser import checks
from tests.cases.conftest import answers, do

SLIP = re.compile(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}")
MOST_STOPS = 40
# Where the keyboard is: the question, what it offers and what stands there.
STOP = """() => {
  const one = document.activeElement, all = [...document.getElementsByName(one.name)];
  const list = one.tagName === "SELECT";
  return {
    name: one.name, kind: list ? "select" : one.type, value: one.value,
    options: list ? [...one.options].slice(1).map((option) => option.value) : all.map((other) => other.value),
    chosen: all.filter((other) => other.checked).map((other) => other.value),
  };
}"""


@pytest.fixture(scope="module")
def asked(office):
    """Two cases in which consent was asked for by letter, each with the number on its printed slip."""
    return [_letter(), _letter()]


def _letter():
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    done = do(actions.start("referral", **given), "triage", answers("triage", urgency="C"))
    done = do(done, "assign", answers("assign", assigned_to=str(member_id("caseworker"))))
    done = do(done, "request_consent", answers("consent_request"))
    effects.run_due(ids=done.effects)
    printed = IssuedLetter.objects.get(case=done.case, definition="consent_request").pdf
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages)
    return done.case, SLIP.search(text)[0]


def steps(case, form):
    return Step.objects.filter(case=case, form=form).count()


@pytest.mark.parametrize(
    ("lang", "width", "said"),
    [("ja", 375, "電話で説明してほしい"), ("en", 1366, "Please telephone me to explain")],
)
def test_the_addressee_answers_by_the_qr_and_the_case_shows_it(sign_in, picture, asked, lang, width, said):
    (case, number), (other, _number) = asked
    before, elsewhere = steps(case, "note"), steps(other, "note")
    phone = sign_in("", lang=lang, width=width)
    phone.goto(f"/reply/#{number.replace('-', '')}")  # as the camera reads it off the letter
    assert phone.locator("#code").input_value() == number.replace("-", "")
    assert "#" not in phone.url
    phone.locator("#code").fill(number.lower().replace("-", " "))
    phone.locator("[data-main]").click()
    phone.locator("button[name=answer]").first.wait_for()
    picture(phone, "the question")
    assert "\n".join([*checks.accessible(phone), *checks.reachable(phone), *checks.narrow(phone)]) == ""

    phone.locator('button[name=answer][value="call_me"]').click()
    phone.wait_for_url("**/reply/done/")
    assert said in phone.locator("main").inner_text()
    picture(phone, "answered")

    desk = sign_in("caseworker", lang=lang)
    desk.goto(f"/cases/{case}/")
    desk.locator("#timeline > li summary").first.click()
    desk.locator("#timeline > li", has_text="電話で説明してほしい").first.wait_for()
    picture(desk, "told")
    assert (steps(case, "note"), steps(other, "note")) == (before + 1, elsewhere)


def test_a_clerk_keys_in_the_paper_slip_without_the_mouse(sign_in, picture, asked):
    _first, (case, number) = asked
    desk = sign_in("caseworker")
    desk.goto("/papers/key/")
    desk.keyboard.type(number)
    desk.keyboard.press("Enter")
    desk.locator("[data-ways]").wait_for()
    picture(desk, "what does it say")
    desk.keyboard.press("1")
    desk.locator("form[data-paper]").wait_for()
    picture(desk, "the slip")

    given = answers("consent", recipients=["welfare_commissioner"], categories=["identity", "contact"])
    keyed(desk, given)

    assert steps(case, "consent") == 1
    assert desk.evaluate("() => document.activeElement.id") == "code"
    picture(desk, "the next one")


def keyed(desk, given):
    """Answer at each stop with digits and letters, and go on with Enter until the next sheet is asked for."""
    for _stop in range(MOST_STOPS):
        stop = desk.evaluate(STOP)
        if stop["name"] == "code":
            return
        _answer(desk, stop, given.get(stop["name"]))
        desk.keyboard.press("Enter")
        desk.wait_for_function("(before) => document.activeElement.name !== before", arg=stop["name"])
    raise AssertionError("the keyboard goes round in circles")


def _answer(desk, stop, wanted):
    wanted = [_posted(one) for one in (wanted if isinstance(wanted, list) else [wanted]) if one is not None]
    if stop["kind"] in ("radio", "checkbox", "select"):
        now = stop["chosen"] if stop["kind"] != "select" else [stop["value"]]
        for one in set(wanted) ^ set(now) if stop["kind"] == "checkbox" else wanted:
            for digit in str(stop["options"].index(one) + 1):
                desk.keyboard.press(digit)
    elif wanted and stop["value"] != wanted[0]:
        desk.keyboard.press("Control+a")
        desk.keyboard.type(wanted[0])


def _posted(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
