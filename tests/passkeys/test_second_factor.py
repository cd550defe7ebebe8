"""An office that demands a second factor: what a password alone still opens, and what makes it enough."""

import json

import pytest
from django.utils import timezone

from backend.field import cards
from backend.passkeys.models import Passkey
from backend.people import tokens
from backend.people.models import Member, User
from tests.passkeys.authenticator import Authenticator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.SECOND_FACTOR = True


def test_a_password_alone_leads_to_where_a_passkey_is_made(terminal):
    desk = terminal()
    desk.by_password()

    first = desk.get("/persons/")
    page = desk.get("/keys/").content.decode()

    assert (first.status_code, first["Location"]) == (302, "/keys/")
    assert "パスワードのほかにパスキーが必要です" in page
    assert "人をさがす" not in page
    assert "ログアウト" in page


def test_a_fragment_sends_the_browser_there(terminal):
    desk = terminal()
    desk.by_password()

    page = desk.get("/", headers={"HX-Request": "true"})

    assert (page.status_code, page["HX-Redirect"]) == (401, "/keys/")


def test_the_first_passkey_opens_the_office_at_once(terminal):
    desk = terminal()
    desk.by_password()
    desk.prove()

    desk.add(Authenticator())

    assert desk.get("/").status_code == 200


def test_signing_in_by_passkey_is_enough(terminal, key, settings):
    desk = terminal()

    desk.by_passkey(key)

    assert desk.get("/").status_code == 200


def test_whoever_has_a_passkey_shows_it_and_the_password_does_not_do(terminal, key):
    desk = terminal()
    desk.by_password()

    refused = desk.prove()
    page = desk.get("/keys/").content.decode()
    still = desk.post("/keys/begin/add/")
    removed = desk.post(f"/keys/{Passkey.objects.get().id}/remove/")
    renamed = desk.post(f"/keys/{Passkey.objects.get().id}/rename/", {"name": "x"})
    shown = desk.prove_by(key)

    assert (refused.status_code, still.status_code, shown.status_code) == (422, 403, 302)
    assert (removed["Location"], renamed["Location"]) == ("/keys/", "/keys/")
    assert "パスワードで確かめる" not in page
    assert Passkey.objects.get().ended_at is None
    assert desk.get("/").status_code == 200


def test_the_api_refuses_such_a_session_and_takes_a_token(terminal):
    desk = terminal()
    desk.by_password()
    _row, text = tokens.make(User.objects.get(username="caseworker"), days=1, now=timezone.now())

    refused = desk.get("/api/cases/")
    taken = terminal().get("/api/cases/", headers={"Authorization": f"Token {text}"})

    assert (refused.status_code, json.loads(refused.content)["code"]) == (403, "second_factor")
    assert taken.status_code == 200


def test_a_paper_card_and_its_pin_are_two_factors(terminal):
    member = Member.objects.get(user__username="commissioner")
    card = cards.make(member, Member.objects.get(user__username="supervisor"), timezone.now())
    phone = terminal()

    phone.post("/signin/card/", {"code": card.code, "pin": card.pin})

    assert phone.get("/field/").status_code == 200


def test_field_members_are_not_asked_for_one(terminal):
    phone = terminal()

    phone.by_password("commissioner")

    assert phone.get("/field/").status_code == 200


def test_a_field_member_who_is_staff_as_well_is_asked(terminal):
    staff = Member.objects.get(user__username="caseworker")
    Member.objects.filter(pk=staff.pk).update(user=User.objects.get(username="commissioner"))
    phone = terminal()

    phone.by_password("commissioner")

    assert phone.get("/field/")["Location"] == "/keys/"


def test_a_password_typed_after_a_passkey_takes_its_place(terminal, key):
    desk = terminal()
    desk.by_passkey(key)

    desk.by_password()

    assert desk.get("/")["Location"] == "/keys/"
