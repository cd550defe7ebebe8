"""The door for passkeys: who comes in, and every way an answer can be wrong."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from backend.passkeys.challenges import LASTS
from backend.passkeys.models import Challenge, Event, Keyring, Passkey
from backend.people import guessing
from backend.people.guessing import Rule
from backend.people.models import User
from tests.passkeys.authenticator import PRESENT, VERIFIED, Authenticator

pytestmark = pytest.mark.django_db
WORDS = "このパスキーではログインできません"


def test_a_passkey_opens_the_door_without_a_name_typed(terminal, key):
    desk = terminal()

    page = desk.by_passkey(key)

    assert (page.status_code, page["Location"]) == (302, "/")
    assert "佐藤 直子" in desk.get("/").content.decode()
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["added", "used"]
    assert Passkey.objects.get().used_at is not None


def test_it_leads_back_to_the_page_asked_for_but_never_out_of_the_office(terminal, key):
    ways = []
    for back in ("/persons/", "https://evil.example/"):
        desk, key.counter = terminal(), key.counter + 1
        asked = desk.post("/signin/passkey/begin/").json()
        page = desk.post("/signin/passkey/", {"_credential": key.get(asked), "next": back})
        ways.append(page["Location"])

    assert ways == ["/persons/", "/"]


def test_what_the_authenticator_is_told_of_the_user_is_random(terminal, key):
    handle = bytes(Keyring.objects.get().handle)
    desk = terminal()
    desk.by_password("supervisor")
    desk.prove("supervisor")
    asked = desk.post("/keys/begin/add/").json()

    assert len(handle) == 32
    assert len(set(handle)) > 10
    assert asked["user"]["id"] != key.handle
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert "山本" not in json.dumps(asked, ensure_ascii=False)


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "http://localhost:1"},
        {"rp": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"by": Authenticator()},
    ],
    ids=["origin", "host", "port", "rp", "unverified", "nobody there", "forged"],
)
def test_an_answer_that_is_wrong_in_one_thing_opens_nothing(terminal, key, bent):
    desk = terminal()

    page = desk.by_passkey(key, **bent)

    assert page.status_code == 403
    assert WORDS in page.content.decode()
    assert desk.get("/").status_code == 302


def test_a_challenge_is_answered_once(terminal, key):
    desk, key.counter = terminal(), 1
    asked = desk.post("/signin/passkey/begin/").json()
    first = desk.post("/signin/passkey/", {"_credential": key.get(asked)})
    key.counter = 2

    again = terminal().post("/signin/passkey/", {"_credential": key.get(asked)})

    assert (first.status_code, again.status_code) == (302, 403)


def test_a_wrong_answer_uses_the_challenge_up(terminal, key):
    desk, key.counter = terminal(), 1
    asked = desk.post("/signin/passkey/begin/").json()
    desk.post("/signin/passkey/", {"_credential": key.get(asked, by=Authenticator())})

    assert desk.post("/signin/passkey/", {"_credential": key.get(asked)}).status_code == 403


@pytest.mark.parametrize(("late", "status"), [(0, 302), (1, 403)])
def test_a_challenge_lasts_some_minutes(terminal, key, clock, late, status):
    desk, key.counter, asked_at = terminal(), 1, timezone.now()
    clock(asked_at)
    asked = desk.post("/signin/passkey/begin/").json()

    clock(asked_at + LASTS + timedelta(seconds=late))

    assert desk.post("/signin/passkey/", {"_credential": key.get(asked)}).status_code == status


def test_challenges_nobody_answered_are_dropped(terminal, clock):
    desk, now = terminal(), timezone.now()
    clock(now)
    for _ in range(3):
        desk.post("/signin/passkey/begin/")

    clock(now + LASTS + timedelta(seconds=1))
    desk.post("/signin/passkey/begin/")

    assert Challenge.objects.count() == 1


def test_one_address_is_not_given_challenges_without_end(terminal, monkeypatch):
    monkeypatch.setitem(guessing.RULES, "challenge", Rule(free=2, longest=60, forgotten=60))
    desk = terminal()

    pages = [desk.post("/signin/passkey/begin/") for _ in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 429]
    assert pages[-1]["Retry-After"] == "1"
    assert "あと1秒" in pages[-1].json()["told"]
    assert Challenge.objects.count() == 2
    assert desk.by_password().status_code == 302


def test_a_challenge_nobody_asked_opens_nothing(terminal, key):
    desk, key.counter = terminal(), 1
    made_up = {"challenge": "A" * 43, "rpId": "localhost"}

    assert desk.post("/signin/passkey/", {"_credential": key.get(made_up)}).status_code == 403


def test_a_challenge_of_one_purpose_answers_no_other(terminal, key):
    desk = terminal()
    desk.by_password()
    asked = desk.post("/keys/begin/prove/").json()
    key.counter = 1

    stolen = terminal().post("/signin/passkey/", {"_credential": key.get(asked)})

    assert stolen.status_code == 403


def test_a_counter_that_goes_back_is_refused_and_written_down(terminal, key):
    desk = terminal()
    key.counter = 5
    desk.by_passkey(key)
    key.counter = 3

    page = terminal().by_passkey(key)

    assert page.status_code == 403
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["added", "used", "copied"]
    assert Passkey.objects.get().counted == 6


def test_an_authenticator_that_does_not_count_is_taken_all_the_same(terminal, key):
    for _ in range(2):
        key.counter = -1  # by_passkey counts on to nought
        assert terminal().by_passkey(key).status_code == 302


def test_an_unknown_a_removed_and_a_closed_accounts_passkey_are_told_alike(terminal, key):
    pages = [terminal().by_passkey(Authenticator(handle=key.handle))]
    User.objects.filter(username="caseworker").update(is_active=False)
    pages.append(terminal().by_passkey(key))
    User.objects.filter(username="caseworker").update(is_active=True)
    Passkey.objects.update(ended_at=timezone.now())
    pages.append(terminal().by_passkey(key))

    assert [page.status_code for page in pages] == [403] * 3
    assert [page.content.decode().count(WORDS) for page in pages] == [1] * 3


def test_a_handle_of_somebody_else_is_no_answer(terminal, key):
    key.handle = "A" * 43

    assert terminal().by_passkey(key).status_code == 403


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "{}",
        "\x00",
        "[" * 9000,
        "a" * 20_000,
        '{"id":"A","rawId":"A","type":"public-key","response":{}}',
        '{"id":1,"rawId":[],"type":null,"response":7}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"A",'
        '"signature":"AA","userHandle":"A"}}',
    ],
)
def test_anything_else_posted_is_only_not_recognised(terminal, answer):
    desk = terminal()
    desk.by_password()

    assert terminal().post("/signin/passkey/", {"_credential": answer}).status_code == 403
    assert desk.post("/keys/prove/", {"_credential": answer}).status_code == 422
    desk.prove()
    assert desk.post("/keys/add/", {"_credential": answer}).status_code == 422


def test_guessing_is_slowed_by_address(terminal, key):
    desk = terminal()
    statuses = [desk.post("/signin/passkey/", {"_credential": "x"}).status_code for _ in range(31)]

    page = desk.by_passkey(key)

    assert (statuses[29], statuses[30], page.status_code) == (403, 429, 429)
    assert page["Retry-After"] == "1"


def test_a_new_session_begins_whatever_the_browser_brought_along(terminal, key):
    desk = terminal()
    session = desk.session
    session["planted"] = "here"
    session.save()
    planted = session.session_key

    desk.by_passkey(key)

    assert desk.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_the_door_last_used_stands_first_and_its_cookie_names_nobody(terminal, key):
    desk = terminal()
    fresh = desk.get("/signin/").content.decode()
    desk.by_passkey(key)
    cookie = desk.cookies["tsunagu_door"]
    desk.post("/signout/")
    after = desk.get("/signin/").content.decode()

    assert (cookie.value, cookie["httponly"]) == ("passkey", True)
    assert '<details class="other-way" open>' in fresh
    assert '<details class="other-way">' in after
    desk.cookies["tsunagu_door"] = "card"
    card = desk.get("/signin/").content.decode()
    assert card.index('id="street"') < card.index('id="staff"')
    assert fresh.index('id="street"') > fresh.index('id="staff"')


def test_at_another_address_passkeys_are_not_offered(terminal, key):
    page = terminal().get("/signin/", HTTP_HOST="127.0.0.1").content.decode()

    assert "パスキーでログイン" not in page
    assert 'id="password"' in page


def test_an_office_with_a_name_takes_answers_from_its_own_pages_only(terminal, key, settings):
    settings.PASSKEY_HOST = "city.example"
    settings.SITE_URL = "https://tsunagu.city.example"
    settings.ALLOWED_HOSTS = ["tsunagu.city.example", "other.city.example"]
    statuses = []
    for origin in (
        "https://tsunagu.city.example",
        "https://other.city.example",
        "http://tsunagu.city.example",
    ):
        key.counter += 1
        desk = terminal(headers={"Host": "other.city.example"})
        asked = desk.post("/signin/passkey/begin/", HTTP_HOST="other.city.example").json()
        given = {"_credential": key.get(asked, origin=origin)}
        statuses.append(desk.post("/signin/passkey/", given, HTTP_HOST="other.city.example").status_code)

    assert asked["rpId"] == "city.example"
    assert statuses == [302, 403, 403]
