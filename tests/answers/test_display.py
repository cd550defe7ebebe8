"""Answers as people read them, and what is withheld."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.display import display
from backend.answers.form import Form
from backend.answers.text import joined
from tests.answers.conftest import shipped
from tests.answers.strategies import anything_like_answers, few


def texts(form: Form, answers: dict[str, Any], lang: str = "ja", **options: Any) -> dict[str, str]:
    return {shown.name: shown.value_text for shown in display(form, answers, lang, **options)}


def test_every_kind_of_answer_is_shown_in_words(forms: dict[str, Form]) -> None:
    shown = texts(forms["detection_report"], forms["detection_report"].sample())

    assert shown["imminent"] == "いいえ"
    assert shown["channel"] == "電話"
    assert shown["reported_at"] == "令和8年11月24日 9:10"
    assert shown["signs"] == "新聞・郵便物が数日間たまっている、応答がない"
    assert shown["subject_name"] == "髙田 ハナ"


def test_the_words_are_those_of_the_language(forms: dict[str, Form]) -> None:
    shown = texts(forms["detection_report"], forms["detection_report"].sample(), "en")

    assert (shown["imminent"], shown["channel"], shown["reported_at"]) == (
        "No",
        "Phone",
        "24 November 2026 9:10",
    )


def test_people_and_places_are_shown_by_name(forms: dict[str, Form]) -> None:
    choices = {"organisation": [("csw", "社会福祉協議会")]}

    assert texts(forms["transfer"], {"destination": "registered", "to_org": "csw"}, choices=choices)[
        "to_org"
    ] == ("社会福祉協議会")


def test_rows_are_shown_one_in_a_line(forms: dict[str, Form]) -> None:
    rows = [{"issue": "服薬", "due": "2027-03-31"}, {"issue": "買い物"}]

    assert texts(forms["plan"], {"lines": rows})["lines"] == (
        "課題：服薬　期限：令和9年3月31日（水）\n課題：買い物"
    )


def test_a_withheld_category_shows_no_words_but_that_it_is_withheld(forms: dict[str, Form]) -> None:
    report = forms["detection_report"]

    shown = {item.name: item for item in display(report, report.sample(), "ja", {"consultation"})}

    assert shown["channel"].value_text == "電話"
    assert shown["reporter_phone"].withheld
    assert shown["reporter_phone"].value_text == ""


def test_withheld_looks_alike_whether_answered_or_not(forms: dict[str, Form]) -> None:
    report = forms["detection_report"]
    open_part = {"imminent": False, "channel": "phone"}
    secret = open_part | {"abuse_suspected": "child", "abuse_types": ["physical"], "anonymous": True}

    allowed = {"consultation", "identity"}

    assert display(report, secret, "ja", allowed) == display(report, open_part, "ja", allowed)


def test_a_withheld_column_leaves_the_rest_of_the_row(forms: dict[str, Form]) -> None:
    sheet = forms["referral_sheet"]
    rows = [{"name": "髙田 ハナ", "health": "高血圧"}]

    shown = {item.name: item for item in display(sheet, {"household": rows}, "ja", {"household"})}

    assert shown["household"].value_text == "氏名：髙田 ハナ"
    assert shown["household.health"].withheld
    assert "高血圧" not in str(shown)


@pytest.mark.parametrize("name", sorted(shipped()))
@few
@given(data=st.data())
def test_anything_can_be_shown(name: str, data: st.DataObject) -> None:
    form = shipped()[name]
    answers = data.draw(anything_like_answers(form))

    shown = display(form, answers, "ja", {"consultation"})

    assert all(item.value_text == "" for item in shown if item.withheld)
    assert {item.category for item in shown if not item.withheld} <= {"consultation"}


def test_what_has_a_comma_itself_is_parted_by_a_semicolon():
    parts = ["Name, birth date", "Health"]

    assert joined(parts, "en") == "Name, birth date; Health"
    assert joined(["Area", "Health"], "en") == "Area, Health"
    assert joined(parts, "ja") == "Name, birth date、Health"
