"""Guessing at the door is slowed, for unknown names as for known ones, and nobody is kept out for long."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from backend.people import guessing
from backend.people.guessing import RULES, Key, attempt, succeeded
from backend.people.models import Tries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.get_default_timezone())
NAME, OFFICE = Key("name", "caseworker"), Key("address", "203.0.113.7")


def fail(times: int, *keys: Key, at: datetime = NOW) -> int:
    """Fail so often, patiently: the seconds that had to be waited for the last one."""
    waited = 0
    for _ in range(times):
        waited = attempt(keys, at)
        at += timedelta(seconds=waited)
        if waited:
            assert attempt(keys, at) == 0
    return waited


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_five_failures_cost_nothing_and_then_the_wait_doubles() -> None:
    assert [RULES["name"].wait(failed) for failed in (4, 5, 6, 7, 8)] == [0, 1, 2, 4, 8]
    assert fail(5, NAME) == 0

    assert attempt([NAME], NOW) == 1
    assert attempt([NAME], after(1)) == 0
    assert attempt([NAME], after(1)) == 2


def test_nobody_waits_longer_than_five_minutes() -> None:
    assert fail(40, NAME) == RULES["name"].longest == 300


def test_waiting_is_not_made_longer_by_impatience() -> None:
    fail(5, NAME)

    for _ in range(50):
        assert attempt([NAME], NOW) == 1

    assert attempt([NAME], after(1)) == 0


def test_failures_are_forgotten_with_time() -> None:
    fail(7, NAME)

    tomorrow = after(86000)

    assert fail(5, NAME, at=tomorrow) == 0
    assert attempt([NAME], tomorrow) == 1


def test_signing_in_begins_the_name_anew_and_gives_the_address_its_attempt_back() -> None:
    for _ in range(200):
        assert attempt([NAME, OFFICE], NOW) == 0
        succeeded([NAME, OFFICE], NOW)

    assert fail(5, NAME, OFFICE) == 0


def test_many_names_from_one_address_are_slowed_too() -> None:
    for number in range(RULES["address"].free):
        assert attempt([Key("name", str(number)), OFFICE], NOW) == 0

    assert attempt([Key("name", "another"), OFFICE], NOW) == 1
    assert attempt([Key("name", "another"), Key("address", "198.51.100.1")], NOW) == 0


def test_a_clock_set_back_keeps_nobody_out() -> None:
    fail(6, NAME, at=after(100_000))

    assert attempt([NAME], NOW) == 2


def test_neither_the_name_nor_the_address_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    fail(6, NAME, OFFICE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(to_jsonb(t)::text, '') FROM people_tries t")
        (stored,) = cursor.fetchone()

    assert "signing in is slowed: name" in caplog.text
    for told in ("caseworker", "203.0.113.7"):
        assert told not in stored + caplog.text


def test_what_nobody_tried_for_a_day_is_dropped() -> None:
    attempt([NAME], NOW)

    attempt([OFFICE], after(86_401))

    assert [row.key for row in Tries.objects.all()] == [OFFICE.hash]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        (2, "6.6.6.6, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
        (2, "198.51.100.9", "192.0.2.1"),
        (1, "", ""),
        (1, "2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
    ],
)
def test_the_address_is_the_one_our_own_proxy_heard(settings, proxies, forwarded, address) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert guessing.address_of(request) == address


def known(name: str, *, spoilt: str = "") -> tuple[Key, ...]:
    """What an attempt is counted under at a terminal where the caseworker signed in before."""
    answer = HttpResponse()
    guessing.know_terminal(RequestFactory().get("/"), answer, "caseworker")
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    request.COOKIES[guessing.TERMINAL] = answer.cookies[guessing.TERMINAL].value + spoilt
    return guessing.signing_in(request, name)


def test_whoever_fails_elsewhere_does_not_make_the_worker_wait_at_their_own_terminal() -> None:
    fail(20, *guessing.signing_in(RequestFactory().get("/"), "caseworker"))

    assert attempt(known("caseworker"), NOW) == 0
    assert attempt(known("ＣＡＳＥＷＯＲＫＥＲ"), NOW) == 0


def test_a_known_terminal_has_only_so_many_attempts_either() -> None:
    keys = known("caseworker")

    assert fail(5, *keys) == 0
    assert attempt(keys, NOW) == 1


@pytest.mark.parametrize(("name", "spoilt"), [("supervisor", ""), ("caseworker", "x")])
def test_a_terminal_is_known_only_for_whom_it_was_signed_for(name: str, spoilt: str) -> None:
    assert {key.kind for key in known(name, spoilt=spoilt)} == {"name", "address"}
