"""The paper card: printed by staff, kept as hashes, locked after wrong tries, ended with the term."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backend.demo.cast import member_id
from backend.field import cards
from backend.field.cards import Printed
from backend.field.models import Card
from backend.people.models import Member, Tries
from tests.pages.conftest import browser

__all__ = ["browser"]
pytestmark = pytest.mark.django_db


def member(who: str) -> Member:
    return Member.objects.get(pk=member_id(who))


@pytest.fixture
def card(cast: None) -> Printed:
    return cards.make(member("volunteer"), member("supervisor"), timezone.now())


def sign_in(card: Printed, **typed: str) -> Any:
    return Client().post("/signin/card/", {"code": card.code, "pin": card.pin, **typed})


def wrong_pin(card: Printed) -> str:
    return "0000" if card.pin != "0000" else "1111"


def test_card_and_pin_open_the_phone_however_they_are_typed(card: Printed) -> None:
    wide = "".join(chr(0xFF10 + int(digit)) for digit in card.pin)

    answer = sign_in(card, code=f" {card.code.lower()} ", pin=wide)

    assert answer.headers["Location"] == "/field/"


def test_neither_code_nor_pin_stands_in_the_database(card: Printed) -> None:
    kept = str(Card.objects.values().get())

    assert card.code.replace("-", "") not in kept
    assert card.pin not in Card.objects.get().pin.split("$")


def test_an_unknown_card_is_told_the_same_as_a_wrong_pin(card: Printed) -> None:
    wrong = sign_in(card, pin=wrong_pin(card)).content.decode()
    unknown = sign_in(card, code="0000-0000").content.decode()

    assert "あと3回" in wrong
    assert "あと3回" in unknown


def test_after_three_more_tries_a_quarter_of_an_hour_must_pass_even_for_the_right_pin(card: Printed) -> None:
    for _turn in range(4):
        last = sign_in(card, pin=wrong_pin(card))
    assert "15分" in last.content.decode()

    answer = sign_in(card)

    assert answer.status_code == 429
    assert "15分" in answer.content.decode()
    Tries.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(card).status_code == 302


def test_a_card_ends_with_the_term_and_with_a_new_card(card: Printed) -> None:
    Member.objects.filter(pk=member_id("volunteer")).update(valid_until="2026-01-31")
    assert sign_in(card).status_code == 403
    Member.objects.filter(pk=member_id("volunteer")).update(valid_until="2099-01-31")
    cards.make(member("volunteer"), member("supervisor"), timezone.now())

    assert cards.user_of(card.code, card.pin, timezone.now()) is None


def test_the_supervisor_prints_a_card_and_nobody_else_does(browser: Any, cast: None) -> None:
    boss = browser("supervisor")
    assert "林 和子" in boss.get("/cards/").content.decode()

    pdf = boss.post(f"/cards/{member_id('commissioner')}/")

    assert pdf.content[:5] == b"%PDF-"
    assert pdf.headers["Cache-Control"] == "no-store"
    assert browser("caseworker").get("/cards/").status_code == 403
    assert boss.post(f"/cards/{member_id('volunteer')}/").status_code == 404  # of the other controller


def test_a_lost_card_is_ended(browser: Any, card: Printed) -> None:
    cards.end(member("volunteer"), timezone.now())

    assert sign_in(card).status_code == 403
