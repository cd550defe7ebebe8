"""A caseworker makes a passkey, comes in by it and removes it; Chromium plays the fingerprint reader."""

import pytest
from django.utils import timezone

from backend.demo.cast import password
from backend.demo.loading import open_accounts
from backend.passkeys.models import Passkey
from backend.people.models import User

PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


# The simulated finger also touches what the browser merely offers in the list under the name.
BY_BUTTON = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


@pytest.fixture
def accounts(office):
    """The cast can sign in; whoever came before may have left the caseworker reading English."""
    open_accounts()
    User.objects.filter(username="caseworker").update(language="ja")


@pytest.fixture
def terminal(sign_in, accounts):
    """A terminal with a fingerprint reader, at which nobody signed in."""
    page = sign_in("")
    reader = page.context.new_cdp_session(page)
    reader.send("WebAuthn.enable")
    options = {"options": PLATFORM}
    page.reader = reader, reader.send("WebAuthn.addVirtualAuthenticator", options)["authenticatorId"]
    return page


def by_password(page, name="caseworker"):
    page.goto("/signin/")
    page.get_by_label("ログイン名").fill(name)
    page.get_by_label("パスワード").fill(password(name))
    page.get_by_role("button", name="ログイン", exact=True).click()
    at_work(page)


def at_work(page):
    page.get_by_role("heading", level=1, name="自分の仕事").wait_for()


def by_passkey(page):
    page.goto("/signin/")
    page.get_by_role("button", name="パスキーでログイン").click()


def make_passkey(page):
    page.get_by_label("パスワード").fill(password("caseworker"))
    page.get_by_role("button", name="パスワードで確かめる").click()
    page.get_by_label("名前（あとで見分けるため）").fill("窓口のパソコン")
    page.get_by_role("button", name="パスキーを加える").click()
    page.get_by_text("加えました。").wait_for()


def sign_out(page):
    page.get_by_text("佐藤 直子").first.click()
    page.get_by_role("button", name="ログアウト").click()


def holds(page):
    reader, own = page.reader
    return reader.send("WebAuthn.getCredentials", {"authenticatorId": own})["credentials"]


def test_a_caseworker_makes_a_passkey_signs_in_by_it_and_removes_it(terminal, picture):
    page = terminal
    page.add_init_script(BY_BUTTON)
    by_password(page)
    page.get_by_text("佐藤 直子").first.click()
    page.get_by_role("link", name="自分のログイン").click()
    picture(page, "who-is-it")
    make_passkey(page)
    picture(page, "added")
    assert [one["rpId"] for one in holds(page)] == ["localhost"]

    sign_out(page)
    picture(page, "door")
    by_passkey(page)
    at_work(page)

    page.goto("/keys/")
    picture(page, "used")
    page.get_by_text("削除する").first.click()
    page.get_by_role("button", name="削除する").click()
    page.get_by_text("削除しました。").wait_for()
    assert not Passkey.objects.filter(user__username="caseworker", ended_at=None).exists()
    page.context.clear_cookies()
    by_passkey(page)
    page.get_by_role("heading", name="このパスキーではログインできません").wait_for()
    picture(page, "refused")
    page.get_by_label("パスワード").wait_for()


def test_the_browser_offers_the_passkey_under_the_name(terminal):
    page = terminal
    by_password(page)
    page.goto("/keys/")
    make_passkey(page)

    sign_out(page)

    at_work(page)
    Passkey.objects.update(ended_at=timezone.now())


def test_whoever_turns_away_is_told_and_the_password_is_still_there(terminal):
    page = terminal
    page.add_init_script(BY_BUTTON)
    reader, own = page.reader
    reader.send("WebAuthn.setUserVerified", {"authenticatorId": own, "isUserVerified": False})

    by_passkey(page)

    page.get_by_text("何も行われませんでした。").wait_for()
    by_password(page)


def test_without_scripts_the_door_has_the_password_and_no_dead_button(sign_in, accounts):
    page = sign_in("", java_script_enabled=False)
    page.goto("/signin/")

    assert page.get_by_role("button", name="パスキーでログイン").count() == 0
    by_password(page)
    page.goto("/keys/")
    page.get_by_label("パスワード").fill(password("caseworker"))
    page.get_by_role("button", name="パスワードで確かめる").click()
    page.get_by_text("スクリプトが止められています").wait_for()
    assert page.get_by_role("button", name="パスキーを加える").count() == 0
