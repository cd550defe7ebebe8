"""Everything a user sees is in both languages: no message without words in either catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

BACKEND = Path(__file__).parents[1] / "backend"
PACKAGES = sorted(path.name for path in BACKEND.iterdir() if (path / "__init__.py").exists())
FUNCTIONS = {"_", "gettext", "gettext_lazy", "pgettext", "ngettext"}
TAG = re.compile(r"{%-?\s*(?:translate|trans)\s+(\"[^\"]*\"|'[^']*')")
BLOCK = re.compile(
    r"{%\s*blocktranslate[^%]*%}(.*?)(?:{%\s*plural\s*%}.*?)?{%\s*endblocktranslate\s*%}", re.S
)


def messages(package: Path) -> set[str]:
    """Every message id used by a package's Python and templates."""
    found = {text for path in package.rglob("*.py") for text in in_python(path)}
    for path in package.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {match[1:-1].replace("%", "%%") for match in TAG.findall(text)}  # as Django looks it up
        found |= {as_message(match) for match in BLOCK.findall(text)}
    return {message for message in found if message}


def as_message(block: str) -> str:
    text = re.sub(r"{{\s*([\w.]+)\s*}}", r"%(\1)s", block)
    return " ".join(line.strip() for line in text.split("\n")).strip() if "\n" in text else text


def in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("package", PACKAGES)
def test_every_message_of_a_package_has_words_in_the_language(package: str, language: str) -> None:
    wanted = messages(BACKEND / package)
    catalogue = BACKEND / package / "locale" / language / "LC_MESSAGES" / "django.po"

    known = set()
    if catalogue.exists():
        with catalogue.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and all(message.string):
                    known.add(message.id[0] if isinstance(message.id, tuple) else message.id)

    assert sorted(wanted - known) == []
