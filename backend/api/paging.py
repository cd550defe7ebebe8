"""Lists by cursor: a page begins after the last row of the one before, whatever was added meanwhile."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from backend.api.problem import wrong

PAGE, MOST = 25, 100
PARAMETERS = frozenset({"cursor", "limit", "order"})
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Order:
    """A total order: one column (a moment or a number), then the id. Rows where it is NULL come last.

    Of a column that is never NULL nothing is said about NULL: then its index gives the order.
    """

    column: str
    descending: bool = False
    moment: bool = True

    def of(self, rows: QuerySet[M]) -> QuerySet[M]:
        first, last = F(self.column), self._may_be_null(rows) or None
        by = first.desc(nulls_last=last) if self.descending else first.asc(nulls_last=last)
        return rows.order_by(by, "pk")

    def after(self, value: Any, pk: str, rows: QuerySet[M]) -> Q:
        """The rows behind the one with this value and id."""
        if value is None:
            return Q(**{f"{self.column}__isnull": True, "pk__gt": pk})
        behind = "lt" if self.descending else "gt"
        found = Q(**{f"{self.column}__{behind}": value}) | Q(**{self.column: value, "pk__gt": pk})
        if self._may_be_null(rows):
            return found | Q(**{f"{self.column}__isnull": True})
        return Q(**{f"{self.column}__{behind}e": value}) & found

    def _may_be_null(self, rows: QuerySet[M]) -> bool:
        return bool(rows.model._meta.get_field(self.column).null)

    def read(self, written: Any) -> Any:
        if written is None:
            return None
        if not self.moment:
            if type(written) is not int:
                raise ValueError("not a number")
            return written
        moment = parse_datetime(written) if isinstance(written, str) else None
        if moment is None or moment.tzinfo is None:
            raise ValueError("not a moment")
        return moment


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the query that asks for the next ("" at the end)."""

    rows: Sequence[Any]
    following: str


def page(rows: QuerySet[M], request: Request, orders: dict[str, Order]) -> Page:
    """One page of `rows` by `cursor`, `limit` and `order` (without it the first of `orders`)."""
    name = request.query_params.get("order", next(iter(orders)))
    if name not in orders:
        raise wrong("order", _("Choose one of %(names)s.") % {"names": ", ".join(orders)})
    order, most = orders[name], _limit(request)
    cursor = request.query_params.get("cursor")
    if cursor is not None:
        rows = rows.filter(_behind(cursor, name, order, rows))
    found = list(order.of(rows)[: most + 1])
    if len(found) <= most:
        return Page(found, "")
    last = found[most - 1]
    following = _pack(name, getattr(last, order.column), str(last.pk))
    query = {**request.query_params.dict(), "cursor": following}
    return Page(found[:most], urlencode(query))


def body(shown: list[Any], found: Page, request: Request) -> dict[str, Any]:
    """A page as it is answered: `next` is the address of the next page, null at the end."""
    address = request.build_absolute_uri(f"{request.path}?{found.following}") if found.following else None
    return {"next": address, "results": shown}


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(PAGE))
    if given.isascii() and given.isdecimal() and len(given) < 4 and 1 <= int(given) <= MOST:
        return int(given)
    raise wrong("limit", _("A page has 1 to %(most)s rows.") % {"most": MOST})


def _pack(name: str, value: Any, pk: str) -> str:
    written = value.isoformat() if isinstance(value, date | datetime) else value
    return base64.urlsafe_b64encode(json.dumps([name, written, pk]).encode()).decode().rstrip("=")


def _behind(cursor: str, name: str, order: Order, rows: QuerySet[M]) -> Q:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        for_order, written, pk = json.loads(base64.urlsafe_b64decode(padded))
        if for_order != name or not isinstance(pk, str):
            raise ValueError("another list's cursor")
        rows.model._meta.pk.to_python(pk)
        return order.after(order.read(written), pk, rows)
    except (ValueError, TypeError, RecursionError, ValidationError):
        raise wrong("cursor", _("This cursor is none of this list. Begin again without it.")) from None
