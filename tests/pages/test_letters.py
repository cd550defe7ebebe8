"""The letters of a case on its page."""

import hashlib
from datetime import date

import pytest

from backend.cases import notices
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.cases.pinned import newest
from backend.demo.cast import member_id
from backend.letters.models import FrozenPdf, IssuedLetter
from backend.people.models import Member

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a letter"


@pytest.fixture
def letter(triaged):
    return IssuedLetter.objects.create(
        case=Case.objects.get(pk=triaged.case),
        seq=2,
        definition="acknowledgement",
        definition_hash=newest("letter", "acknowledgement"),
        controller="city",
        organisation="city-welfare",
        symbol="海福",
        fiscal_year=2026,
        number=7,
        dated_on=date(2026, 11, 24),
        addressee_kind="member",
        state="issued",
        inputs_salt=b"s" * 32,
        inputs_digest="0" * 64,
    )


@pytest.fixture
def printed(letter):
    FrozenPdf.objects.create(letter=letter, pdf=PDF, sha256=hashlib.sha256(PDF).hexdigest(), pages=1)
    return letter


def test_a_letter_stands_on_the_case_page_with_its_number(browser, printed):
    page = browser("caseworker").get(f"/cases/{printed.case_id}/sections/letters/").content.decode()

    assert f'href="/letters/{printed.id}/pdf/"' in page
    assert "海福第7号" in page


def test_the_frozen_bytes_are_shown_and_the_look_is_recorded(browser, printed):
    page = browser("caseworker").get(f"/letters/{printed.id}/pdf/")

    assert page.content == PDF
    assert page["Cache-Control"] == "no-store"
    assert Look.objects.filter(subject=printed.id, how="pdf").count() == 1


def test_a_letter_that_is_numbered_but_not_printed_yet_says_so(browser, letter):
    client = browser("caseworker")

    assert "作成中です" in client.get(f"/cases/{letter.case_id}/sections/letters/").content.decode()
    assert client.get(f"/letters/{letter.id}/pdf/").status_code == 404


def test_a_letter_that_waits_for_an_address_says_so_and_is_not_being_printed(browser, letter):
    IssuedLetter.objects.update(state="held", held="no_address", number=None)

    page = browser("caseworker").get(f"/cases/{letter.case_id}/sections/letters/").content.decode()

    assert "住所がわからないため保留中" in page
    assert "作成中です" not in page


def test_a_notice_tells_which_letters_wait_or_stopped(browser, letter):
    notices.write(letter.case, "letter_held", "acknowledgement", "held", [member()])
    notices.write(letter.case, "letter_stopped", "acknowledgement", "stopped", [member()])

    page = browser("caseworker").get("/notices/").content.decode()

    assert "住所がわからず、文書を出せずにいます" in page
    assert "印刷できない文書があります" in page


def member():
    return Member.objects.get(pk=member_id("caseworker"))


def test_the_outsider_finds_no_letter(browser, printed):
    assert browser("outsider").get(f"/letters/{printed.id}/pdf/").status_code == 404
