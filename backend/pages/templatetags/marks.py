"""Marks that stand on a page many times and look alike: each is drawn once and kept."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template

from backend.pages.seeing import Chip
from backend.pages.wording import Due

register = template.Library()
MOST = 512


@register.filter
def chip(of: Chip) -> str:
    """A state: its colour, its shape and its words."""
    return _drawn("pages/chip.html", "chip", of)


@register.filter
def due(of: Due) -> str:
    """A deadline; nothing where there is none to tell."""
    return _drawn("pages/due.html", "due", of)


@lru_cache(MOST)
def _drawn(name: str, word: str, what: Any) -> str:
    return get_template(name).render({word: what})
