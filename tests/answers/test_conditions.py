"""Which questions apply, as JSON Schema itself would say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.form import Form
from tests.answers.conftest import question, shipped, small_form
from tests.answers.strategies import anything_like_answers, few

WHEN_YES = {"properties": {"asked": {"const": True}}, "required": ["asked"]}


def test_a_question_of_a_branch_applies_when_its_condition_holds() -> None:
    form = small_form(
        {"asked": question(type="boolean")}, **{"if": WHEN_YES, "then": {"properties": {"why": question()}}}
    )

    assert form.live({"asked": True}) == {"asked", "why"}
    assert form.live({"asked": False}) == form.live({}) == {"asked"}


def test_else_applies_also_while_the_question_is_open() -> None:
    form = small_form(
        {"asked": question(type="boolean")}, **{"if": WHEN_YES, "else": {"properties": {"why": question()}}}
    )

    assert form.live({}) == {"asked", "why"}
    assert form.live({"asked": True}) == {"asked"}


def test_true_is_not_one() -> None:
    form = small_form(
        {"asked": question(type="boolean")}, **{"if": WHEN_YES, "then": {"properties": {"why": question()}}}
    )

    assert "why" not in form.live({"asked": 1})


def test_what_depends_is_required_as_soon_as_it_is_triggered() -> None:
    form = small_form({"main": question(), "detail": question()}, dependentRequired={"main": ["detail"]})

    assert form.required({"main": "x"}) == {"detail"}
    assert [problem.path for problem in form.check({"main": "x"})] == [("detail",)]


def test_answers_that_became_moot_fall_away_with_all_that_hung_on_them(forms: dict[str, Form]) -> None:
    report = forms["detection_report"]
    answers = {
        "imminent": False,
        "called_119": True,
        "called_at": "2026-11-24T09:00:00+09:00",
        "channel": "phone",
    }

    assert report.applicable(answers) == {"imminent": False, "channel": "phone"}


def test_a_conditional_question_stands_under_the_one_that_decides(forms: dict[str, Form]) -> None:
    report = forms["detection_report"]
    names = [field.name for field in report.fields]

    assert report.by_name["called_119"].anchor == "imminent"
    assert report.by_name["called_at"].anchor == "called_119"
    assert (
        names.index("imminent")
        < names.index("called_119")
        < names.index("called_at")
        < names.index("channel")
    )


def test_every_declared_question_is_asked_once_in_order(forms: dict[str, Form]) -> None:
    for form in forms.values():
        names = [field.name for field in form.fields]
        assert len(names) == len(set(names))
        assert all(
            field.anchor in names[:position] for position, field in enumerate(form.fields) if field.anchor
        )


@pytest.mark.parametrize("name", sorted(shipped()))
@few
@given(data=st.data())
def test_all_that_is_required_applies(name: str, data: st.DataObject) -> None:
    form = shipped()[name]
    answers = data.draw(anything_like_answers(form))

    assert form.required(answers) <= form.live(answers)


@pytest.mark.parametrize("name", sorted(shipped()))
@few
@given(data=st.data())
def test_the_validator_refuses_exactly_what_does_not_apply(name: str, data: st.DataObject) -> None:
    form = shipped()[name]
    answers = form.applicable(data.draw(anything_like_answers(form)))

    codes = {problem.path[0]: problem.code for problem in form.check(answers) if problem.path}

    assert "not_asked" not in codes.values()
    assert not codes.keys() - form.live(answers)
