from typing import Any

from django import template
from django.urls import reverse

from backend.pages.menu import MENU

register = template.Library()


@register.inclusion_tag("pages/menu.html", takes_context=True)
def menu(context: Any) -> dict[str, Any]:
    """The entries of the menu that somebody is shown, the present page marked."""
    request = context["request"]
    acting, name = request.acting, request.resolver_match.url_name if request.resolver_match else ""
    return {
        "entries": [
            {
                "address": reverse(f"pages:{entry.page}"),
                "title": entry.title,
                "here": entry.here(name),
                "count": entry.count(acting),
                "counted": entry.counted,
            }
            for entry in MENU
            if entry.shown(acting)
        ]
    }
