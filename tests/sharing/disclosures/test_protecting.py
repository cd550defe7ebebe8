"""支援措置: under protection by one at once, out of it by two, and no case escapes."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import NotFound, NotPossible
from backend.cases.models import Case, Notice
from backend.demo.cast import member_id
from backend.people.errors import NotNow, Refused
from backend.people.models import Person, ProtectedAddress
from backend.people.recorded import PersonChange
from backend.sharing.disclosures import protecting
from backend.sharing.disclosures.models import NamedRecipient, ProtectionEnd
from tests.cases.conftest import answers
from tests.pages.conftest import browser
from tests.sharing.disclosures.test_guarding import member, text, typed, url

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
WHY = "支援措置の申し出があった"
OVER = "支援措置の期間が終わった"


def protect(person: Person, by: str = "caseworker") -> None:
    protecting.begin(person.pk, by=member(by), reason=WHY, now=timezone.now())


def last(person: Person) -> PersonChange:
    return PersonChange.objects.filter(person=person).latest("seq")


@pytest.fixture
def protected(source: Done, resident: Person) -> Person:
    """髙田 ハナ with a case, put under protection by the caseworker."""
    protect(resident)
    resident.refresh_from_db()
    return resident


def test_where_they_live_is_kept_apart_at_once_and_every_case_is_protected(
    protected: Person, source: Done
) -> None:
    kept = ProtectedAddress.objects.get(person=protected)

    assert (protected.protected, protected.zip, protected.address, protected.phone) == (True, "", "", "")
    assert (kept.zip, kept.address, kept.phone) == ("750-0001", "海鳴市中浜一丁目5番1号", "083-222-0099")
    assert Case.objects.get(pk=source.case).protected
    assert (last(protected).kind, last(protected).reason) == ("protected", WHY)


def test_from_then_on_only_who_is_named_opens_record_and_case(
    browser: Browser, source: Done, resident: Person
) -> None:
    client, here, case = browser("caseworker"), f"/persons/{resident.id}/", f"/cases/{source.case}/"
    Case.objects.filter(pk=source.case).update(assignee=None)
    client.post(f"{here}protect/", {"reason": ""})
    assert (client.get(here).status_code, client.get(case).status_code) == (200, 200)

    page = client.post(f"{here}protect/", {"reason": WHY}, follow=True)

    assert "係長" in text(page)
    assert (client.get(here).status_code, client.get(case).status_code) == (404, 404)
    assert browser("supervisor").get(case).status_code == 200


def test_nobody_protects_whose_record_they_do_not_keep(resident: Person) -> None:
    with pytest.raises(Refused):
        protect(resident, by="volunteer")


def test_nobody_is_protected_twice(protected: Person) -> None:
    with pytest.raises(NotNow):
        protect(protected, by="supervisor")

    assert ProtectedAddress.objects.get(person=protected).address == "海鳴市中浜一丁目5番1号"


def test_a_case_that_begins_afterwards_is_protected(protected: Person) -> None:
    given: dict[str, Any] = {"answers": answers("detection_report"), "key": uuid4().hex}
    begun = actions.start("referral", actor=member_id("caseworker"), person=protected.id, **given)

    assert Case.objects.get(pk=begun.case).protected


def ask_end(person: Person, by: str = "supervisor") -> ProtectionEnd:
    return protecting.ask_end(person, by=member(by), reason=OVER, now=timezone.now())


def test_two_together_end_it_and_nobody_is_named_any_more(
    browser: Browser, protected: Person, source: Done
) -> None:
    browser("supervisor").post(url(protected), typed())
    browser("privacy").post(url(protected, f"{NamedRecipient.objects.get().pk}/confirm/"))

    browser("supervisor").post(url(protected, "over/"), {"reason": OVER})
    assert Person.objects.get(pk=protected.pk).protected
    browser("privacy").post(url(protected, "over/"), {"do": "agree"})

    protected.refresh_from_db()
    found = (protected.protected, protected.zip, protected.address, protected.phone)
    assert found == (False, "750-0001", "海鳴市中浜一丁目5番1号", "083-222-0099")
    assert not ProtectedAddress.objects.exists()
    assert not Case.objects.get(pk=source.case).protected
    assert NamedRecipient.objects.get().end_reason == OVER
    assert (last(protected).kind, last(protected).by_id) == ("unprotected", member_id("privacy"))


def test_who_said_it_does_not_agree_to_it(browser: Browser, protected: Person) -> None:
    client = browser("supervisor")
    client.post(url(protected, "over/"), {"reason": OVER})

    page = client.post(url(protected, "over/"), {"do": "agree"})

    assert page.status_code == 409
    assert 'value="agree"' not in text(client.get(url(protected)))
    assert Person.objects.get(pk=protected.pk).protected


def test_the_caseworker_does_not_end_it(protected: Person) -> None:
    with pytest.raises(NotFound):
        ask_end(protected, by="caseworker")


def test_what_was_declined_leaves_everything_and_can_be_said_again(
    browser: Browser, protected: Person
) -> None:
    ask_end(protected)
    with pytest.raises(NotPossible):
        ask_end(protected, by="privacy")

    browser("privacy").post(url(protected, "over/"), {"do": "decline"})

    assert Person.objects.get(pk=protected.pk).protected
    assert protecting.waiting(protected) is None
    assert ask_end(protected).pk


def test_nothing_is_decided_that_nobody_said(protected: Person) -> None:
    with pytest.raises(NotPossible):
        protecting.agree(protected.pk, by=member("privacy"), now=timezone.now())


def told(kind: str) -> set[str]:
    rows = Notice.objects.filter(kind=kind)
    return {str(name) for name in rows.values_list("member__user__username", flat=True)}


def counted(client: Client) -> int:
    """How much the menu says waits beside the protected persons."""
    entries = [
        entry for _title, entries in client.get("/approvals/").context["sections"] for entry in entries
    ]
    return next((entry.count for entry in entries if entry.address == "/privacy/protected/"), 0)


def test_who_can_be_the_second_person_is_told_that_a_protection_is_said_to_be_over(protected: Person) -> None:
    ask_end(protected, by="supervisor")

    assert "privacy" in told("guard_ending")
    assert not {"supervisor", "caseworker", "csw"} & told("guard_ending")


def test_who_can_be_the_second_person_is_told_that_somebody_is_named(
    browser: Browser, protected: Person
) -> None:
    browser("supervisor").post(url(protected), typed())

    assert "privacy" in told("guard_named")
    assert "supervisor" not in told("guard_named")


def test_what_waits_is_counted_in_the_menu_of_the_second_person_alone(
    browser: Browser, protected: Person
) -> None:
    ask_end(protected, by="supervisor")

    assert [counted(browser(who)) for who in ("privacy", "supervisor", "caseworker")] == [1, 0, 0]

    browser("privacy").post(url(protected, "over/"), {"do": "decline"})

    assert counted(browser("privacy")) == 0


def test_the_page_of_approvals_leads_to_what_waits_elsewhere(browser: Browser, protected: Person) -> None:
    ask_end(protected, by="supervisor")

    assert "支援措置の終了 1件" in text(browser("privacy").get("/approvals/"))
    assert "支援措置の終了 1件" not in text(browser("supervisor").get("/approvals/"))
    assert "支援措置の終了：2人目の判断待ち" in text(browser("privacy").get("/privacy/protected/"))


def test_a_notice_about_no_case_opens_the_page_where_it_is_dealt_with(
    browser: Browser, protected: Person
) -> None:
    ask_end(protected, by="supervisor")
    client, until = browser("privacy"), Notice.objects.latest("id").pk

    assert "ページをひらく" in text(client.get("/notices/"))
    page = client.post("/notices/read/", {"until": until, "about": "guard_ending", "open": "1"})

    assert page.headers["Location"] == "/privacy/protected/"
    assert not Notice.objects.filter(member=member_id("privacy"), read_at=None).exists()
