"""Choices take their words from a catalogue of the policies when a form is read, and keep them."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from backend.answers.build import form_of
from backend.answers.form import Form
from backend.answers.load import load
from backend.definitions.source import find, read_yaml

SHIPPED = Path(settings.ROOT)
LISTS = {
    "consent": "categories",
    "consent_request": "categories",
    "council_closing": "items_shared",
    "council_paper": "paper_items",
    "disclosure_decision": "categories",
    "disclosure_request": "categories",
    "referral_sheet": "shared_items",
    "statutory_basis": "categories",
}


def forms(*overlays: Path) -> dict[str, Form]:
    with override_settings(DEFINITION_ROOTS=[SHIPPED, *overlays]):
        found, findings = load(find("form"))
    assert findings == []
    return found


def words(form: Form, question: str) -> dict[str, tuple[str, str]]:
    return {choice.code: (choice.label.ja, choice.label.en) for choice in form.by_name[question].choices}


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """An overlay in which health is called otherwise."""
    (tmp_path / "policies").mkdir()
    shipped = (SHIPPED / "policies" / "categories.yaml").read_text(encoding="utf-8")
    changed = shipped.replace("健康・病気", "からだのこと")
    assert changed != shipped
    (tmp_path / "policies" / "categories.yaml").write_text(changed, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("form", "question"), LISTS.items())
def test_a_data_category_is_called_alike_in_every_form(form: str, question: str) -> None:
    known = read_yaml(SHIPPED / "policies" / "categories.yaml").value

    for code, told in words(forms()[form], question).items():
        assert told == (known[code]["title"]["ja"], known[code]["title"]["en"])


def test_no_form_has_words_of_its_own_for_data_categories() -> None:
    known = read_yaml(SHIPPED / "policies" / "categories.yaml").value

    own = [
        (source.name, path)
        for source in find("form")
        for path, part in parts(source.read().value)
        if len(set(part.get("enum", ())) & known.keys()) > 2 and part.get("x-words") != "categories"
    ]

    assert own == []


def parts(value: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every mapping in a definition with its place."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(path, value)] if isinstance(value, dict) else []
    return found + [one for key, inner in inside for one in parts(inner, f"{path}/{key}")]


def test_other_words_in_the_catalogue_make_another_version_of_the_form(renamed: Path) -> None:
    before, after = forms()["disclosure_request"], forms(renamed)["disclosure_request"]

    assert words(after, "categories")["health"][0] == "からだのこと"
    assert before.hash != after.hash


def test_what_was_published_keeps_its_words(renamed: Path) -> None:
    published = forms()["disclosure_request"]

    with override_settings(DEFINITION_ROOTS=[SHIPPED, renamed]):
        pinned = form_of(published.content)

    assert pinned.hash == published.hash
    assert words(pinned, "categories")["health"][0] == "健康・病気"
    assert "x-words" not in str(published.content)
