"""The door of the office."""

from datetime import date

import pytest
from django.test import Client

from backend.demo.cast import password
from backend.demo.loading import open_accounts
from backend.people.models import Member

pytestmark = pytest.mark.django_db


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
    for path in ("/", "/persons/", "/notices/", "/cases/new/", "/display/"):
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
