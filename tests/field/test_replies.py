"""The addressee of a letter answers by the number of its slip: two taps, no name, nothing by opening."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.models import Case, Notice, Step
from backend.cases.pinned import newest
from backend.demo.cast import member_id
from backend.field import replying
from backend.field.models import Reply
from backend.letters import tokens
from backend.letters.models import IssuedLetter, ReplySlip
from tests.cases.conftest import detected
from tests.pages.conftest import triaged

__all__ = ["detected", "triaged"]
pytestmark = pytest.mark.django_db
CALL, THINK = "電話で説明してほしい", "もう少し考えたい"


@pytest.fixture
def code(triaged: Done) -> str:
    """The number on the slip of a letter that asks for consent."""
    Case.objects.filter(pk=triaged.case).update(assignee=member_id("caseworker"))
    letter = IssuedLetter.objects.create(
        case_id=triaged.case,
        seq=2,
        definition="consent_request",
        definition_hash=newest("letter", "consent_request"),
        controller="city",
        organisation="city-welfare",
        symbol="海福",
        fiscal_year=2026,
        number=412,
        dated_on="2026-11-20",
        addressee_kind="person",
        state="issued",
        inputs_salt=b"s" * 32,
        inputs_digest="0" * 64,
    )
    token = tokens.new()
    until = timezone.localdate() + timedelta(days=20)
    ReplySlip.objects.create(letter=letter, token_hash=token.hash, expires_on=until)
    return token.shown


def opened(code: str) -> Client:
    client = Client()
    client.post("/reply/", {"code": code.lower()})
    return client


def answer(client: Client, what: str, **more: str) -> Any:
    page = client.get("/reply/answer/")
    return client.post("/reply/answer/", {"_key": page.context["key"], "answer": what, **more}, follow=True)


def test_two_taps_answer_and_whoever_is_in_charge_is_told(triaged: Done, code: str) -> None:
    done = answer(opened(code), "call_me", said="耳が遠いので大きな声で")

    step = Step.objects.filter(case=triaged.case).latest("seq")
    assert CALL in done.content.decode()
    assert (step.form, step.actor_id) == ("note", member_id("system"))
    assert Notice.objects.filter(kind="replied", member=member_id("caseworker")).count() == 1


def test_opening_the_pages_ten_times_answers_nothing(code: str) -> None:
    client = opened(code)
    for _turn in range(10):
        client.get("/reply/")
        client.get("/reply/answer/")

    assert not Reply.objects.exists()


def test_a_used_number_shows_the_present_answer_and_changes_it(code: str) -> None:
    answer(opened(code), "call_me")
    client = opened(code)
    assert CALL in client.get("/reply/answer/").content.decode()

    assert THINK in answer(client, "thinking").content.decode()


def test_pressed_twice_it_is_one_answer(triaged: Done, code: str) -> None:
    client = opened(code)
    key = client.get("/reply/answer/").context["key"]
    for _turn in range(2):
        client.post("/reply/answer/", {"_key": key, "answer": "thinking"})

    assert Reply.objects.count() == Step.objects.filter(case=triaged.case, form="note").count() == 1


def test_no_name_and_no_case_number_is_shown(triaged: Done, code: str) -> None:
    page = opened(code).get("/reply/answer/").content.decode()

    assert Case.objects.get(pk=triaged.case).number not in page
    assert "海福第412号" not in page


def test_consent_itself_cannot_be_given_on_the_web(code: str) -> None:
    client = opened(code)
    key = client.get("/reply/answer/").context["key"]

    assert client.post("/reply/answer/", {"_key": key, "answer": "given"}).status_code == 409
    assert not Reply.objects.exists()


def test_after_its_last_day_the_number_takes_no_answer(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = opened(code)
    monkeypatch.setattr(replying.Asked, "until", timezone.localdate() - timedelta(days=1))

    assert "日は過ぎました" in client.get("/reply/answer/").content.decode()


def test_when_the_matter_is_settled_nothing_is_offered_that_would_be_refused(
    triaged: Done, code: str
) -> None:
    client = opened(code)
    Case.objects.filter(pk=triaged.case).update(is_open=False)

    page = client.get("/reply/answer/").content.decode()

    assert "もう終わっています" in page
    assert CALL not in page


def test_in_a_long_number_the_group_is_named_too(code: str) -> None:
    wrong = ("A" if code[8] != "A" else "B").join([code[:8], code[9:]])

    assert "2つめのまとまりの4文字目" in Client().post("/reply/", {"code": wrong}).content.decode()


def test_a_slip_of_the_finger_is_told_by_its_place(code: str) -> None:
    wrong = ("A" if code[3] != "A" else "B").join([code[:3], code[4:]])

    assert "4文字目" in Client().post("/reply/", {"code": wrong}).content.decode()
