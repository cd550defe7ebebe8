"""Answers and posts such as people, programs and attackers send."""

from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from backend.answers.fields import Field
from backend.answers.form import Form

NASTY = [
    "", " ", "\u3000", "\x00", "\n", "\u202e", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "{{ 1 }}", "𠮷", "髙", "葛\U000e0100", "👵🏽", "昭和64年2月1日", "２０２６年２月３０日",
    "９９９９９９９９９９９９９９９９", "-", "=1+1", "../", "%00",
]  # fmt: skip
TYPED = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=30), st.text(max_size=8, alphabet="0123456789年月日:-/元SHR ")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


# Every form is tried, so each with few examples.
few = settings(max_examples=12)


def right(field: Field) -> SearchStrategy[Any]:
    """An answer of the right kind."""
    codes = [choice.code for choice in field.choices]
    if field.columns:
        row = st.fixed_dictionaries({}, optional={column.name: right(column) for column in field.columns})
        return st.lists(row.filter(bool), max_size=3)
    if field.widget == "checkboxes":
        return st.lists(st.sampled_from(codes), unique=True, max_size=4)
    if codes:
        return st.sampled_from(codes)
    return _SCALARS.get(field.widget, st.sampled_from(["山田 花子", "髙田", "a<b>&\"'c", "＝１"]))


_SCALARS: dict[str, SearchStrategy[Any]] = {
    "yesno": st.booleans(),
    "number": st.integers(0, 100),
    "date": st.dates(date(1900, 1, 1), date(2090, 12, 31)).map(str),
}


def anything_like_answers(form: Form) -> SearchStrategy[dict[str, Any]]:
    """Answers to some of the questions: right ones, wrong ones, and questions the form does not ask."""
    return st.fixed_dictionaries({}, optional={field.name: right(field) | JSON for field in form.fields})


def right_answers(form: Form) -> SearchStrategy[dict[str, Any]]:
    """Answers of the right kinds to some of the questions."""
    return st.fixed_dictionaries({}, optional={field.name: right(field) for field in form.fields})


def posts(form: Form) -> SearchStrategy[dict[str, list[str]]]:
    """HTML posts: the names of the form and others, each with some values."""
    names = [name for field in form.fields for name in _names(field)]
    return st.dictionaries(
        st.sampled_from(names) | st.text(max_size=8), st.lists(_values(form), max_size=3), max_size=len(names)
    )


def _names(field: Field) -> list[str]:
    if field.columns:
        return [f"{field.name}-{row}-{column.name}" for row in (0, 1, 7) for column in field.columns]
    if field.widget == "datetime":
        return [field.name, f"{field.name}-date", f"{field.name}-time"]
    return [field.name]


def _values(form: Form) -> SearchStrategy[str]:
    codes = [choice.code for field in form.fields for choice in field.choices]
    return TYPED | st.sampled_from(["true", "false", *codes])
