"""Who was told what about a person: complete, without third parties, and printable."""

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from backend.cases import actions, effects
from backend.cases.actions import Done
from backend.demo.cast import member_id
from backend.letters.models import IssuedLetter
from backend.people.models import Member, Organisation, Person
from backend.sharing.consents import registers
from backend.sharing.consents.registers import Left
from tests.pages.conftest import browser
from tests.sharing.consents.conftest import agreed, answers, do

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
CaseOf = Callable[[Person], Done]


def referred(done: Done, **changed: object) -> Done:
    given = do(done, "record_consent", agreed())
    who = {"assigned_to": str(member_id("caseworker")), "reason": "area"}
    assigned = do(given, "assign", who, by="supervisor")
    sheet = {"to_org": "center-nakahama", "shared_items": ["contact", "identity"], **changed}
    return do(assigned, "refer", answers("referral_sheet", **sheet))


def text_of(letter: IssuedLetter) -> str:
    pages = PdfReader(BytesIO(letter.pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_a_referral_is_in_the_register_with_what_and_why(hana: Person, case_of: CaseOf) -> None:
    sent = referred(case_of(hana))

    (one,) = registers.left([hana.id], "city")

    assert (one.recipient, one.categories, one.basis) == (
        "center-nakahama",
        ("contact", "identity"),
        "consent",
    )
    assert one.number == actions.Case.objects.get(pk=sent.case).number


def test_a_corrected_sheet_stands_as_it_should_have_been(hana: Person, case_of: CaseOf) -> None:
    sent = referred(case_of(hana))
    fixed = answers("referral_sheet", to_org="center-nakahama", shared_items=["identity"])
    do(sent, "correct", {"step": sent.seq, "answers": fixed})

    (one,) = registers.left([hana.id], "city")

    assert one.categories == ("identity",)


def test_what_another_part_let_leave_is_in_it_too(hana: Person) -> None:
    package = Left(hana.id, timezone.now(), "csw", ("identity",), "consent", "package", "P-1")
    registers.leaves(give := lambda persons, controller: [package] if hana.id in persons else [])
    try:
        assert registers.left([hana.id], "city") == [package]
    finally:
        registers._LEAVES.remove(give)


def test_nothing_of_the_son_is_in_the_register_of_the_mother(
    hana: Person, minoru: Person, case_of: CaseOf
) -> None:
    referred(case_of(minoru))

    assert registers.left([hana.id], "city") == []


def test_the_number_of_queries_does_not_grow(
    hana: Person, case_of: CaseOf, django_assert_num_queries: Callable[[int], object]
) -> None:
    for _number in range(3):
        referred(case_of(hana))

    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        assert len(registers.left([hana.id], "city")) == 3


def request_of(hana: Person) -> Done:
    """An own-data request, decided and answered."""
    begun = actions.start(
        "data_request",
        actor=member_id("caseworker"),
        person=hana.id,
        answers=answers("data_request"),
        key=uuid4().hex,
    )
    checked = do(begun, "check_identity", answers("identity_check"))
    decided = do(checked, "decide", answers("data_request_decision"), by="supervisor")
    return do(decided, "answer", answers("data_request_decision"))


def test_the_person_gets_the_register_as_a_letter(hana: Person, case_of: CaseOf) -> None:
    referred(case_of(hana))
    request_of(hana)

    effects.run_due()

    told = text_of(IssuedLetter.objects.get(definition="disclosure_register"))
    for words in ("地域包括支援センター中浜", "住所・電話", "本人の同意", "第７８条"):
        assert words in told


def test_neither_the_reporter_nor_a_suspicion_of_abuse_is_in_the_letter(
    hana: Person, case_of: CaseOf
) -> None:
    triaged = case_of(hana)
    abuse = {"abuse_suspected": "elder", "abuse_reported_to": ["elder_section"]}
    reported = {"abuse_reported_at": "2026-11-24T09:40:00+09:00"}
    suspected = do(triaged, "retriage", answers("triage", urgency="C", **abuse, **reported))
    referred(suspected, to_org="csw")
    request_of(hana)

    effects.run_due()

    told = text_of(IssuedLetter.objects.get(definition="disclosure_register"))
    assert "お知らせした記録はありません" in told
    assert "村上武" not in told


def test_nobody_is_sent_a_register_that_is_not_to_be_disclosed(hana: Person) -> None:
    begun = actions.start(
        "data_request",
        actor=member_id("caseworker"),
        person=hana.id,
        answers=answers("data_request"),
        key=uuid4().hex,
    )
    no = answers("data_request_decision", decision="none", reason="第三者の権利利益を害するおそれがある。")
    decided = do(do(begun, "check_identity", answers("identity_check")), "decide", no, by="supervisor")

    do(decided, "answer", no)
    effects.run_due()

    assert not IssuedLetter.objects.filter(definition="disclosure_register").exists()


@pytest.fixture
def csw_officer(cast: None) -> Iterator[Member]:
    """Somebody of the council of social welfare who keeps its record of provision."""
    member = Member.objects.get(id=member_id("privacy"))
    member.controller, member.organisation = "csw", Organisation.objects.get(code="csw")
    member.save()
    return member


def test_a_private_controller_has_its_record_of_provision_as_csv(
    browser: Callable[..., Client], csw_officer: Member, hana: Person
) -> None:
    Person.objects.filter(id=hana.id).update(name="=HYPERLINK(1)", controller="csw")
    case = actions.start(
        "referral",
        actor=member_id("csw"),
        person=hana.id,
        area="D01-1",
        answers=answers("detection_report"),
        key=uuid4().hex,
    )
    moment = datetime(2026, 6, 1, tzinfo=timezone.get_default_timezone())
    given = Left(hana.id, moment, "center-nakahama", ("identity",), "consent", "package", case.number)
    registers.leaves(give := lambda persons, controller: [given] if controller == "csw" else [])
    try:
        response = browser("privacy").get("/privacy/provisions.csv?year=2026")
    finally:
        registers._LEAVES.remove(give)

    line = response.content.decode("utf-8-sig").splitlines()[1]
    assert (
        line
        == f"2026-06-01,地域包括支援センター中浜,'=HYPERLINK(1),氏名・生年月日・性別,本人の同意,{case.number}"
    )
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "csw", "commissioner", "receiver"])
def test_nobody_else_gets_that_record(browser: Callable[..., Client], who: str) -> None:
    assert browser(who).get("/privacy/provisions.csv").status_code == 403
