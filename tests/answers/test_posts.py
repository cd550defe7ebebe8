"""Reading an HTML post: kind to spelling, never losing what was typed."""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.form import Form
from backend.answers.post import asks_again, rows_shown
from backend.answers.render import render
from tests.answers.conftest import question, several, shipped, small_form
from tests.answers.page import sent_back
from tests.answers.strategies import few, posts, right_answers

each_form = pytest.mark.parametrize("name", sorted(shipped()))


def read(field: dict[str, Any], typed: str) -> Any:
    return small_form({"asked": field}).read_post({"asked": [typed]}).get("asked")


@pytest.mark.parametrize(
    "typed",
    [
        "7500001", "750-0001", "７５００００１", "７５０－０００１", "〒750-0001", "〒７５０ー０００１",
        "750 0001", "750‐0001",
        "750−0001", "750—0001", " 750-0001 ", "750ｰ0001",
    ],
)  # fmt: skip
def test_a_postcode_is_read_in_twelve_spellings(typed: str) -> None:
    assert read(question(type="string", format="zip"), typed) == "750-0001"


@pytest.mark.parametrize(
    "typed",
    [
        "083-200-0101", "０８３－２００－０１０１", "083ー200ー0101", "083‐200‐0101",
        "083−200−0101", "083 200 0101",
        "(083)200-0101", "（０８３）２００－０１０１", "083.200.0101", "083-200-0101 ",
        "083　200　0101", "083—200—0101",
    ],
)  # fmt: skip
def test_a_phone_number_is_read_in_twelve_spellings(typed: str) -> None:
    assert read(question(type="string", format="phone", maxLength=20), typed) == "083-200-0101"


@pytest.mark.parametrize("typed", ["たかだ はな", "タカダ ハナ", "ﾀｶﾀﾞ ﾊﾅ", "たかだ　はな", " タカダ  はな "])
def test_a_reading_is_kept_in_hiragana(typed: str) -> None:
    assert read(question(type="string", format="kana", maxLength=40), typed) == "たかだ はな"


@pytest.mark.parametrize("typed", ["1200", "１２００", "1,200", "１，２００", " 1 200 "])
def test_a_number_is_read_in_full_width_and_with_commas(typed: str) -> None:
    assert read(question(type="integer", minimum=0, maximum=9999), typed) == 1200


def test_a_name_is_kept_as_written() -> None:
    for name in ("髙田 﨑", "葛\U000e0100城", "𠮷野", "ジョン　スミス", "神"):
        assert read(question(), f" {name} ") == name


def test_dates_and_moments_are_stored_as_iso() -> None:
    form = small_form(
        {"day": question(type="string", format="date"), "at": question(type="string", format="date-time")}
    )

    answers = form.read_post(
        {"day": ["昭和13年5月2日"], "at-date": ["令和8年11月24日"], "at-time": ["午後5時15分"]}
    )

    assert answers == {"day": "1938-05-02", "at": "2026-11-24T17:15:00+09:00"}
    assert form.check(answers) == []


@pytest.mark.parametrize(
    ("day", "clock", "told"),
    [
        ("きのう", "9:42", "日付は 令和8年11月24日 か 2026-11-24 のように書いてください。"),
        ("令和8年11月24日", "朝", "時刻は 9:42 のように書いてください。"),
        ("令和8年11月24日", "", "時刻も入れてください。例：9:42"),
        ("", "9:42", "日付も入れてください。例：令和8年11月24日"),
    ],
)
def test_half_a_moment_stays_in_its_box_and_the_other_half_is_asked_for(
    day: str, clock: str, told: str
) -> None:
    form = small_form({"at": question("日時", type="string", format="date-time")})

    answers = form.read_post({"at-date": [day], "at-time": [clock]})
    drawn = render(form, answers=answers)

    assert [problem.ja for problem in form.check(answers)] == [f"「日時」：{told}"]
    assert f'name="at-date" value="{day}"' in drawn
    assert f'name="at-time" value="{clock}"' in drawn


def test_blank_is_no_answer_and_no_is_one() -> None:
    form = small_form({"yes": question(type="boolean"), "text": question()})

    assert form.read_post({"yes": [""], "text": ["　"]}) == {}
    assert form.read_post({"yes": ["false"]}) == {"yes": False}


def test_lines_of_a_long_text_end_alike() -> None:
    form = small_form({"text": question(**{"x-widget": "textarea"})})

    assert form.read_post({"text": ["一\r\n二\r三\n"]}) == {"text": "一\n二\n三"}


def test_rows_left_blank_close_up(forms: dict[str, Form]) -> None:
    answers = forms["plan"].read_post(
        {"lines-0-issue": [""], "lines-3-issue": ["服薬"], "lines-11-issue": ["買い物"]}
    )

    assert answers == {"lines": [{"issue": "服薬"}, {"issue": "買い物"}]}


def test_a_querydict_is_read_as_it_comes() -> None:
    form = small_form({"list": several("a", "b")})

    assert form.read_post(QueryDict("list=a&list=b&list=a")) == {"list": ["a", "b"]}


def test_two_forms_on_a_page_are_kept_apart_by_their_prefix() -> None:
    form = small_form({"text": question()})

    assert form.read_post({"one-text": ["a"], "two-text": ["b"]}, prefix="two-") == {"text": "b"}


def test_the_buttons_of_the_form_only_draw_it_again(forms: dict[str, Form]) -> None:
    assert asks_again({"_refresh": ["1"]})
    assert asks_again({"_add": ["lines"]})
    assert not asks_again({"text": ["_refresh"]})
    assert rows_shown(forms["plan"].fields, {"_rows-lines": ["2"], "_add": ["lines"]}) == {"lines": 3}


@each_form
@few
@given(data=st.data())
def test_any_post_is_read_checked_split_and_drawn(name: str, data: st.DataObject) -> None:
    form = shipped()[name]
    posted = data.draw(posts(form))

    answers = form.read_post(posted)
    problems = form.check(answers)

    assert all(problem.ja and problem.en for problem in problems)
    assert form.merge(form.split(answers)) == answers


@each_form
@few
@given(data=st.data())
def test_what_was_read_is_read_again(name: str, data: st.DataObject) -> None:
    """Drawing the form and sending it back loses and changes nothing, applicable or not."""
    form = shipped()[name]
    answers = {
        field: value for field, value in data.draw(right_answers(form)).items() if value not in ("", [])
    }

    again = form.read_all(sent_back(render(form, answers=answers)))

    assert in_order(form, again) == in_order(form, answers)


@each_form
@few
@given(typed=st.sampled_from(["昭和64年2月1日", "あした", "a<b>\"'", "12345678901234567890", "〒12"]))
def test_what_cannot_be_read_stands_there_again(name: str, typed: str) -> None:
    form = shipped()[name]
    boxes = [
        field for field in form.fields if not (field.choices or field.columns) and field.widget != "yesno"
    ]
    posted = {field.name + ("-date" if field.widget == "datetime" else ""): [typed] for field in boxes}

    again = sent_back(render(form, answers=form.read_all(posted)))

    read = form.read_all(posted)
    assert form.read_all(again) == read
    assert {field.name for field in boxes} == read.keys()


def in_order(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    """With ticked boxes in the order of the choices, in which a browser sends them."""
    ordered = dict(answers)
    for name, value in answers.items():
        codes = [choice.code for choice in form.by_name[name].choices]
        if isinstance(value, list) and codes:
            ordered[name] = sorted(value, key=codes.index)
    return ordered
