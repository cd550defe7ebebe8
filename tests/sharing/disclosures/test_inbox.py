"""受け取り for who has an account: the same package, without a link and a code."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Member, User
from backend.sharing.disclosures.models import Package, PackageEvent
from tests.cases.conftest import answers, do
from tests.pages.conftest import browser, post_of
from tests.sharing.disclosures.conftest import hand_over, package_of
from tests.sharing.disclosures.test_pages import text

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


@pytest.fixture
def package(shared: Done) -> Package:
    """Name, address and health of 髙田 ハナ, handed over to the centre."""
    return package_of(shared).package


def opened(client: Client, package: Package) -> Any:
    return client.post(f"/received/{package.id}/open/", follow=True)


def test_the_navigation_counts_what_nobody_opened_yet(browser: Browser, package: Package) -> None:
    client = browser("receiver")
    assert "まだだれも開いていません" in text(client.get("/"))

    opened(client, package)

    assert "まだだれも開いていません" not in text(client.get("/"))


def test_the_list_says_from_whom_and_what_for_and_not_about_whom(browser: Browser, package: Package) -> None:
    page = text(browser("receiver").get("/received/"))

    assert "市 福祉課" in page or "福祉課から" in page
    assert "支援・サービスへのつなぎ" in page
    assert "髙田" not in page


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "privacy", "csw", "commissioner", "outsider"])
def test_nobody_but_the_recipient_lists_or_opens_it(browser: Browser, package: Package, who: str) -> None:
    client = browser(who)

    assert str(package.id) not in text(client.get("/received/"))
    assert client.get(f"/received/{package.id}/").status_code == 404
    assert client.post(f"/received/{package.id}/open/").status_code == 404
    assert client.get(f"/received/{package.id}/answer/accept/").status_code == 404


def test_looking_at_the_cover_opens_nothing(browser: Browser, package: Package) -> None:
    page = text(browser("receiver").get(f"/received/{package.id}/"))

    assert "髙田" not in page
    assert "複写・複製をしないこと" in page
    assert not PackageEvent.objects.filter(kind="opened").exists()


def test_opening_shows_what_was_approved_under_the_members_name(browser: Browser, package: Package) -> None:
    page = opened(browser("receiver"), package)

    assert "髙田 ハナ" in text(page)
    assert text(page).count("田中 由美") > 8  # the watermark, and that it is recorded
    event = PackageEvent.objects.get(kind="opened")
    assert (event.by_id, event.reader) == (member_id("receiver"), "田中 由美")


def test_the_look_stands_in_the_record_of_looks(browser: Browser, package: Package) -> None:
    opened(browser("receiver"), package)

    look = Look.objects.get(kind="package")
    assert (look.member_id, look.person_id) == (member_id("receiver"), package.person_id)


def test_an_opening_belongs_to_its_session(browser: Browser, package: Package) -> None:
    opened(browser("receiver"), package)

    assert "髙田" not in text(browser("receiver").get(f"/received/{package.id}/"))


def test_after_an_hour_it_is_opened_again(
    browser: Browser, package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser("receiver")
    opened(client, package)
    assert "髙田" in text(client.get(f"/received/{package.id}/"))

    monkeypatch.setattr("backend.pages.sharing.opened.SECONDS", -1)

    assert "髙田" not in text(client.get(f"/received/{package.id}/"))


def test_a_recall_closes_a_page_that_is_open(browser: Browser, package: Package, shared: Done) -> None:
    client = browser("receiver")
    opened(client, package)
    do(shared, "recall", answers("disclosure_recall"))

    page = client.get(f"/received/{package.id}/")

    assert page.status_code == 410
    assert "髙田" not in text(page)
    assert "取り消されました" in text(page)
    assert client.post(f"/received/{package.id}/open/").status_code == 410
    assert PackageEvent.objects.filter(kind="opened").count() == 1


def test_who_acts_as_another_member_reads_nothing_of_the_first(browser: Browser, package: Package) -> None:
    other = Member.objects.create(
        name="田中 由美",
        role="agency_staff",
        user=User.objects.get(username="receiver"),
        organisation_id="center-nakahama",
        controller="center",
        valid_from=date(2025, 4, 1),
    )
    client = browser("receiver")
    opened(client, package)
    client.post("/act-as/", {"member": str(other.id)})

    assert "髙田" not in text(client.get(f"/received/{package.id}/"))


def test_the_end_of_the_term_ends_it(browser: Browser, package: Package) -> None:
    client = browser("receiver")
    opened(client, package)
    Member.objects.filter(pk=member_id("receiver")).update(valid_until=date(2020, 1, 1))

    assert client.get(f"/received/{package.id}/").status_code == 403


def test_paper_is_not_in_the_inbox(browser: Browser, approved: Done) -> None:
    hand_over(approved, means="paper", return_by="2026-12-08")
    package = package_of(approved).package

    assert "今、読むものはありません" in text(browser("receiver").get("/received/"))
    assert browser("receiver").get(f"/received/{package.id}/").status_code == 404


def test_what_is_approved_and_not_handed_over_is_not_in_the_inbox(browser: Browser, approved: Done) -> None:
    package = package_of(approved).package

    assert browser("receiver").get(f"/received/{package.id}/").status_code == 404


@pytest.mark.parametrize(
    ("action", "form", "reached"),
    [
        ("accept", "disclosure_reply", "accepted"),
        ("ask_back", "disclosure_question", "returned"),
        ("reject", "disclosure_rejection", "rejected"),
        ("report_outcome", "disclosure_outcome", "reported"),
    ],
)
def test_the_member_answers_in_their_own_name(
    browser: Browser, package: Package, shared: Done, action: str, form: str, reached: str
) -> None:
    client = browser("receiver")
    opened(client, package)

    page = client.post(f"/received/{package.id}/answer/{action}/", post_of(answers(form)), follow=True)

    assert "お返事が届きました" in text(page)
    case = Case.objects.get(pk=shared.case)
    assert case.state == f"disclosure.{reached}"
    assert case.steps.latest("seq").actor_id == member_id("receiver")


def test_a_wrong_answer_keeps_what_was_typed(browser: Browser, package: Package) -> None:
    client = browser("receiver")
    opened(client, package)

    page = client.post(f"/received/{package.id}/answer/reject/", {"_key": uuid4().hex})

    assert page.status_code == 422
    assert "エラー：" in text(page)


def test_without_opening_there_is_no_answering(browser: Browser, package: Package, shared: Done) -> None:
    given = post_of(answers("disclosure_reply"))

    browser("receiver").post(f"/received/{package.id}/answer/accept/", given)

    assert Case.objects.get(pk=shared.case).state == "disclosure.shared"


@pytest.fixture
def to_the_commissioner(shared: Done) -> Package:
    """The same, as if it were addressed to the commissioner alone."""
    case = Case.objects.get(pk=shared.case)
    council = "council-nakahama"
    Case.objects.filter(pk=case.pk).update(
        receiver=council, facts={**case.facts, "basis_recipient": council, "recipient": council}
    )
    row = package_of(shared).package
    values = {field.attname: getattr(row, field.attname) for field in Package._meta.concrete_fields}
    own = Package(**{**values, "id": uuid4(), "seq": 99})
    own.recipient_id, own.recipient_member_id = council, member_id("commissioner")
    own.save(force_insert=True)
    PackageEvent.objects.create(
        package=own, kind="issued", key="issued", at=timezone.now(), by_id=member_id("caseworker")
    )
    return own


def test_a_commissioner_opens_and_answers_what_is_for_them_alone(
    browser: Browser, to_the_commissioner: Package, shared: Done
) -> None:
    client = browser("commissioner")

    assert "髙田 ハナ" in text(opened(client, to_the_commissioner))
    client.post(f"/received/{to_the_commissioner.id}/answer/accept/", post_of(answers("disclosure_reply")))

    assert Case.objects.get(pk=shared.case).state == "disclosure.accepted"


def test_a_colleague_of_the_commissioner_sees_nothing_of_it(
    browser: Browser, to_the_commissioner: Package
) -> None:
    Member.objects.filter(pk=member_id("outsider")).update(organisation="council-nakahama", area="D01")

    assert browser("outsider").get(f"/received/{to_the_commissioner.id}/").status_code == 404


def test_without_a_pledge_nothing_is_opened(browser: Browser, to_the_commissioner: Package) -> None:
    Member.objects.filter(pk=member_id("commissioner")).update(pledge_signed_on=None)

    assert browser("commissioner").get(f"/received/{to_the_commissioner.id}/").status_code == 404


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found.captured_queries)


@pytest.mark.parametrize("path", ["/received/", "/api/received/"])
def test_many_packages_cost_no_more_queries_than_one(
    browser: Browser, package: Package, ask: Callable[..., Done], agreed: Done, path: str
) -> None:
    client = browser("receiver")
    client.get(path)
    few = queries(client, path)

    for _number in range(3):
        done = ask(agreed)
        actions.perform(
            done.case,
            "share",
            actor=member_id("caseworker"),
            answers=answers("disclosure_handover"),
            key=uuid4().hex,
        )

    assert len(client.get("/api/received/").json()["results"]) == 4
    assert queries(client, path) == few


def test_a_program_lists_what_was_handed_over_without_whom_it_is_about(
    browser: Browser, package: Package
) -> None:
    page = browser("receiver").get("/api/received/")

    (row,) = page.json()["results"]
    assert (row["id"], row["standing"], row["openings"]) == (str(package.id), "open", 0)
    assert row["page"].endswith(f"/received/{package.id}/")
    assert "髙田" not in page.content.decode()
    assert browser("csw").get("/api/received/").json()["results"] == []


def test_what_ran_out_is_listed_as_over(
    browser: Browser, package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = timezone.make_aware(timezone.datetime(2100, 1, 1, 9)) + timedelta(days=1)
    Member.objects.filter(pk=member_id("receiver")).update(valid_until=None)
    monkeypatch.setattr("backend.pages.acting.timezone.now", lambda: after)

    client = browser("receiver")

    assert "もう読めないもの 1件" in text(client.get("/received/"))
    assert client.get(f"/received/{package.id}/").status_code == 410
