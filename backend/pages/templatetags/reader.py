from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backend.pages import wording
from backend.passkeys import session

register = template.Library()
for in_words in (wording.body, wording.listed, wording.member, wording.quoted, wording.recipient):
    register.filter(in_words)


@register.filter
def here(request: HttpRequest) -> str:
    """The address of this page, to come back to; "" where coming back would ask something again."""
    return request.get_full_path() if request.method == "GET" else ""


@register.filter
def seconds_left(request: HttpRequest) -> int:
    """How long somebody who goes away now stays signed in."""
    return session.seconds_left(request, timezone.now())


@register.filter
def moment(value: datetime) -> str:
    """When something was done, with its year: for what is kept for years."""
    return wording.moment_with_year(value, wording.language())


@register.filter
def titles(rows: Iterable[Any]) -> str:
    """What rows are called, each as words of the page itself."""
    return wording.listed(wording.quoted(row.title) for row in rows)


@register.filter
def noted(name: str, note: str) -> str:
    """A name with what tells it from others."""
    return wording.noted(name, note)


@register.simple_tag
def comma() -> str:
    """What stands between several things, where each is marked up by itself."""
    return wording.listed(("", ""))


@register.simple_tag
def colon() -> str:
    """What stands between a name and what is said of it."""
    return "：" if wording.language() == "ja" else ": "


@register.simple_tag(takes_context=True)
def named(context: Any, name: str, kana: str = "", href: str = "") -> SafeString:
    """A name, linked where it leads; its reading above it for those who asked for that, else beside it."""
    above = bool(kana and context["display"].furigana)
    words = (
        format_html('<ruby lang="ja">{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>', name, kana)
        if above
        else format_html("{}", name)
    )
    if href:
        words = format_html('<a href="{}">{}</a>', href, words)
    if above or not kana:
        return words
    return format_html('{} <span class="kana" lang="ja">{}</span>', words, kana)
