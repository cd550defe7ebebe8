"""The shipped letters and their samples; a stored case for what needs the database."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from backend.definitions.source import find
from backend.letters import definition, house, proof, render, tokens
from backend.letters.context import Item, LetterContext, Office, Officer, Reference, Resident
from backend.letters.definition import Letter
from backend.letters.house import House
from backend.letters.issue import Order
from backend.letters.render import Rendered
from tests.operations import office

TODAY = date(2026, 11, 24)
NAMES = tuple(source.name for source in find("letter"))


@pytest.fixture(scope="session")
def letters() -> dict[str, Letter]:
    found, findings = definition.load(find("letter"))
    assert findings == []
    return found


@pytest.fixture(scope="session")
def the_house() -> House:
    found, findings = house.load_house()
    assert findings == []
    assert found is not None
    return found


def stored(letter: Letter, a_house: House, **inputs: Any) -> dict[str, Any]:
    """The stored inputs of the letter's sample, some of them changed."""
    sample = proof.sample(letter, a_house)
    return {"frame": sample["frame"], "inputs": {**sample["inputs"], **inputs}}


def printed(letter: Letter, inputs: dict[str, Any]) -> Rendered:
    return render.render(letter, inputs, tokens.new() if letter.tear_off else None)


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """The text of a PDF without spaces and line breaks, as somebody searching it sees it."""
    return "".join("".join(page.extract_text().split()) for page in reader(pdf).pages)


def context(**changed: Any) -> LetterContext:
    """Everything the shipped letters may be told, of the story's person."""
    told = LetterContext(
        sender=Office(
            "city-welfare", "海鳴市 福祉部 福祉課", "000-0001", "海鳴市灯台前一丁目1番1号", "0832-00-0100"
        ),
        officer=Officer("佐藤 直子"),
        dated_on=TODAY,
        case_number="R8-0412",
        resident=Resident("髙田 ハナ", zip="000-0101", address="海鳴市中浜一丁目2番3号"),
        reporter=Resident("山田 花子", zip="000-0101", address="海鳴市中浜一丁目2番4号"),
        receiver=Office("center-nakahama", "地域包括支援センター中浜"),
        state="referred",
        due_on=date(2026, 11, 27),
        reported_on=date(2026, 11, 16),
        about=Reference("海福第118号", date(2026, 11, 16)),
        shared=(Item("name", "本人の氏名", "髙田 ハナ"), Item("to_org", "つなぎ先", "center-nakahama")),
        answers={
            "reply_by": "2026-12-08",
            "request": "買い物の支援をお願いします。",
            "visit_on": "2026-12-02",
            "from_time": "10:00",
            "visitors": "田中 由美",
            "purpose": "ごあいさつ",
            "contact_phone": "0832-00-0100",
            "valid_until": "2027-03-31",
            "requested_on": "2026-11-20",
            "applied_on": "2026-10-20",
            "project": "ふれあいいきいきサロン事業",
            "reason": "申請した事業のほかに使ったため。",
            "decision": "granted",
            "appealable": True,
            "role": "福祉員",
            "begins_on": "2026-12-01",
            "ends_on": "2029-11-30",
        },
        words={
            "purposes": ["相談支援"],
            "categories": ["住所・電話"],
            "recipients": ["社会福祉協議会"],
            "urgency": ["C 3営業日以内"],
            "basis": ["本人の同意"],
        },
    )
    return replace(told, **changed)


@pytest.fixture
def case_id(db: None) -> UUID:
    return office.case().id


def order(case: Any, letter: str = "visit_notice", **changed: Any) -> Order:
    """An order for a letter of the case's first step."""
    return Order(
        **{"case": case, "seq": 1, "letter": letter, "controller": "city", "context": context(), **changed}
    )
