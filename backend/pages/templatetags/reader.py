from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def here(request: HttpRequest) -> str:
    """The address of this page, to come back to; "" where coming back would ask something again."""
    return request.get_full_path() if request.method == "GET" else ""


@register.simple_tag(takes_context=True)
def named(context: Any, name: str, kana: str = "") -> SafeString:
    """A name; its reading above it for those who asked for readings, else beside it."""
    if not kana:
        return format_html("{}", name)
    if context["display"].furigana:
        return format_html("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", name, kana)
    return format_html('{} <span class="kana">{}</span>', name, kana)
