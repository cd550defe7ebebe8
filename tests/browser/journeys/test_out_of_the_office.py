"""People out of the office: a visit recorded without a network, a slip keyed in, a neighbour's report."""

import pytest
from django.utils import timezone

from backend.cases.models import Case
from backend.demo.cast import member_id
from tests.browser.journeys.phone import visits, watched, with_a_pin

SLIP_KEYS = 12


@pytest.mark.parametrize(
    ("lang", "width", "waits", "there"),
    [("ja", 375, "まだ送っていません", "届いています"), ("en", 1366, "Not sent yet", "The office has it")],
)
def test_a_visit_recorded_without_a_network_is_sent_later(sign_in, picture, lang, width, waits, there):
    case = watched("山本 ヨシ")
    phone = sign_in("volunteer", lang=lang, width=width)
    with_a_pin(phone)

    phone.context.set_offline(True)
    phone.goto("/field/")
    picture(phone, "without a network")
    phone.locator(f'[data-case="{case.case}"] .more a').click()
    phone.locator(".result.no_change").click()
    phone.locator("[data-part=no_change] .way").first.click()
    phone.locator("#just-now").wait_for()
    picture(phone, "recorded")
    assert waits in phone.locator("#outbox-words").inner_text()
    assert visits(case) == 0

    phone.context.set_offline(False)
    phone.locator("#send").click()
    phone.locator("#outbox-words", has_text=there).wait_for()
    picture(phone, "sent")
    assert visits(case) == 1


def test_the_emergency_number_is_two_taps_from_home_without_a_network(sign_in):
    watched("西村 キク")
    phone = sign_in("volunteer", width=375)
    with_a_pin(phone)

    phone.context.set_offline(True)
    phone.goto("/field/")

    phone.locator("[data-case] .more a").first.click()
    phone.locator(".result.alarm").click()

    phone.locator('a[href="tel:119"]:visible').wait_for()
    assert phone.locator(".emergency h2:visible").inner_text() == "まず電話です。記録はあとで書けます。"


def test_signing_out_takes_the_list_and_leaves_what_is_sealed(sign_in):
    case = watched("藤田 スミ")
    phone = sign_in("volunteer", width=375)
    phone.on("dialog", lambda dialog: dialog.accept())
    with_a_pin(phone)
    phone.route("**/field/outbox/", lambda route: route.abort())
    phone.locator(f'[data-case="{case.case}"] .big').click()
    phone.locator("#just-now").wait_for()

    phone.locator("[data-sign-out] button").click()
    phone.wait_for_url("**/signin/**")

    kept = phone.evaluate(_COUNT)
    assert kept == {"kept": 0, "outbox": 1}


_COUNT = """() => new Promise((done) => {
  const opening = indexedDB.open("tsunagu-field");
  opening.onsuccess = () => {
    const reading = opening.result.transaction(["kept", "outbox"]);
    const kept = reading.objectStore("kept").count();
    const outbox = reading.objectStore("outbox").count();
    reading.oncomplete = () => done({kept: kept.result, outbox: outbox.result});
  };
})"""


def test_an_ordinary_slip_takes_twelve_keys_and_no_mouse(sign_in):
    from backend.papers import keying

    case = watched("岡本 トミ")
    slip = keying.hand_out(
        "visit",
        by=member_id("caseworker"),
        now=timezone.now(),
        case=Case.objects.get(pk=case.case),
        action="record_watch",
        length=6,
    )[1]
    desk, pressed = sign_in("caseworker"), 0
    desk.goto("/papers/slips/key/")

    for key in (*slip.code, "Enter", "Enter", "1", "Enter", "1", "Enter"):
        desk.keyboard.press(key)
        pressed += 1
    desk.locator(".last", has_text="岡本 ト○").wait_for()

    assert pressed == SLIP_KEYS
    assert visits(case) == 1
    desk.locator("#code:focus").wait_for()  # the page may still be loading


def test_a_wrong_number_of_a_slip_leads_back_to_its_box_at_once(sign_in):
    desk = sign_in("caseworker")
    desk.goto("/papers/slips/key/")

    desk.keyboard.type("7KQ4M2")
    desk.keyboard.press("Enter")

    desk.locator("#whose.wrong").wait_for()
    assert desk.evaluate("() => document.activeElement.id") == "code"


def test_the_phone_says_whether_the_staff_know_of_an_emergency(sign_in, picture):
    case = watched("坂口 ツネ")
    phone = sign_in("volunteer", width=375)
    phone.route("**/field/outbox/", lambda route: route.abort())
    phone.goto(f"/field/visit/{case.case}/?result=alarm")
    phone.locator("[data-part=alarm] .big").click()
    phone.locator("[data-told].warning", has_text="電話で伝えてください").wait_for()
    picture(phone, "not reached")

    phone.unroute("**/field/outbox/")
    phone.locator("#send").click()

    phone.locator("#outbox-words", has_text="届いています").wait_for()
    phone.locator("[data-told]:not(.warning)", has_text="職員に届きました").wait_for()
    picture(phone, "the staff know")


def test_readings_stand_above_the_words_and_not_on_them(sign_in):
    neighbour = sign_in("", width=375)

    neighbour.goto("/report/danger/?ruby=1")

    assert neighbour.locator(".rt").count() > 2
    assert neighbour.evaluate(_ON_THE_WORD) == []


_ON_THE_WORD = """() => [...document.querySelectorAll(".rb")].filter((word) => {
  const letters = document.createRange();
  letters.selectNode(word.lastChild);
  return word.querySelector(".rt").getBoundingClientRect().bottom > letters.getBoundingClientRect().top + 2;
}).map((word) => word.textContent)"""


def test_the_field_no_human_may_fill_in_stays_out_of_sight_with_the_largest_text(sign_in):
    neighbour = sign_in("", width=375)
    neighbour.goto("/report/check/")

    neighbour.evaluate("() => { document.documentElement.dataset.size = '150' }")

    box = neighbour.locator(".trap").bounding_box()
    assert box["x"] + box["width"] < 0
    assert neighbour.locator(".trap").evaluate("(trap) => getComputedStyle(trap).overflow") == "hidden"


def test_a_neighbour_reports_without_an_account(sign_in, picture, monkeypatch):
    monkeypatch.setattr("backend.pages.street.report.QUICK", 0)
    neighbour = sign_in("", width=375)
    neighbour.goto("/report/")
    picture(neighbour, "danger")
    neighbour.locator('[name=danger][value="no"]').click()
    neighbour.locator("[name=signs]").first.check()
    neighbour.locator("[data-main]").click()
    neighbour.locator("#where").fill("長府中町 青い屋根")
    neighbour.locator("[data-main]").click()
    neighbour.locator("[data-main]").click()
    picture(neighbour, "check")
    neighbour.locator("[data-main]").click()

    number = neighbour.locator(".receipt-number").inner_text()
    picture(neighbour, "done")
    assert len(number) == 14
