"""What the API says is said in both languages."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import backend.api
from tests.api.conftest import Hand, problem

HERE = Path(backend.api.__file__).parent


def said() -> Iterator[str]:
    """Every sentence in the sources that is meant for people."""
    for path in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                yield ast.literal_eval(node.args[0])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_sentence_is_translated_and_none_is_left_over(lang: str) -> None:
    with (HERE / f"locale/{lang}/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = {str(message.id): str(message.string) for message in read_po(file) if message.id}

    assert set(catalogue) == set(said())
    assert all(catalogue.values())
    if lang == "en":
        assert all(sentence == source for source, sentence in catalogue.items())


@pytest.mark.django_db
@pytest.mark.parametrize(("lang", "told"), [("ja", "JSON で送ってください。"), ("en", "Send JSON.")])
def test_a_problem_is_told_in_the_language_asked_for(
    hand: Callable[[str], Hand], cast: None, lang: str, told: str
) -> None:
    response = hand("caseworker").post("/api/cases/", b"x", content_type="text/plain", accept_language=lang)

    assert problem(response)["title"] == told
