"""Purposes, bases and categories in words, as the policies of this installation name them."""

from functools import cache

from backend import access
from backend.answers.fields import Field
from backend.cases import pinned


def purpose_words(code: str, lang: str) -> str:
    known = access.current().purposes.get(code)
    return known[lang] if known else code


def basis_words(code: str, lang: str) -> str:
    return _words("basis", code, lang)


def category_words(code: str, lang: str) -> str:
    known = access.current().categories.get(code)
    return known.title[lang] if known else code


def _words(question: str, code: str, lang: str) -> str:
    """A code in the words of the form that asks it; the code itself where the form does not know it."""
    choice = _field(pinned.newest("form", "disclosure_request"), question).choice(code)
    return choice.label.of(lang) if choice else code


@cache
def _field(form_hash: str, question: str) -> Field:
    return pinned.form(form_hash).by_name[question]
