"""How pages look for a reader: language, size of the text, colours, furigana, years.

Kept with the account, and before signing in in a cookie of the terminal that says nothing about anybody. The
server writes it into the page, so that nothing flashes and no script is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.pages import wording
from backend.pages.acting import Asked, private, signed_in
from backend.pages.entry.signin import within
from backend.people.models import User

COOKIE, COOKIE_SECONDS = "tsunagu_display", 365 * 24 * 3600
LANGUAGES = ("ja", "en")
SIZES = (100, 125, 150)
THEMES = ("auto", "light", "dark", "high")
FLAGS = ("furigana", "western_years", "letter_keys")
MOST = 256  # ways pages look, in each language, whose questions are kept
FIELDS = ("language", "text_size", "theme", *FLAGS)


@dataclass(frozen=True, slots=True)
class Display:
    """What one reader chose."""

    language: str = "ja"
    text_size: int = 100
    theme: str = "auto"
    furigana: bool = False
    western_years: bool = False
    letter_keys: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One question of the display: its name in the form and what may be chosen."""

    name: str
    title: str
    options: tuple[tuple[str, str, bool], ...]


@require_http_methods(["GET", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Choose how pages look. Anybody may, also before signing in."""
    return _own(request) if isinstance(request.user, User) else _of_terminal(request)


@signed_in
def _own(request: Asked) -> HttpResponse:
    user = request.acting.user
    if request.method != "POST":
        return render(request, "pages/display.html")
    chosen = _chosen(request, _of_user(user))
    for name in FIELDS:
        setattr(user, name, getattr(chosen, name))
    user.save(update_fields=FIELDS)
    return _back(request)


def _of_terminal(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return private(render(request, "pages/display.html"))
    chosen = _chosen(request, of(request))
    response = private(_back(request))
    flags = (int(getattr(chosen, name)) for name in FLAGS)
    values = (chosen.text_size, chosen.theme, *flags)
    for name, value in (
        (COOKIE, ".".join(map(str, values))),
        (settings.LANGUAGE_COOKIE_NAME, chosen.language),
    ):
        response.set_cookie(
            name, value, max_age=COOKIE_SECONDS, httponly=True, secure=settings.SECURE, samesite="Lax"
        )
    return response


def context(request: HttpRequest) -> dict[str, Any]:
    """For every page: how it looks, and the questions that change that."""
    found = of(request)
    return {"display": found, "display_choices": choices(found, get_language())}


def of(request: HttpRequest) -> Display:
    """How pages look for whoever asks."""
    user = getattr(request, "user", None)
    if isinstance(user, User):
        return _of_user(user)
    kept = (*request.COOKIES.get(COOKIE, "").split("."), *("",) * len(FIELDS))
    return _valid(Display(wording.language()), dict(zip(FIELDS, (wording.language(), *kept), strict=False)))


@lru_cache(MOST)
def choices(found: Display, _lang: str | None) -> tuple[Choice, ...]:
    """The questions, in the order the menu asks them, in the language of the page."""
    themes = (_("As the terminal is set"), _("Light"), _("Dark"), _("High contrast"))
    sizes = (_("Normal"), _("Large"), _("Largest"))
    asked = (
        ("text_size", _("Size of the text"), zip(map(str, SIZES), sizes, strict=True)),
        ("theme", _("Colours"), zip(THEMES, themes, strict=True)),
        ("furigana", _("Readings above names"), (("0", _("Without")), ("1", _("With")))),
        ("western_years", _("Years"), (("0", _("By era")), ("1", _("Western")))),
        ("letter_keys", _("Single letters as keys"), (("1", _("In lists")), ("0", _("Off")))),
        ("language", _("Language"), (("ja", "日本語"), ("en", "English"))),
    )
    return tuple(
        Choice(
            name, title, tuple((value, words, value == _as_posted(found, name)) for value, words in options)
        )
        for name, title, options in asked
    )


def _as_posted(found: Display, name: str) -> str:
    value = getattr(found, name)
    return str(int(value)) if isinstance(value, bool) else str(value)


def _of_user(user: User) -> Display:
    return Display(*(getattr(user, name) for name in FIELDS))


def _chosen(request: HttpRequest, before: Display) -> Display:
    return _valid(before, {name: request.POST.get(name, "") for name in FIELDS})


def _valid(before: Display, asked: Mapping[str, str]) -> Display:
    """The choice as far as there is such a one; else as it was before."""
    flags = {
        name: asked[name] == "1" if asked[name] in ("0", "1") else getattr(before, name) for name in FLAGS
    }
    return Display(
        language=asked["language"] if asked["language"] in LANGUAGES else before.language,
        text_size=int(asked["text_size"]) if asked["text_size"] in map(str, SIZES) else before.text_size,
        theme=asked["theme"] if asked["theme"] in THEMES else before.theme,
        **flags,
    )


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(within(request, request.POST.get("next", "")) or "pages:display")
