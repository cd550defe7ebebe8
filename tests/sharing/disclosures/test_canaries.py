"""What was not approved stands nowhere: not in the package, on a page, on paper, in a log or in an answer."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from backend.access import current
from backend.cases import effects
from backend.cases.actions import Done
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.letters.models import IssuedLetter
from backend.people.models import Member, Person, ProtectedAddress
from backend.sharing.disclosures import addresses, guarding, items, links
from backend.sharing.disclosures.gate import CannotLeave
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.packages import Known
from tests.cases.conftest import answers, do
from tests.letters.conftest import text_of
from tests.pages.conftest import browser
from tests.sharing.disclosures.conftest import CANARY, approve, hand_over, package_of

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
HIDDEN = "保護の里三丁目"


def test_the_frozen_bytes_hold_no_other_category(shared: Done) -> None:
    held = bytes(Package.objects.get(case=shared.case).content).decode()

    assert "髙田 ハナ" in held
    assert CANARY not in held


def test_the_recipients_page_holds_no_other_category(shared: Done) -> None:
    link = links.issue(package_of(shared).package, by=member_id("caseworker"), now=timezone.now())
    client = Client()
    client.get(f"/r/{link.token}")
    client.post("/r/open/", {"code": link.code, "reader": "田中"})

    page = client.get("/r/package/").content.decode()

    assert "髙田 ハナ" in page
    assert CANARY not in page


def test_paper_is_printed_from_the_package_alone(approved: Done, resident: Person) -> None:
    resident.phone = "083-222-0100"  # changed after the approval: the paper still says what was approved
    resident.save()
    hand_over(approved, means="paper", return_by="2026-12-08")

    effects.run_due()

    letter = IssuedLetter.objects.get(definition="disclosure_package")
    text = text_of(letter.pdf)
    assert "083-222-0099" in text
    assert "083-222-0100" not in text
    assert CANARY not in text
    assert "受領票" in text.replace("　", "")
    assert "返却票" in text.replace("　", "")


def test_the_log_of_rulings_holds_no_value(shared: Done) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(inputs::text, ''), '') FROM cases_decisionlog")
        (logged,) = cursor.fetchone()

    assert "中浜一丁目" not in logged
    assert CANARY not in logged


@pytest.fixture
def sheltered(agreed: Done, resident: Person) -> Person:
    Case.objects.filter(pk=agreed.case).update(protected=True)
    resident.protected = True
    resident.zip = resident.address = resident.phone = ""
    resident.save()
    ProtectedAddress.objects.create(person=resident, address=HIDDEN, phone="090-1")
    return resident


def test_where_a_protected_person_is_stands_in_no_content(sheltered: Person, agreed: Done) -> None:
    case = Case.objects.select_related("person__area").get(pk=agreed.case)
    held = items.content(case, tuple(current().categories)).pack().decode()

    assert HIDDEN not in held
    assert "青い屋根の家" not in held
    assert '"handle":true' in held


def test_a_protected_address_is_not_even_requested_for_who_is_not_named(
    sheltered: Person, agreed: Done, ask: Callable[..., Done]
) -> None:
    with pytest.raises(CannotLeave, match="住所"):
        ask(agreed, categories=["protected_address"])


def to_the_fire_service(ask: Callable[..., Done], agreed: Done) -> Done:
    """Somebody's life is in danger: handed over now, reviewed later."""
    facts = Case.objects.get(pk=agreed.case).facts
    Case.objects.filter(pk=agreed.case).update(facts={**facts, "imminent": True})
    given = {"to_org": "fire", "purpose": "emergency_rescue", "basis": "pia_69_2_iii", "obtainable": "absent"}
    asked = ask(agreed, categories=["identity", "protected_address"], **given)
    return do(asked, "share_and_review", answers("disclosure_handover"))


def test_a_rescue_reads_the_address_and_no_row_holds_it(
    sheltered: Person, agreed: Done, ask: Callable[..., Done]
) -> None:
    shared = to_the_fire_service(ask, agreed)
    known = package_of(shared)

    found = addresses.reveal(known, "消防 田中", timezone.now())

    assert found is not None
    assert found.address == HIDDEN
    assert HIDDEN not in bytes(known.package.content).decode()
    assert "released" in package_of(shared).kinds


def test_after_the_recall_the_address_is_closed(
    sheltered: Person, agreed: Done, ask: Callable[..., Done]
) -> None:
    shared = to_the_fire_service(ask, agreed)
    do(shared, "recall", answers("disclosure_recall"))

    assert addresses.reveal(package_of(shared), "消防 田中", timezone.now()) is None


def test_outside_danger_the_address_takes_a_named_recipient_and_two_people(
    sheltered: Person, agreed: Done, ask: Callable[..., Done]
) -> None:
    package = package_of(to_the_fire_service(ask, agreed))
    calm = Known(Package(**{**row_of(package.package), "obligations": []}), package.events)
    by, witness = (
        Member.objects.select_related("user").get(id=member_id(name)) for name in ("caseworker", "privacy")
    )

    assert addresses.reveal(calm, "田中", timezone.now()) is None
    named = guarding.propose(
        sheltered, "fire", by=by, reason="救急の出動", until=timezone.localdate(), now=timezone.now()
    )
    assert addresses.reveal(calm, "田中", timezone.now()) is None  # nobody has confirmed it
    guarding.confirm(named, by=witness, now=timezone.now())
    assert addresses.reveal(calm, "田中", timezone.now()) is None  # who asked also let it leave
    calm.package.frozen_by_id = member_id("supervisor")
    assert addresses.reveal(calm, "田中", timezone.now()) is not None
    guarding.end(named, by=by, reason="出動が終わった", now=timezone.now())
    assert addresses.reveal(calm, "田中", timezone.now()) is None


def row_of(package: Package) -> dict[str, Any]:
    return {field.attname: getattr(package, field.attname) for field in Package._meta.concrete_fields}


def test_names_are_frozen_as_they_are_registered(shared: Done) -> None:
    values = {item.id: item.value_ja for item in package_of(shared).content.items}

    assert values["person.name"] == "髙田 ハナ"
    assert package_of(shared).package.frozen_at.date() <= date.max


def test_content_reads_back_as_it_was_frozen(asked: Any) -> None:
    approve(asked)
    package = package_of(asked)

    assert items.unpack(package.content.pack()).pack() == bytes(package.package.content)
