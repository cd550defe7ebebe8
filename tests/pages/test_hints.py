"""Hints for beginners: there until the member says that they know, and there again when they ask."""

from typing import Any

import pytest

from backend.pages.hints import HINTS
from backend.pages.models import KnownHint
from tests.pages.conftest import browser

__all__ = ["browser"]
pytestmark = pytest.mark.django_db


def hinted(client: Any, page: str = "/") -> bool:
    return "はじめての方へ" in client.get(page).content.decode()


def test_a_hint_is_put_away_for_its_page_on_every_terminal(browser: Any, cast: None) -> None:
    client = browser("supervisor")
    assert hinted(client)

    answer = client.post("/hints/work/", {"next": "/?view=team"})

    assert answer.url == "/?view=team"
    assert not hinted(browser("supervisor"))
    assert hinted(client, "/board/")
    assert hinted(browser("caseworker"))


def test_pressed_twice_it_is_put_away_once(browser: Any, cast: None) -> None:
    client = browser("caseworker")
    for _turn in range(2):
        assert client.post("/hints/work/").status_code == 302

    assert KnownHint.objects.count() == 1


def test_whoever_asks_has_the_hints_again_and_nobody_elses_come_back(browser: Any, cast: None) -> None:
    one, other = browser("caseworker"), browser("supervisor")
    for client in (one, other):
        client.post("/hints/work/")

    one.post("/hints/")

    assert (hinted(one), hinted(other)) == (True, False)


def test_coming_back_leads_nowhere_outside(browser: Any, cast: None) -> None:
    assert browser("caseworker").post("/hints/work/", {"next": "https://elsewhere.example/"}).url == "/"


def test_there_is_no_hint_by_another_name(browser: Any, cast: None) -> None:
    assert "signin" not in HINTS
    assert browser("caseworker").post("/hints/signin/").status_code == 404
