"""A form as an A4 sheet: HTML of its questions, printed in the letters' fonts as a tagged PDF."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import override

from backend.answers.eras import era_date
from backend.answers.form import Form
from backend.letters import render
from backend.letters.ruby import with_ruby
from backend.letters.tokens import Token
from backend.letters.vector import qr
from backend.papers.questions import questions

VERSION_SHOWN = 8  # characters of the form's hash


@dataclass(frozen=True, slots=True)
class Look:
    """How a sheet is set: its language, in large type for old eyes, with readings over the characters."""

    lang: str = "ja"
    large: bool = False
    ruby: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """What ties a sheet to the office: its token, until when it is accepted, what it is for."""

    token: Token
    expires_on: date
    purpose: str = ""


def sheet(form: Form, look: Look | None = None, bound: Bound | None = None) -> bytes:
    """The form as a PDF to fill in by pen; without `bound` it is blank and carries no token.

    Raises `MissingGlyph` for a word no font has, `FontsMissing`.
    """
    return render.sheet(page(form, look or Look(), bound), style())


def page(form: Form, look: Look, bound: Bound | None) -> str:
    """The sheet as HTML."""
    with override(look.lang):
        shown = {
            "look": look,
            "title": form.title.of(look.lang),
            "purpose": bound.purpose if bound else "",
            "form": form.name,
            "version": form.hash[:VERSION_SHOWN],
            "questions": questions(form, look.lang),
            "code": bound.token.shown if bound else "",
            "qr": qr(bound.token.code) if bound else "",
            "expires": era_date(bound.expires_on, look.lang) if bound else "",
        }
        html = render_to_string("papers/sheet.html", shown)
    return with_ruby(html) if look.ruby and look.lang == "ja" else html


@lru_cache(maxsize=1)
def style() -> str:
    """The style sheet of paper forms."""
    return (Path(__file__).parent / "sheet.css").read_text(encoding="utf-8")
