from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as somebody sees it; the lines of a menu are drawn once for all who see the same."""

    address: str
    title: str
    here: bool
    count: int
    counted: str


def _line(entry: Entry, acting: Acting, name: str) -> Line:
    title, counted = str(entry.title), str(entry.counted)
    return Line(_address(entry.page), title, entry.here(name), entry.count(acting), counted)


@cache
def _address(page: str) -> str:
    return reverse(f"pages:{page}")
