"""Every shipped form is a test by itself."""

import json
import re
from pathlib import Path
from timeit import repeat
from typing import Any

import jsonschema
import pytest

from backend.answers.build import form_of
from backend.answers.form import Form
from backend.answers.load import load
from backend.definitions.canonical import canonical
from backend.definitions.source import find

FOLDER = Path(__file__).resolve().parents[2] / "forms" / "questions"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
OF_THE_REFERRAL = {
    "detection_report", "triage", "assign", "consent_request", "consent", "statutory_basis", "referral_sheet",
    "accept_reply", "return_reply", "reject_reply", "first_contact", "intake", "progress_note", "plan",
    "evaluation", "closure", "no_action", "withdraw", "entered_in_error", "reopen", "transfer",
    "visit_appointment", "hold", "extend", "note",
}  # fmt: skip
BANNED = re.compile("無効|不正|できかねます|エラーが発生|なくはない|ないわけでは")

each_form = pytest.mark.parametrize("name", NAMES)


def test_every_form_of_the_referral_is_there() -> None:
    assert set(NAMES) >= OF_THE_REFERRAL


def test_the_shipped_forms_have_no_findings() -> None:
    forms, findings = load(find("form"))

    assert findings == []
    assert sorted(forms) == NAMES


@each_form
def test_accepted_examples_are_right(forms: dict[str, Form], name: str) -> None:
    form = forms[name]

    assert [form.check(answers) for answers in form.accepted] == [[] for _ in form.accepted]


@each_form
def test_rejected_examples_are_reported_only_where_they_say(forms: dict[str, Form], name: str) -> None:
    form = forms[name]

    for path, answers in form.rejected:
        assert ["/".join(map(str, problem.path)) for problem in form.check(answers)] == [path]


@each_form
def test_another_json_schema_tool_agrees(forms: dict[str, Form], name: str) -> None:
    form = forms[name]
    other = jsonschema.Draft202012Validator(form.schema, format_checker=jsonschema.FormatChecker())

    assert all(other.is_valid(answers) for answers in form.accepted)
    assert not any(other.is_valid(answers) for _, answers in form.rejected)


@each_form
def test_every_question_is_answered_in_some_accepted_example(forms: dict[str, Form], name: str) -> None:
    form = forms[name]
    answered = {question for answers in form.accepted for question in answers}

    assert set(form.by_name) == answered


@each_form
def test_a_pinned_form_is_the_same_form(forms: dict[str, Form], name: str) -> None:
    """Published content is canonical: its keys come back sorted."""
    form = forms[name]

    pinned = form_of(json.loads(canonical(form.content)))

    assert pinned.hash == form.hash
    assert pinned.fields == form.fields
    assert [pinned.live(answers) for answers in form.accepted] == [
        form.live(answers) for answers in form.accepted
    ]
    with pytest.raises(LookupError, match="carries no examples"):
        pinned.sample()


@each_form
def test_every_string_has_a_longest_length(forms: dict[str, Form], name: str) -> None:
    strings = [
        part for part in _parts(forms[name].content) if part.get("type") == "string" and "enum" not in part
    ]

    assert all("maxLength" in part and "pattern" in part for part in strings)


@each_form
def test_every_list_ends_somewhere(forms: dict[str, Form], name: str) -> None:
    lists = [part for part in _parts(forms[name].content) if part.get("type") == "array"]

    assert all("maxItems" in part for part in lists)


@each_form
def test_the_words_are_kind_and_in_both_languages(forms: dict[str, Form], name: str) -> None:
    japanese, english = forms[name].words("ja"), forms[name].words("en")

    assert japanese.keys() == english.keys()
    assert not [text for text in japanese.values() if BANNED.search(text)]
    assert not [text for text in english.values() if re.search("[ぁ-んァ-ン一-龯]", text)]


@pytest.mark.parametrize(
    "question",
    ["legal_basis", "purposes", "categories", "recipients", "urgency", "abuse_suspected", "topics"],
)
def test_the_same_choice_of_a_question_has_the_same_words_everywhere(
    forms: dict[str, Form], question: str
) -> None:
    asked = [form.by_name[question] for form in forms.values() if question in form.by_name]

    longest = max((field.choices for field in asked), key=len)
    for field in asked:  # the same words in the same order, as far as a form offers them
        assert field.choices == tuple(choice for choice in longest if choice in field.choices)


def test_checking_the_longest_form_costs_microseconds(forms: dict[str, Form]) -> None:
    form = max(forms.values(), key=lambda form: len(form.fields))
    answers = form.sample()
    form.check(answers)

    seconds = min(repeat(lambda: form.check(answers), number=200, repeat=5)) / 200

    assert len(form.fields) > 30
    assert seconds < 100e-6  # about 7 on the machine it was written on


def _parts(schema: Any) -> list[dict[str, Any]]:
    """Every mapping in a schema."""
    if isinstance(schema, list):
        return [part for item in schema for part in _parts(item)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(part for value in schema.values() for part in _parts(value))]
