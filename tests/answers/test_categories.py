"""Answers by data category: each can be withheld or erased alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.form import Form
from tests.answers.conftest import shipped
from tests.answers.strategies import anything_like_answers, few


@pytest.mark.parametrize("name", sorted(shipped()))
@few
@given(data=st.data())
def test_merging_what_was_split_gives_the_same_answers(name: str, data: st.DataObject) -> None:
    form = shipped()[name]
    answers = data.draw(anything_like_answers(form))

    assert form.merge(form.split(answers)) == answers


def test_a_reporter_is_apart_from_what_was_reported(forms: dict[str, Form]) -> None:
    parts = forms["detection_report"].split(forms["detection_report"].sample())

    assert parts["reporter_identity"]["reporter_name"] == "村上 武"
    assert not any("reporter_name" in part for name, part in parts.items() if name != "reporter_identity")
    assert parts["identity"]["subject_name"] == "髙田 ハナ"


def test_a_column_of_another_category_can_be_erased_alone(forms: dict[str, Form]) -> None:
    sheet = forms["referral_sheet"]
    rows = [{"name": "髙田 ハナ", "health": "高血圧"}, {"name": "髙田 実"}]

    parts = sheet.split({"household": rows})
    erased = sheet.merge({name: part for name, part in parts.items() if name != "health"})

    assert parts["household"] == {"household": [{"name": "髙田 ハナ"}, {"name": "髙田 実"}]}
    assert parts["health"] == {"household": [{"health": "高血圧"}, {}]}
    assert erased == {"household": [{"name": "髙田 ハナ"}, {"name": "髙田 実"}]}


def test_splitting_does_not_share_what_merging_makes(forms: dict[str, Form]) -> None:
    sheet = forms["referral_sheet"]
    answers = {"household": [{"name": "髙田 ハナ", "health": "高血圧"}]}

    merged = sheet.merge(sheet.split(answers))
    merged["household"][0]["name"] = "別人"

    assert answers["household"][0]["name"] == "髙田 ハナ"


def test_an_answer_to_no_question_counts_as_consultation(forms: dict[str, Form]) -> None:
    assert forms["note"].split({"gone": 1}) == {"consultation": {"gone": 1}}
