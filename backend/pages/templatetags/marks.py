"""What stands on a page many times, or the same on many: each is drawn once and kept.

A drawing is kept under all it shows and the reader's language, so it shows nobody anything else.
"""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.translation import get_language

from backend.pages.seeing import Chip
from backend.pages.wording import Due

register = template.Library()
MOST = 4096


@register.filter
def chip(of: Chip) -> str:
    """A state: its colour, its shape and its words."""
    return drawn(of, "pages/chip.html")


@register.filter
def due(of: Due) -> str:
    """A deadline; nothing where there is none to tell."""
    return drawn(of, "pages/due.html")


@register.filter
def icon(name: str) -> str:
    """A shape of icons.svg, which says nothing by itself."""
    return drawn(name, "pages/icon.html")


@register.filter
def drawn(what: Hashable, name: str) -> str:
    """A thing of plain values by the template of that name, where it is called `it`."""
    return _kept(what, name, get_language())


@lru_cache(MOST)
def _kept(what: Hashable, name: str, _lang: str | None) -> str:
    return get_template(name).render({"it": what})
