"""The door of the office."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from backend.demo.cast import password
from backend.demo.loading import open_accounts
from backend.people.models import Member, Person, User

pytestmark = pytest.mark.django_db

ID = "7c0e5a52-3f43-4a39-9a52-0d6a3bb5a111"


def test_staff_sign_in_and_see_their_work(cast, client):
    open_accounts()

    page = client.post(
        "/signin/", {"username": "caseworker", "password": password("caseworker")}, follow=True
    )

    assert page.redirect_chain[-1][0] == "/"
    assert "自分の仕事" in page.content.decode()


def test_a_wrong_password_and_an_unknown_name_are_told_alike_and_the_name_stays(cast, client):
    wrong = client.post("/signin/", {"username": "caseworker", "password": "guess"})
    unknown = client.post("/signin/", {"username": "nobody", "password": "guess"})

    assert wrong.status_code == unknown.status_code == 422
    assert 'value="caseworker"' in wrong.content.decode()
    assert wrong.content.decode().count("ちがいます") == unknown.content.decode().count("ちがいます") == 1


def sign_in(client: Client, name: str, word: str, **more: str) -> Any:
    return client.post("/signin/", {"username": name, "password": word}, **more)


@pytest.mark.parametrize("name", ["caseworker", "nobody"])
def test_after_five_wrong_passwords_everybody_waits_whether_there_is_such_an_account_or_not(
    cast, client, name
):
    open_accounts()
    statuses = [sign_in(client, name, "guess").status_code for _ in range(6)]

    page = sign_in(client, name, password("caseworker"))

    assert statuses == [422] * 5 + [429]
    assert (page.status_code, page["Retry-After"]) == (429, "1")
    assert "あと1秒は受け付けられません" in page.content.decode()


def test_failing_elsewhere_does_not_keep_a_worker_from_their_own_terminal(cast, client):
    open_accounts()
    sign_in(client, "caseworker", password("caseworker"))
    client.post("/signout/")
    stranger = Client()
    for _ in range(6):
        page = sign_in(stranger, "caseworker", "guess", REMOTE_ADDR="198.51.100.9")

    again = sign_in(client, "caseworker", password("caseworker"))

    assert (page.status_code, again.status_code) == (429, 302)


@pytest.mark.parametrize("name", ["caseworker", "closed", "no_password", "nobody"])
def test_a_wrong_password_is_the_same_work_for_every_name(cast, client, monkeypatch, name):
    User.objects.create_user("closed", password="right", is_active=False)
    User.objects.create_user("no_password")
    open_accounts()
    work = []
    real = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *given: work.append(1) or real(*given))

    page = sign_in(client, name, "right")

    assert (page.status_code, len(work)) == (422, 1)


def test_a_name_with_a_nul_is_only_a_wrong_name(cast, client):
    assert client.post("/signin/", {"username": "a\x00b", "password": "x"}).status_code == 422


def test_signing_in_leads_back_to_the_page_asked_for_but_never_out_of_the_office(cast, client):
    open_accounts()
    given = {"username": "caseworker", "password": password("caseworker")}

    inside = client.post("/signin/", {**given, "next": "/persons/"})
    outside = Client().post("/signin/", {**given, "next": "https://evil.example/"})

    assert inside["Location"] == "/persons/"
    assert outside["Location"] == "/"


def test_without_signing_in_every_page_leads_to_the_door(cast, client):
    for path in ("/", "/persons/", "/notices/", "/cases/new/", "/design/"):
        page = client.get(path)
        assert (page.status_code, page["Location"].partition("?")[0]) == (302, "/signin/")


def test_a_fragment_asked_for_after_the_session_ended_sends_the_browser_to_the_door(cast, client):
    page = client.get("/", headers={"HX-Request": "true"})

    assert (page.status_code, page["HX-Redirect"]) == (401, "/signin/")


def test_the_end_of_a_term_closes_an_open_session(browser):
    client = browser("commissioner")
    assert client.get("/").status_code == 200

    Member.objects.filter(user__username="commissioner").update(valid_until=date(2020, 1, 1))

    assert client.get("/").status_code == 403
    assert (client.get("/").status_code, Session.objects.count()) == (302, 0)


@pytest.fixture
def clock(monkeypatch) -> Callable[[datetime], None]:
    """Sets the clock of the office."""
    return lambda at: monkeypatch.setattr(timezone, "now", lambda: at)


def test_the_day_after_the_last_of_a_term_the_next_request_is_refused(browser, clock):
    last = datetime(2026, 11, 30, 23, 59, 59, tzinfo=timezone.get_default_timezone())
    clock(last)
    client = browser("commissioner")
    Member.objects.filter(user__username="commissioner").update(valid_until=last.date())
    assert client.get("/").status_code == 200

    clock(last + timedelta(seconds=1))

    assert client.get("/").status_code == 403
    assert client.get("/").status_code == 302


def test_a_closed_account_ends_its_session_even_if_it_is_opened_again(browser):
    client = browser("caseworker")
    User.objects.filter(username="caseworker").update(is_active=False)
    assert client.get("/").status_code == 302

    User.objects.filter(username="caseworker").update(is_active=True)

    assert client.get("/").status_code == 302


def test_a_session_ends_by_itself_after_its_hours_without_use(browser, clock, settings):
    client = browser("caseworker")
    begun = timezone.now()
    clock(begun + timedelta(seconds=settings.SESSION_COOKIE_AGE - 60))
    # A page left open asks for news all the time: that is no use.
    assert client.get("/", headers={"HX-Request": "true"}).status_code == 200

    clock(begun + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))

    assert client.get("/").status_code == 302


def test_signing_in_begins_a_new_session_whatever_the_browser_brought_along(cast, client):
    open_accounts()
    session = client.session
    session["planted"] = "here"
    session.save()
    planted = session.session_key

    sign_in(client, "caseworker", password("caseworker"))

    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_signing_out_ends_the_session(browser):
    client = browser("caseworker")

    client.post("/signout/")

    assert client.get("/").status_code == 302


def test_nobody_acts_as_somebody_else(browser):
    client = browser("caseworker")
    other = Member.objects.get(user__username="supervisor")

    client.post("/act-as/", {"member": str(other.id)})

    assert "佐藤 直子" in client.get("/").content.decode()


def test_language_and_theme_are_kept_with_the_account(browser):
    client = browser("caseworker")

    client.post("/display/", {"language": "en", "theme": "dark", "text_size": "125"})
    page = client.get("/").content.decode()

    assert 'lang="en"' in page
    assert 'data-theme="dark" data-size="125"' in page
    assert "My work" in page


def test_furigana_is_kept_with_the_account_and_other_choices_stay(browser):
    client = browser("caseworker")
    client.post("/display/", {"theme": "high"})

    client.post("/display/", {"furigana": "1"})
    page = client.get("/design/").content.decode()

    assert 'data-theme="high"' in page
    assert '<ruby lang="ja">髙田 ハナ<rp>（</rp><rt>たかだ はな</rt>' in page


def test_who_counts_years_the_western_way_reads_them_so_and_nobody_else(browser):
    Person.objects.create(
        id=ID,
        controller="city",
        name="髙田 ハナ",
        kana="たかだ はな",
        birth_date="1938-05-02",
        area_id="D01-1",
    )
    client = browser("caseworker")
    client.post("/display/", {"western_years": "1"})

    mine = client.get(f"/persons/{ID}/").content.decode()
    others = browser("supervisor").get(f"/persons/{ID}/").content.decode()

    assert "1938年5月2日" in mine
    assert "昭和13年5月2日" in others


def test_before_signing_in_the_terminal_keeps_how_pages_look(cast, client):
    client.post("/display/", {"language": "en", "theme": "high", "text_size": "150"})
    page = client.get("/signin/").content.decode()

    assert '<html lang="en" data-theme="high" data-size="150">' in page
    assert "Sign in" in page


@pytest.mark.parametrize("kept", ["", "150", "x.y.z.w", "999.pink.2.2", ".".join("9" * 40)])
def test_a_cookie_nobody_wrote_changes_nothing(cast, client, kept):
    client.cookies["tsunagu_display"] = kept

    page = client.get("/signin/").content.decode()

    assert 'data-theme="auto"' in page
    assert 'data-size="150"' in page if kept == "150" else 'data-size="100"' in page
