"""A sign-in lasts as long as it is used; what a page asks by itself is no use."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.demo.cast import member_id

POLL = {"HX-Request": "true"}


@pytest.fixture
def at(clock, settings):
    """The caseworker signed in at a desk whose session lasts an hour; and the clock, in minutes after it."""
    settings.SESSION_COOKIE_AGE = 3600
    now = timezone.now()

    def later(minutes):
        clock(now + timedelta(minutes=minutes))

    later(0)
    return later


@pytest.fixture
def desk(terminal, at):
    found = terminal()
    found.by_password()
    return found


def left(desk, method="get"):
    return getattr(desk, method)("/signin/stay/", headers=POLL).json()["left"]


def test_a_page_that_is_opened_lets_the_whole_time_begin_again(desk, at):
    at(40)
    before = left(desk)

    desk.get("/")

    assert (before, left(desk)) == (20 * 60, 60 * 60)


def test_going_on_by_one_key_does_so_too(desk, at):
    at(57)

    assert (left(desk), left(desk, "post"), left(desk)) == (3 * 60, 60 * 60, 60 * 60)


def test_a_page_that_looks_for_news_by_itself_does_not(desk, at):
    at(40)

    desk.get("/", headers=POLL)

    assert left(desk) == 20 * 60


def test_it_says_as_whom_and_gives_the_token_of_the_session_there_is(desk, terminal):
    found = desk.get("/signin/stay/", headers=POLL).json()

    assert found["who"] == str(member_id("caseworker"))
    assert len(found["token"]) == 64
    assert terminal().get("/signin/stay/", headers=POLL).status_code == 401


def test_the_session_itself_ends_then(desk, at):
    from django.contrib.sessions.models import Session

    before = Session.objects.get(pk=desk.session.session_key).expire_date
    at(40)

    desk.get("/")

    gained = Session.objects.get(pk=desk.session.session_key).expire_date - before
    assert timedelta(minutes=39) < gained < timedelta(minutes=41)
