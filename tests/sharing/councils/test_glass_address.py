"""A protected address in an emergency: for the controller's staff, while the minutes last."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.generic import glass_minutes
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person, ProtectedAddress
from tests.sharing.councils.conftest import break_glass
from tests.sharing.disclosures.test_pages import text

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
HIDDEN = "保護の里三丁目"


@pytest.fixture
def sheltered(hers: Done, resident: Person) -> Done:
    """Her referral, after she was put under protection; nobody is assigned."""
    Case.objects.filter(pk=hers.case).update(protected=True, assignee=None, reporter=None)
    resident.protected, resident.address, resident.phone = True, "", ""
    resident.save()
    ProtectedAddress.objects.create(person=resident, zip="750-9999", address=HIDDEN, phone="090-1")
    return hers


def test_whoever_opened_it_at_the_controller_reads_the_address(browser: Browser, sheltered: Done) -> None:
    break_glass(sheltered, "caseworker")

    page = browser("caseworker").get(f"/cases/{sheltered.case}/")

    assert HIDDEN in text(page)
    assert "090-1" in text(page)
    look = Look.objects.latest("id")
    assert (look.member_id, look.how, look.glass) == (member_id("caseworker"), "address", True)


def test_the_privacy_officer_reads_that_the_address_was_shown(
    browser: Browser, sheltered: Done, resident: Person
) -> None:
    break_glass(sheltered, "caseworker")
    path = f"/privacy/looks/{resident.id}/"
    assert "保護されている住所" not in text(browser("privacy").get(path))

    browser("caseworker").get(f"/cases/{sheltered.case}/")

    assert "保護されている住所" in text(browser("privacy").get(path))


def test_one_look_leaves_one_row(browser: Browser, sheltered: Done) -> None:
    break_glass(sheltered, "caseworker")
    before = Look.objects.count()

    browser("caseworker").get(f"/cases/{sheltered.case}/")

    assert Look.objects.count() == before + 1


def test_the_browser_asks_again_when_the_minutes_are_over(browser: Browser, sheltered: Done) -> None:
    break_glass(sheltered, "caseworker")

    page = browser("caseworker").get(f"/cases/{sheltered.case}/")

    assert 0 < int(page["Refresh"]) <= glass_minutes() * 60 + 1


@pytest.mark.parametrize("who", ["caseworker", "supervisor"])
def test_after_the_minutes_it_is_gone(browser: Browser, sheltered: Done, who: str) -> None:
    break_glass(sheltered, who, at=timezone.now() - timedelta(minutes=glass_minutes()))

    page = browser(who).get(f"/cases/{sheltered.case}/")

    assert HIDDEN not in text(page)
    assert "Refresh" not in page
    assert page.status_code == (404 if who == "caseworker" else 200)


def test_another_controller_reads_all_the_rescue_needs_but_the_address(
    browser: Browser, sheltered: Done
) -> None:
    break_glass(sheltered, "csw")

    page = browser("csw").get(f"/cases/{sheltered.case}/")

    assert page.status_code == 200
    assert HIDDEN not in text(page)
    assert Look.objects.latest("id").how == "page"


def test_a_commissioner_of_the_city_is_not_told_the_address(browser: Browser, sheltered: Done) -> None:
    break_glass(sheltered, "commissioner")

    assert HIDDEN not in text(browser("commissioner").get(f"/cases/{sheltered.case}/"))


def test_without_an_emergency_the_supervisor_reads_whom_to_ask_and_no_address(
    browser: Browser, sheltered: Done
) -> None:
    page = text(browser("supervisor").get(f"/cases/{sheltered.case}/"))

    assert "保護のため出しません。たずねる相手：" in page
    assert HIDDEN not in page


def test_an_emergency_of_a_colleague_opens_it_to_nobody_else(browser: Browser, sheltered: Done) -> None:
    break_glass(sheltered, "caseworker")

    assert HIDDEN not in text(browser("supervisor").get(f"/cases/{sheltered.case}/"))


def test_the_address_stands_on_no_other_page_of_the_case(browser: Browser, sheltered: Done) -> None:
    break_glass(sheltered, "caseworker")
    client = browser("caseworker")

    for path in ("do/note/", "disclose/"):
        assert HIDDEN not in text(client.get(f"/cases/{sheltered.case}/{path}"))
    assert HIDDEN not in client.get(f"/api/cases/{sheltered.case}/").content.decode()
