"""What pages, reports and papers say of disposals."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

# Why a case stays, and what would let it go.
WHY_KEPT: Mapping[str, Any] = {
    "hold": _("Held back"),
    "open": _("Running again"),
    "request": _("The person asked for disclosure"),
    "running": _("Another case of the person is running"),
    "effects": _("Something is still to be sent"),
    "needed": _("A record that stays rests on it"),
    "unsealed": _("Waits for the next seal"),
    "listed": _("On another list"),
    "gone": _("Not here any more"),
}


def why_kept(code: str) -> str:
    """In the reader's language; "" for what is not held back."""
    return str(WHY_KEPT.get(code, code))
