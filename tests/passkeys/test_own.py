"""自分のログイン: adding, naming and removing passkeys, and who has to show that it is they."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from backend.field import cards
from backend.passkeys.models import Event, Passkey
from backend.people.models import Member, User
from tests.passkeys.authenticator import PRESENT, Authenticator

pytestmark = pytest.mark.django_db


def test_a_passkey_is_listed_with_its_name_and_when_it_was_made_and_used(terminal, key):
    desk = terminal()
    desk.by_passkey(key)

    page = desk.get("/keys/").content.decode()

    assert "窓口のPC" in page
    assert page.count("最後に使った日時") == 1
    assert "ログインに使用" in page


def test_adding_asks_again_who_it_is(terminal):
    desk, key = terminal(), Authenticator()
    desk.by_password()

    refused = desk.post("/keys/begin/add/")
    wrong = desk.post("/keys/prove/", {"_password": "guess"})
    still = desk.post("/keys/begin/add/")
    desk.prove()
    added = desk.add(key)

    assert (refused.status_code, wrong.status_code, still.status_code) == (403, 422, 403)
    assert "ご本人" in refused.json()["told"]
    assert "パスワードがちがいます" in wrong.content.decode()
    assert added.status_code == 302


def test_after_adding_one_the_next_asks_again(terminal, key):
    desk = terminal()
    desk.by_password()
    desk.prove()
    desk.add(Authenticator())

    assert desk.post("/keys/begin/add/").status_code == 403


def test_what_was_shown_lasts_ten_minutes(terminal, clock):
    desk, now, key = terminal(), timezone.now(), Authenticator()
    clock(now)
    desk.by_password()
    desk.prove()
    asked = desk.post("/keys/begin/add/").json()

    clock(now + timedelta(minutes=10, seconds=1))
    page = desk.post("/keys/add/", {"name": "PC", "_credential": key.create(asked)})

    assert (page.status_code, Passkey.objects.count()) == (403, 0)


def test_an_existing_passkey_shows_it_as_well(terminal, key):
    desk, other = terminal(), Authenticator()
    desk.by_passkey(key)

    assert desk.prove_by(key).status_code == 302
    assert desk.add(other).status_code == 302
    assert terminal().by_passkey(other).status_code == 302


def test_somebody_elses_passkey_shows_nothing(terminal, key):
    desk = terminal()
    desk.by_password("supervisor")

    assert desk.prove_by(key).status_code == 422


@pytest.mark.parametrize("bent", [{"origin": "https://evil.example"}, {"flags": PRESENT}])
def test_a_new_passkey_from_elsewhere_or_without_its_user_is_not_kept(terminal, bent):
    desk = terminal()
    desk.by_password()
    desk.prove()

    page = desk.add(Authenticator(), **bent)

    assert (page.status_code, Passkey.objects.count()) == (422, 0)


def test_a_credential_belongs_to_one_account_for_ever(terminal, key):
    desk = terminal()
    desk.by_password("supervisor")
    desk.prove("supervisor")

    assert desk.add(key).status_code == 422
    assert Passkey.objects.get().user.username == "caseworker"


def test_an_authenticator_is_not_asked_twice(terminal, key):
    desk = terminal()
    desk.by_password()
    desk.prove()

    asked = desk.post("/keys/begin/add/").json()

    assert len(asked["excludeCredentials"]) == 1


def test_a_passkey_is_renamed_and_nobody_elses(terminal, key):
    row = Passkey.objects.get()
    desk, stranger = terminal(), terminal()
    desk.by_passkey(key)
    stranger.by_password("supervisor")

    refused = stranger.post(f"/keys/{row.id}/rename/", {"name": "x"})
    empty = desk.post(f"/keys/{row.id}/rename/", {"name": " \x00"})
    desk.post(f"/keys/{row.id}/rename/", {"name": "私の電話" + "x" * 99})

    row.refresh_from_db()
    assert (refused.status_code, empty.status_code) == (404, 302)
    assert row.name == ("私の電話" + "x" * 99)[:60]


def test_a_removed_passkey_opens_nothing_and_other_sessions_end(terminal, key):
    row = Passkey.objects.get()
    desk, elsewhere = terminal(), terminal()
    desk.by_passkey(key)
    elsewhere.by_password()
    assert elsewhere.get("/").status_code == 200

    page = desk.post(f"/keys/{row.id}/remove/", follow=True)

    assert "削除しました" in page.content.decode()
    assert (desk.get("/").status_code, elsewhere.get("/").status_code) == (200, 302)
    assert terminal().by_passkey(key).status_code == 403
    assert Event.objects.order_by("-id").first().kind == "removed"


def test_nobody_removes_somebody_elses(terminal, key):
    row, stranger = Passkey.objects.get(), terminal()
    stranger.by_password("supervisor")

    assert stranger.post(f"/keys/{row.id}/remove/").status_code == 404
    assert terminal().by_passkey(key).status_code == 302


def test_removing_asks_again_who_it_is_when_the_sign_in_is_old(terminal, key, clock):
    row, desk, now = Passkey.objects.get(), terminal(), timezone.now()
    clock(now)
    desk.by_password()
    clock(now + timedelta(minutes=10, seconds=1))

    asked = desk.post(f"/keys/{row.id}/remove/")
    assert (asked.status_code, Passkey.objects.filter(ended_at=None).count()) == (403, 1)
    assert "ご本人ですか" in asked.content.decode()

    from backend.demo.cast import password

    done = desk.post(f"/keys/{row.id}/remove/", {"_password": password("caseworker")})
    assert (done.status_code, Passkey.objects.filter(ended_at=None).count()) == (302, 0)


def test_guessing_the_password_again_is_slowed_as_at_the_door(terminal):
    desk = terminal()
    desk.by_password()
    desk.cookies.pop("tsunagu_terminal")
    statuses = [desk.post("/keys/prove/", {"_password": "guess"}).status_code for _ in range(6)]

    page = desk.prove()

    assert statuses == [422] * 5 + [429]
    assert (page.status_code, page["Retry-After"]) == (429, "1")


def test_whoever_came_with_a_paper_card_adds_a_passkey_to_their_phone(terminal):
    member = Member.objects.get(user__username="commissioner")
    User.objects.filter(pk=member.user_id).update(password="!")
    card = cards.make(member, Member.objects.get(user__username="supervisor"), timezone.now())
    phone, key = terminal(), Authenticator()
    phone.post("/signin/card/", {"code": card.code, "pin": card.pin})

    assert phone.add(key).status_code == 302
    assert terminal().by_passkey(key)["Location"] == "/field/"


def test_a_card_shown_a_while_ago_is_not_enough(terminal, clock):
    now = timezone.now()
    clock(now)
    member = Member.objects.get(user__username="commissioner")
    User.objects.filter(pk=member.user_id).update(password="!")
    card = cards.make(member, Member.objects.get(user__username="supervisor"), now)
    phone = terminal()
    phone.post("/signin/card/", {"code": card.code, "pin": card.pin})

    clock(now + timedelta(minutes=10, seconds=1))

    assert phone.post("/keys/begin/add/").status_code == 403
    assert "もう一度カードで" in phone.get("/keys/").content.decode()


def test_nobody_signed_in_is_led_to_the_door(terminal):
    for path in ("/keys/", "/keys/begin/add/", "/keys/add/", "/keys/prove/"):
        page = terminal().get(path) if path == "/keys/" else terminal().post(path)
        assert (page.status_code, page["Location"].partition("?")[0]) == (302, "/signin/")


def test_at_another_address_the_page_says_where(terminal):
    desk = terminal()
    desk.by_password()

    page = desk.get("/keys/", HTTP_HOST="127.0.0.1:8001").content.decode()

    assert "http://localhost:8001 でだけ使えます" in page
    assert Session.objects.count() == 1
