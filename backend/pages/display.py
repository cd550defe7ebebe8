"""How pages look for a reader: language, size of the text, colours, furigana, years.

Kept with the account, and before signing in in a cookie of the terminal that says nothing about anybody. The
server writes it into the page, so that nothing flashes and no script is needed.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.pages import wording
from backend.pages.acting import Asked, private, signed_in
from backend.pages.signin import within
from backend.people.models import User

COOKIE, COOKIE_SECONDS = "tsunagu_display", 365 * 24 * 3600
LANGUAGES = ("ja", "en")
SIZES = (100, 125, 150)
THEMES = ("auto", "light", "dark", "high")
FIELDS = ("language", "text_size", "theme", "furigana", "western_years")


@dataclass(frozen=True, slots=True)
class Display:
    """What one reader chose."""

    language: str = "ja"
    text_size: int = 100
    theme: str = "auto"
    furigana: bool = False
    western_years: bool = False


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
    values = (chosen.text_size, chosen.theme, int(chosen.furigana), int(chosen.western_years))
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
    return {"display": found, "display_choices": choices(found)}


def of(request: HttpRequest) -> Display:
    """How pages look for whoever asks."""
    user = getattr(request, "user", None)
    if isinstance(user, User):
        return _of_user(user)
    size, theme, furigana, years = (*request.COOKIES.get(COOKIE, "").split("."), "", "", "", "")[:4]
    return _valid(Display(wording.language()), wording.language(), size, theme, furigana, years)


def choices(found: Display) -> tuple[Choice, ...]:
    """The questions, in the order the menu asks them."""
    themes = (_("As the terminal is set"), _("Light"), _("Dark"), _("High contrast"))
    sizes = (_("Normal"), _("Large"), _("Largest"))
    asked = (
        ("text_size", _("Size of the text"), zip(map(str, SIZES), sizes, strict=True)),
        ("theme", _("Colours"), zip(THEMES, themes, strict=True)),
        ("furigana", _("Readings above names"), (("0", _("Without")), ("1", _("With")))),
        ("western_years", _("Years"), (("0", _("By era")), ("1", _("Western")))),
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
    names = ("language", "text_size", "theme", "furigana", "western_years")
    return _valid(before, *(request.POST.get(name, "") for name in names))


def _valid(before: Display, language: str, size: str, theme: str, furigana: str, years: str) -> Display:
    """The choice as far as there is such a one; else as it was before."""
    return Display(
        language if language in LANGUAGES else before.language,
        int(size) if size in map(str, SIZES) else before.text_size,
        theme if theme in THEMES else before.theme,
        furigana == "1" if furigana in ("0", "1") else before.furigana,
        years == "1" if years in ("0", "1") else before.western_years,
    )


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(within(request, request.POST.get("next", "")) or "pages:display")
