"""The shipped forms, loaded once, and a way to make small ones."""

from functools import cache
from typing import Any

import pytest

from backend.answers.build import form_of
from backend.answers.form import Form
from backend.answers.load import load
from backend.definitions.source import find


@cache
def shipped() -> dict[str, Form]:
    """The forms of the repository; a finding is a failure of every test."""
    forms, findings = load(find("form"))
    assert findings == []
    return forms


@pytest.fixture(scope="session")
def forms() -> dict[str, Form]:
    return shipped()


def question(label: str = "質問", **keywords: Any) -> dict[str, Any]:
    """A question for a small form: a line of text unless `keywords` say otherwise."""
    about = {"title": label, "x-label-en": "Question", "x-category": "consultation"}
    if "enum" in keywords:
        about |= {f"x-enum-{lang}": {code: f"{code}!" for code in keywords["enum"]} for lang in ("ja", "en")}
    elif "type" not in keywords:
        about |= {"type": "string", "maxLength": 50}
    return about | {name.replace("_", "-"): value for name, value in keywords.items()}


def small_form(properties: dict[str, Any], **keywords: Any) -> Form:
    """A form of these questions, named "small"."""
    return form_of(definition(properties, **keywords))


def definition(properties: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """What the file of a small form holds."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "small",
        "title": "小さい用紙",
        "x-title-en": "Small form",
        "type": "object",
        "unevaluatedProperties": False,
        "properties": properties,
        "x-accepted": [{}],
        "x-rejected": [{"path": "nothing", "answers": {"nothing": True}}],
        **keywords,
    }


def several(*codes: str, **keywords: Any) -> dict[str, Any]:
    """A question of which several choices may be ticked."""
    items = {"enum": list(codes)}
    words = {f"x-enum-{lang}": {code: f"{code}!" for code in codes} for lang in ("ja", "en")}
    return question(type="array", uniqueItems=True, items=items | words, **keywords)
