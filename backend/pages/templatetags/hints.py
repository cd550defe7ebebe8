from typing import Any

from django import template

from backend.pages import hints

register = template.Library()


@register.inclusion_tag("pages/hint.html", takes_context=True)
def hint(context: Any) -> dict[str, Any]:
    """The hint of this page, for whoever signed in and has not put it away."""
    request = context["request"]
    acting, match = getattr(request, "acting", None), request.resolver_match
    page = match.url_name if match and request.method == "GET" else ""
    return {"says": hints.of(acting, page) if acting else "", "page": page, "request": request}
