"""A lost device: two people of the office end the passkeys of its owner, and nobody their own."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.demo.cast import member_id
from backend.passkeys import ending
from backend.passkeys.models import Ending, Event, Passkey
from backend.people.errors import NotNow
from backend.people.models import Member, User
from tests.passkeys.authenticator import Authenticator

pytestmark = pytest.mark.django_db
LOST = {"reason": "私物の電話を紛失。本人と対面で確認"}


@pytest.fixture
def signed_in(terminal):
    def at(name):
        desk = terminal()
        desk.by_password(name)
        return desk

    return at


def whose(name):
    return f"/keys/members/{member_id(name)}/lost/"


@pytest.fixture
def asked(signed_in, key):
    """The supervisor asked it for the caseworker."""
    signed_in("supervisor").post(whose("caseworker"), LOST)
    return Ending.objects.get()


def agree(desk, row):
    return desk.post(f"/keys/endings/{row.id}/", {"do": "agree"})


def test_one_asks_and_a_second_ends_all_passkeys_and_sessions(signed_in, terminal, key, asked):
    owner = terminal()
    owner.by_passkey(key)

    before = owner.get("/").status_code
    page = agree(signed_in("privacy"), asked)

    assert (before, page.status_code) == (200, 302)
    assert not Passkey.objects.filter(ended_at=None).exists()
    assert owner.get("/").status_code == 302
    assert terminal().by_passkey(key).status_code == 403
    assert Event.objects.order_by("-id").first().by.username == "privacy"
    assert "事務所による" in signed_in("caseworker").get("/keys/").content.decode()


def test_asking_alone_ends_nothing(terminal, key, asked):
    assert terminal().by_passkey(key).status_code == 302


def test_whoever_can_agree_is_told_where_and_who_asked_is_not(signed_in, asked):
    waits = "パスキーを終わらせる申し出 1件"

    assert waits in signed_in("privacy").get("/approvals/").content.decode()
    assert waits not in signed_in("supervisor").get("/approvals/").content.decode()
    agree(signed_in("privacy"), asked)
    assert waits not in signed_in("privacy").get("/approvals/").content.decode()


def test_who_asked_does_not_agree_and_is_told_so(signed_in, asked):
    desk = signed_in("supervisor")

    page = agree(desk, asked)

    assert page.status_code == 409
    assert "別の人の同意が必要です" in page.content.decode()
    assert Passkey.objects.filter(ended_at=None).exists()
    assert 'value="agree"' not in desk.get("/keys/members/").content.decode()


def test_the_database_itself_takes_no_agreement_of_one_alone(asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ending.objects.update(decided_by=asked.asked_by, decided_at=timezone.now(), agreed=True)


def test_a_deputy_of_who_asked_is_the_same_hands(signed_in, asked):
    day = timezone.localdate()
    Member.objects.filter(pk=member_id("supervisor")).update(
        deputy=member_id("privacy"), deputy_from=day, deputy_until=day
    )

    assert agree(signed_in("privacy"), asked).status_code == 409


def test_one_human_with_two_members_is_not_counted_as_a_second_person(signed_in, asked):
    waits = "パスキーを終わらせる申し出 1件"
    before = signed_in("privacy").get("/approvals/").content.decode()

    Member.objects.filter(pk=member_id("supervisor")).update(user=User.objects.get(username="privacy"))

    assert waits in before
    assert waits not in signed_in("privacy").get("/approvals/").content.decode()


def test_nobody_asks_or_agrees_about_themselves(terminal, signed_in):
    for name in ("supervisor", "privacy"):
        desk = signed_in(name)
        desk.prove(name)
        desk.add(Authenticator())

    own = signed_in("supervisor").post(whose("supervisor"), LOST)
    signed_in("supervisor").post(whose("privacy"), LOST)
    agreed = agree(signed_in("privacy"), Ending.objects.get())

    assert (own.status_code, agreed.status_code) == (409, 409)
    assert Passkey.objects.filter(ended_at=None).count() == 2


def test_it_is_declined_and_asked_again(signed_in, terminal, key, asked):
    signed_in("privacy").post(f"/keys/endings/{asked.id}/", {"do": "decline"})
    late = agree(signed_in("privacy"), asked)
    again = signed_in("supervisor").post(whose("caseworker"), LOST)
    twice = signed_in("supervisor").post(whose("caseworker"), LOST)

    assert (late.status_code, again.status_code, twice.status_code) == (409, 302, 409)
    assert terminal().by_passkey(key).status_code == 302


@pytest.mark.parametrize("name", ["caseworker", "commissioner", "csw", "receiver"])
def test_nobody_else_has_a_part_in_it(signed_in, asked, name):
    desk = signed_in(name)

    statuses = [
        desk.get("/keys/members/").status_code,
        desk.post(whose("caseworker"), LOST).status_code,
        agree(desk, asked).status_code,
    ]

    assert statuses == [403] * 3


def test_the_privacy_officer_agrees_but_does_not_ask(signed_in, key):
    assert signed_in("privacy").post(whose("caseworker"), LOST).status_code == 403


def test_a_reason_is_asked_for_and_a_member_without_a_passkey_is_none(signed_in, key):
    desk = signed_in("supervisor")

    assert desk.post(whose("caseworker"), {"reason": " \x00"}).status_code == 422
    assert desk.post(whose("privacy"), LOST).status_code == 409
    assert desk.post(whose("csw"), LOST).status_code == 404


def test_nobody_decides_about_another_controller(asked):
    other = Member.objects.get(pk=member_id("csw"))

    with pytest.raises(NotNow):
        ending.decide(asked.id, agree=True, by=other, now=timezone.now())


def test_the_page_tells_who_has_none(signed_in, key):
    page = signed_in("supervisor").get("/keys/members/").content.decode()
    with_one, _bar, without = page.partition("パスキーのない人")

    assert "佐藤 直子" in with_one.partition("パスキーのある人")[2]
    assert "藤井 浩" in without
    assert "中村 恵" not in page


def test_asking_is_asked_again_who_it_is_when_the_sign_in_is_old(signed_in, key, clock):
    now = timezone.now()
    clock(now)
    desk = signed_in("supervisor")
    clock(now + timedelta(minutes=11))

    page = desk.post(whose("caseworker"), LOST)

    assert (page.status_code, Ending.objects.count()) == (403, 0)
    assert "私物の電話を紛失" in page.content.decode()
