from functools import cache
from typing import Any

from django import template
from django.urls import reverse

from backend.pages.acting import Acting
from backend.pages.menu import MENU, Entry

register = template.Library()


@register.inclusion_tag("pages/menu.html", takes_context=True)
def menu(context: Any) -> dict[str, Any]:
    """The sections of the menu with the entries somebody is shown, the present page marked."""
    request = context["request"]
    acting, name = request.acting, request.resolver_match.url_name if request.resolver_match else ""
    sections = [
        (section.title, [_line(entry, acting, name) for entry in section.entries if entry.shown(acting)])
        for section in MENU
    ]
    return {"sections": [(title, entries) for title, entries in sections if entries]}


def _line(entry: Entry, acting: Acting, name: str) -> dict[str, Any]:
    return {
        "address": _address(entry.page),
        "title": entry.title,
        "here": entry.here(name),
        "count": entry.count(acting),
        "counted": entry.counted,
    }


@cache
def _address(page: str) -> str:
    return reverse(f"pages:{page}")
