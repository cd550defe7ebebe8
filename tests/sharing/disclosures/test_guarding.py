"""Who may know where a protected person is: named by one, confirmed by another, ended by either."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases.errors import NotPossible
from backend.cases.looks import Look
from backend.demo.cast import member_id
from backend.people.models import Member, Person, ProtectedAddress
from backend.sharing.disclosures import guarding
from backend.sharing.disclosures.models import NamedRecipient
from tests.pages.conftest import browser
from tests.sharing.disclosures.test_pages import text

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
HIDDEN = "保護の里三丁目"


def member(username: str) -> Member:
    return Member.objects.select_related("user").get(pk=member_id(username))


@pytest.fixture
def sheltered(resident: Person) -> Person:
    """髙田 ハナ under protection."""
    resident.protected = True
    resident.zip = resident.address = resident.phone = ""
    resident.save()
    ProtectedAddress.objects.create(person=resident, address=HIDDEN)
    return resident


def url(person: Person, rest: str = "") -> str:
    return f"/privacy/protected/{person.id}/{rest}"


def typed(**changed: Any) -> dict[str, Any]:
    until = timezone.localdate() + timedelta(days=90)
    given = {"to": "organisation:fire", "reason": "救急の出動のため", "until": until.isoformat()}
    return {**given, **changed}


@pytest.fixture
def named(browser: Browser, sheltered: Person) -> NamedRecipient:
    """The supervisor named the fire service."""
    browser("supervisor").post(url(sheltered), typed())
    return NamedRecipient.objects.get()


def holds(person: Person, organisation: str = "fire", who: Any = None) -> bool:
    rows = NamedRecipient.objects.filter(person=person).in_force(timezone.localdate())
    return rows.covering(organisation, who).exists()


def test_named_by_one_it_opens_nothing_yet(named: NamedRecipient, sheltered: Person) -> None:
    assert (named.named_by_id, named.witness_id) == (member_id("supervisor"), None)
    assert not holds(sheltered)


def test_a_second_person_confirms_it(browser: Browser, named: NamedRecipient, sheltered: Person) -> None:
    browser("privacy").post(url(sheltered, f"{named.pk}/confirm/"))

    named.refresh_from_db()
    assert named.witness_id == member_id("privacy")
    assert holds(sheltered)
    assert not holds(sheltered, "center-nakahama")


def test_the_first_person_confirms_nothing(
    browser: Browser, named: NamedRecipient, sheltered: Person
) -> None:
    client = browser("supervisor")

    page = client.post(url(sheltered, f"{named.pk}/confirm/"))

    assert page.status_code == 409
    assert "別の人が確認してください" in text(page)
    assert "もう1人として確認する" not in text(client.get(url(sheltered)))
    assert not holds(sheltered)


def test_nor_does_somebody_who_stands_in_for_them(
    browser: Browser, named: NamedRecipient, sheltered: Person
) -> None:
    today = timezone.localdate()
    Member.objects.filter(pk=member_id("supervisor")).update(
        deputy=member_id("privacy"), deputy_from=today, deputy_until=today
    )

    assert browser("privacy").post(url(sheltered, f"{named.pk}/confirm/")).status_code == 409
    assert not holds(sheltered)


def test_either_ends_it_alone_and_it_stays_in_the_list(
    browser: Browser, named: NamedRecipient, sheltered: Person
) -> None:
    browser("privacy").post(url(sheltered, f"{named.pk}/confirm/"))
    assert holds(sheltered)

    browser("privacy").post(url(sheltered, f"{named.pk}/end/"), {"reason": "出動がなくなった"})

    assert not holds(sheltered)
    page = text(browser("supervisor").get(url(sheltered)))
    assert "出動がなくなった" in page
    assert "終了" in page


def test_it_ends_only_with_a_reason(browser: Browser, named: NamedRecipient, sheltered: Person) -> None:
    page = browser("privacy").post(url(sheltered, f"{named.pk}/end/"), {"reason": " "})

    assert page.status_code == 422
    assert NamedRecipient.objects.get().ended_at is None


def test_what_ended_is_confirmed_by_nobody(
    browser: Browser, named: NamedRecipient, sheltered: Person
) -> None:
    browser("supervisor").post(url(sheltered, f"{named.pk}/end/"), {"reason": "まちがい"})

    assert browser("privacy").post(url(sheltered, f"{named.pk}/confirm/")).status_code == 409
    assert not holds(sheltered)


def test_after_its_last_day_it_holds_no_longer(
    browser: Browser, named: NamedRecipient, sheltered: Person
) -> None:
    browser("privacy").post(url(sheltered, f"{named.pk}/confirm/"))
    rows = NamedRecipient.objects.filter(person=sheltered)

    assert rows.in_force(named.valid_until).exists()
    assert not rows.in_force(named.valid_until + timedelta(days=1)).exists()


def test_one_member_of_an_organisation_is_named_alone(browser: Browser, sheltered: Person) -> None:
    commissioner = member_id("commissioner")
    browser("supervisor").post(url(sheltered), typed(to=f"member:{commissioner}"))
    line = NamedRecipient.objects.get()
    browser("privacy").post(url(sheltered, f"{line.pk}/confirm/"))

    assert holds(sheltered, "council-nakahama", commissioner)
    assert not holds(sheltered, "council-nakahama", member_id("outsider"))
    assert not holds(sheltered, "council-nakahama")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"reason": ""}, "「知る必要がある理由」を入れてください"),
        ({"to": "family"}, "一覧から選んでください"),
        ({"until": "2099-01-01"}, "1年以内"),
        ({"until": "令和2年1月1日"}, "1年以内"),
        ({"until": "あした"}, "日付"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_the_reason(
    browser: Browser, sheltered: Person, changed: dict[str, str], told: str
) -> None:
    page = browser("supervisor").post(url(sheltered), typed(**changed))

    assert page.status_code == 422
    assert told in text(page)
    assert not NamedRecipient.objects.exists()


def test_the_same_recipient_is_named_once(browser: Browser, named: NamedRecipient, sheltered: Person) -> None:
    page = browser("privacy").post(url(sheltered), typed())

    assert "もう名簿にあります" in text(page)
    assert NamedRecipient.objects.count() == 1


def test_the_officer_keeps_the_list_without_learning_who_it_is(browser: Browser, sheltered: Person) -> None:
    pages = text(browser("privacy").get("/privacy/protected/")) + text(browser("privacy").get(url(sheltered)))

    assert "（保護されている方）" in pages
    assert "髙田" not in pages
    assert HIDDEN not in pages


def test_the_supervisor_sees_the_name_and_never_the_address(browser: Browser, sheltered: Person) -> None:
    pages = text(browser("supervisor").get("/privacy/protected/"))
    pages += text(browser("supervisor").get(url(sheltered)))

    assert "髙田 ハナ" in pages
    assert HIDDEN not in pages


@pytest.mark.parametrize("who", ["caseworker", "csw", "commissioner", "receiver", "outsider"])
def test_nobody_else_keeps_the_list(
    browser: Browser, named: NamedRecipient, sheltered: Person, who: str
) -> None:
    client = browser(who)

    assert client.get("/privacy/protected/").status_code == 403
    assert client.post(url(sheltered), typed(to="organisation:csw")).status_code == 404
    assert client.post(url(sheltered, f"{named.pk}/confirm/")).status_code == 404
    assert client.post(url(sheltered, f"{named.pk}/end/"), {"reason": "x"}).status_code == 404
    assert NamedRecipient.objects.filter(ended_at=None, witness=None).count() == 1


def test_a_line_of_another_person_is_not_reached(
    browser: Browser, named: NamedRecipient, sheltered: Person
) -> None:
    other = Person.objects.create(controller="city", name="邊見 トメ", area_id="D01-1", protected=True)

    assert browser("privacy").post(url(other, f"{named.pk}/confirm/")).status_code == 404


def test_the_look_at_the_list_is_recorded(browser: Browser, sheltered: Person) -> None:
    browser("privacy").get(url(sheltered))

    look = Look.objects.get(person=sheltered)
    assert (look.member_id, look.how) == (member_id("privacy"), "guard")


def test_the_persons_page_says_that_it_is_protected_and_whom_to_ask(
    browser: Browser, sheltered: Person
) -> None:
    page = text(browser("supervisor").get(f"/persons/{sheltered.id}/"))

    assert "保護のため出しません。たずねる相手：" in page
    assert "藤井 浩" in page
    assert url(sheltered) in page
    assert HIDDEN not in page


def test_a_person_who_is_not_protected_has_no_list(browser: Browser, resident: Person) -> None:
    assert browser("supervisor").get(url(resident)).status_code == 404
    assert "たずねる相手" not in text(browser("supervisor").get(f"/persons/{resident.id}/"))


def test_two_at_once_confirm_once(named: NamedRecipient) -> None:
    guarding.confirm(named, by=member("privacy"), now=timezone.now())

    with pytest.raises(NotPossible):
        guarding.confirm(named, by=member("privacy"), now=timezone.now())


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found.captured_queries)


def test_many_persons_and_lines_cost_no_more_queries_than_one(
    browser: Browser, named: NamedRecipient, sheltered: Person
) -> None:
    client = browser("supervisor")
    few = [queries(client, "/privacy/protected/"), queries(client, url(sheltered))]

    for number in range(4):
        Person.objects.create(controller="city", name=f"方{number}", area_id="D01-1", protected=True)
        NamedRecipient.objects.create(
            person=sheltered,
            organisation_id="csw",
            named_by_id=member_id("supervisor"),
            named_at=timezone.now(),
            valid_until=date(2020, 1, 1),
        )

    assert [queries(client, "/privacy/protected/"), queries(client, url(sheltered))] == few
