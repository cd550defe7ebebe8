"""A sheet goes out with a number and comes back once, into the right form of the right case."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.cases.models import Case, Step
from backend.cases.pinned import newest
from backend.demo.cast import member_id
from backend.letters import tokens
from backend.letters.models import IssuedLetter, ReplySlip
from backend.papers import keying
from backend.papers.models import KeyedIn, Paper
from tests.cases.conftest import answers
from tests.pages.conftest import post_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet_of(triaged: Any) -> Any:
    """A sheet for a note on the triaged case, printed so many days ago."""

    def printed(days: int = 0, **more: Any) -> tokens.Token:
        case = Case.objects.get(pk=triaged.case)
        bound = {"case": case, "action": "note", **more}
        now = timezone.now() - timedelta(days=days)
        return keying.hand_out("note", by=member_id("caseworker"), now=now, **bound)[1]

    return printed


def key_in(client: Any, code: str, **more: str) -> Any:
    return client.post("/papers/key/", {"code": code, **more})


def send(client: Any, url: str, given: dict[str, Any]) -> Any:
    """Fill in the page a sheet led to and send it."""
    page = client.get(url).content.decode()
    found = re.search(r'name="_paper" value="([0-9a-f]{64})"', page)
    assert found
    revision = re.search(r'name="_revision" value="(\d*)"', page)
    posted = post_of(given, int(revision[1]) if revision else None)
    return client.post(url.partition("?")[0], {**posted, "_paper": found[1]})


def test_the_button_on_the_case_page_prints_the_form_without_a_name(browser: Any, triaged: Any) -> None:
    client = browser("caseworker")

    page = client.get(f"/cases/{triaged.case}/").content.decode()
    pdf = client.post(f"/cases/{triaged.case}/do/note/paper/", {"large": "1"})

    assert f'formaction="/cases/{triaged.case}/do/note/paper/"' in page
    assert pdf["Content-Type"] == "application/pdf"
    paper = Paper.objects.get()
    assert (paper.case_id, paper.action, paper.printed_by_id) == (
        triaged.case,
        "note",
        member_id("caseworker"),
    )


def test_a_number_leads_to_the_form_of_its_case_however_it_is_typed(
    browser: Any, triaged: Any, sheet_of: Any
) -> None:
    token = sheet_of()

    answer = key_in(browser("caseworker"), f" {token.shown.lower()} ")

    assert answer.url == f"/cases/{triaged.case}/do/note/?paper={token.hash}"


def test_what_is_keyed_in_goes_through_the_door_and_on_to_the_next_sheet(
    browser: Any, triaged: Any, sheet_of: Any
) -> None:
    client, token = browser("caseworker"), sheet_of()

    answer = send(client, key_in(client, token.code).url, answers("note"))

    assert answer.url == "/papers/key/"
    step = Step.objects.filter(case=triaged.case).latest("seq")
    keyed = KeyedIn.objects.get()
    assert (keyed.case_id, keyed.seq, keyed.by_id) == (triaged.case, step.seq, member_id("caseworker"))


def test_a_sheet_keyed_in_before_says_when_and_by_whom(browser: Any, sheet_of: Any) -> None:
    client, token = browser("caseworker"), sheet_of()
    send(client, key_in(client, token.code).url, answers("note"))

    answer = key_in(browser("supervisor"), token.code)

    assert answer.status_code == 422
    assert "佐藤" in answer.content.decode()


def test_two_who_key_in_one_sheet_make_one_step(browser: Any, triaged: Any, sheet_of: Any) -> None:
    first, second, token = browser("caseworker"), browser("supervisor"), sheet_of()
    url = key_in(first, token.code).url
    late = second.get(url)
    assert late.status_code == 200
    send(first, url, answers("note"))
    before = Step.objects.filter(case=triaged.case).count()

    posted = {**post_of(answers("note"), before), "_paper": token.hash}
    answer = second.post(url.partition("?")[0], posted)

    assert answer.status_code == 409
    assert Step.objects.filter(case=triaged.case).count() == before


def test_a_refusal_is_kept_though_the_sheet_stays_unused(browser: Any, triaged: Any, sheet_of: Any) -> None:
    client, token = browser("caseworker"), sheet_of()
    url = key_in(client, token.code).url

    answer = send(client, url, {"text": ""})

    assert answer.status_code == 422
    assert not KeyedIn.objects.exists()


def test_an_expired_sheet_says_so(browser: Any, sheet_of: Any) -> None:
    token = sheet_of(days=keying.VALID_DAYS + 1)

    answer = key_in(browser("caseworker"), token.code)

    assert answer.status_code == 422
    assert "期限" in answer.content.decode()


def test_a_wrong_character_is_named_at_once(browser: Any, sheet_of: Any) -> None:
    code = sheet_of().code
    wrong = code[:2] + ("X" if code[2] != "X" else "Y") + code[3:]

    answer = key_in(browser("caseworker"), wrong)

    assert answer.status_code == 422
    assert "3文字目" in answer.content.decode()


def test_who_may_not_see_the_case_learns_nothing_of_its_sheet(browser: Any, sheet_of: Any) -> None:
    hidden = key_in(browser("receiver"), sheet_of().code)
    unknown = key_in(browser("receiver"), tokens.new(tokens.PAPER_LENGTH).code)

    strip = re.compile(r'(csrfmiddlewaretoken" |name="code" )value="[^"]*"')
    assert strip.sub("", hidden.content.decode()) == strip.sub("", unknown.content.decode())


def test_a_blank_sheet_of_a_report_begins_a_case(browser: Any) -> None:
    client = browser("caseworker")
    assert client.post("/papers/detection_report/print/").status_code == 200
    Paper.objects.get(workflow="referral")
    _paper, token = keying.hand_out("detection_report", by=None, now=timezone.now(), workflow="referral")

    answer = send(client, key_in(client, token.code).url, answers("detection_report"))

    assert answer.url == "/papers/key/"
    assert KeyedIn.objects.get().case.workflow == "referral"


def test_a_blank_sheet_of_an_action_asks_for_its_case(browser: Any, triaged: Any) -> None:
    client = browser("caseworker")
    _paper, token = keying.hand_out("note", by=None, now=timezone.now())
    number = Case.objects.get(pk=triaged.case).number

    asked = key_in(client, token.code)
    answer = key_in(client, token.code, number=number)

    assert 'name="number"' in asked.content.decode()
    assert f'href="/cases/{triaged.case}/do/note/?paper={token.hash}"' in answer.content.decode()


def test_the_slip_of_a_letter_offers_what_it_may_say(browser: Any, triaged: Any) -> None:
    token = tokens.new()
    letter = IssuedLetter.objects.create(
        case_id=triaged.case,
        seq=2,
        definition="consent_request",
        definition_hash=newest("letter", "consent_request"),
        controller="city",
        organisation="city-welfare",
        symbol="海福",
        fiscal_year=2026,
        number=7,
        dated_on=timezone.localdate(),
        addressee_kind="resident",
        state="posted",
        inputs_salt=b"s" * 32,
        inputs_digest="0" * 64,
    )
    ReplySlip.objects.create(letter=letter, token_hash=token.hash, expires_on=timezone.localdate())

    page = key_in(browser("caseworker"), token.shown).content.decode()

    for action in ("record_consent", "record_partial_consent", "record_refusal"):
        assert f'href="/cases/{triaged.case}/do/{action}/?paper={token.hash}"' in page


def test_a_sheet_of_another_action_opens_no_form(browser: Any, triaged: Any, sheet_of: Any) -> None:
    token = sheet_of()

    answer = browser("caseworker").get(f"/cases/{triaged.case}/do/assign/?paper={token.hash}")

    assert answer.status_code == 404


def test_the_index_of_all_forms_asks_the_database_little(
    browser: Any, django_assert_max_num_queries: Any
) -> None:
    desk = browser("supervisor")
    desk.get("/papers/")

    with django_assert_max_num_queries(8):
        desk.get("/papers/")


def test_the_index_offers_what_the_policies_would_let_one_do(browser: Any) -> None:
    staff = browser("caseworker").get("/papers/").content.decode()
    helper = browser("volunteer").get("/papers/").content.decode()

    assert "/papers/triage/print/" in staff
    assert "/papers/detection_report/print/" in helper
    assert "/papers/triage/print/" not in helper
    assert browser("volunteer").post("/papers/triage/print/").status_code == 404
