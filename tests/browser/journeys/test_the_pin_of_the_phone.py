"""The PIN of the phone: without a network nobody else sees the list, and nothing recorded is lost."""

import pytest

from tests.browser import checks
from tests.browser.journeys.phone import PIN, WRONG, press, visits, watched, with_a_pin, without_a_network


@pytest.fixture
def put_away(sign_in):
    """A phone with a list and a PIN, opened anew without a network."""

    def at(**more):
        phone = sign_in("volunteer", width=375, **more)
        with_a_pin(phone)
        return without_a_network(phone)

    return at


def told(phone) -> str:
    return phone.locator("#pin-told").inner_text()


def wrongly(phone, times: int) -> None:
    for time in range(times):
        press(phone, WRONG)
        phone.locator(
            "#pin-told.error-summary", has_text=f"あと{4 - time}回" if time < 4 else "消えました"
        ).wait_for()


@pytest.mark.parametrize(("lang", "theme"), [("ja", "light"), ("en", "dark")])
def test_without_a_network_the_list_opens_with_the_right_pin(put_away, picture, lang, theme):
    watched("大野 ミヨ")
    phone = put_away(lang=lang, theme=theme)
    phone.locator(".pin").wait_for()
    picture(phone, "asked")
    assert phone.locator("[data-case]").count() == 0
    assert "\n".join([*checks.accessible(phone), *checks.reachable(phone), *checks.narrow(phone)]) == ""

    press(phone, PIN)

    phone.locator("[data-case] h2", has_text="大野 ミヨ").first.wait_for()
    picture(phone, "open")


def test_the_pin_can_be_typed_on_a_keyboard_in_full_width_too(put_away):
    watched("片山 サト")
    phone = put_away()

    phone.locator(".pin").wait_for()
    phone.keyboard.insert_text("４７１９")
    phone.keyboard.press("Enter")

    phone.locator("[data-case]").first.wait_for()


def test_the_next_page_asks_no_more_until_ten_minutes_away(put_away):
    watched("上田 フミ")
    phone = put_away()
    press(phone, PIN)
    phone.locator("[data-case] .more a").first.click()
    phone.locator(".result.no_change").wait_for()

    phone.evaluate("() => sessionStorage.setItem('field.left', Date.now() - 11 * 60 * 1000)")
    phone.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    phone.locator(".pin").wait_for()
    assert phone.locator(".result.no_change").is_hidden()
    press(phone, PIN)
    phone.locator(".result.no_change").wait_for()


def test_a_wrong_pin_says_how_many_tries_are_left(put_away):
    phone = put_away()

    wrongly(phone, 2)

    assert told(phone) == "ちがいます。あと3回まちがうと、名簿を消します。"
    press(phone, PIN)
    phone.locator("#home").wait_for()
    assert phone.evaluate(_KEPT)["list"]


def test_putting_the_phone_off_gives_no_tries_back(put_away):
    phone = put_away()
    wrongly(phone, 4)

    again = without_a_network(phone)
    press(again, WRONG)

    again.locator("#pin-told", has_text="名簿はこの電話から消えました。").wait_for()
    assert again.evaluate(_KEPT) == {"list": False, "lock": False, "outbox": 0}


def test_after_five_wrong_pins_the_list_is_gone_and_what_was_recorded_is_sent(put_away, picture):
    case = watched("野口 タケ")
    phone = put_away()
    press(phone, PIN)
    phone.locator(f'[data-case="{case.case}"] .big').click()
    phone.locator("#just-now").wait_for()
    phone = without_a_network(phone)

    wrongly(phone, 5)

    picture(phone, "gone")
    assert "まだ送っていない記録1件は、封をしたまま残っています。" in told(phone)
    assert phone.evaluate(_KEPT) == {"list": False, "lock": False, "outbox": 1}
    phone.context.set_offline(False)
    phone.locator("#send").click()
    phone.locator("#outbox-words", has_text="届いています").wait_for()
    assert visits(case) == 1


def test_who_forgot_the_pin_signs_in_again_and_chooses_a_new_one(put_away, picture):
    phone = put_away()
    phone.locator(".pin summary").click()
    phone.locator("[data-forgot]").click()
    phone.locator("#pin-told", has_text="新しい暗証番号を決めてください").wait_for()
    picture(phone, "forgotten")

    phone.context.set_offline(False)
    phone.locator("[data-on] a").click()

    phone.wait_for_url("**/signin/**")


def test_a_pin_anybody_would_guess_is_not_taken(sign_in):
    phone = sign_in("volunteer", width=375)
    phone.goto("/field/")
    phone.locator("#choose").click()
    assert phone.evaluate("() => scrollY") == 0

    press(phone, "1234")

    phone.locator("#pin-told", has_text="すぐに当てられます").wait_for()
    assert not phone.evaluate(_KEPT)["lock"]


def test_without_a_pin_no_list_lies_on_the_phone(sign_in):
    watched("中島 イネ")
    phone = sign_in("volunteer", width=375)
    phone.goto("/field/")
    phone.locator("#later").click()

    assert phone.evaluate(_KEPT) == {"list": False, "lock": False, "outbox": 0}


def test_without_a_network_the_pages_look_as_the_member_chose(sign_in):
    phone = sign_in("volunteer", width=375)
    phone.goto("/field/")
    phone.goto("/display/?next=/field/")
    phone.locator("#text_size-150").check()
    phone.locator("main form").first.locator("button").click()
    phone.wait_for_url("**/field/")
    while not phone.evaluate(_RENEWED):
        phone.wait_for_timeout(50)

    phone.context.set_offline(True)
    phone.goto("/field/")

    assert phone.locator("#offline").count() == 1
    assert phone.evaluate("() => document.documentElement.dataset.size") == "150"


def test_who_signs_in_after_somebody_else_chooses_a_pin_of_their_own(sign_in):
    phone = sign_in("volunteer", width=375)
    with_a_pin(phone)
    other = sign_in("commissioner", width=375).context.cookies()

    phone.context.add_cookies(other)
    phone.goto("/field/")

    phone.locator("#offer").wait_for()
    assert not phone.evaluate(_KEPT)["list"]


_KEPT = """() => new Promise((done) => {
  const opening = indexedDB.open("tsunagu-field");
  opening.onsuccess = () => {
    const reading = opening.result.transaction(["kept", "outbox", "lock"]);
    const list = reading.objectStore("kept").get("list");
    const lock = reading.objectStore("lock").get("lock");
    const outbox = reading.objectStore("outbox").count();
    reading.oncomplete = () => done({list: !!list.result, lock: !!lock.result, outbox: outbox.result});
  };
})"""

_RENEWED = """async () => {
  const kept = await caches.match("/field/shell/");
  return Boolean(kept) && (await kept.text()).includes('data-size="150"');
}"""
