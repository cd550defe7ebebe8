"""/api/received/: what was handed over to you or your organisation; it is opened on its page."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import paging, shapes
from backend.api.base import ApiView
from backend.api.describe import PAGING, described, listing, order
from backend.api.documents import ReceivedDoc
from backend.api.problem import language
from backend.sharing.disclosures import inbox
from backend.sharing.disclosures.inbox import Received

ORDERS = {"newest": paging.Order("frozen_at", descending=True)}


class Inbox(ApiView):
    """The packages addressed to you, without their values and without whom they are about."""

    parameters = paging.PARAMETERS

    @described(
        listing("ReceivedPage", ReceivedDoc),
        says="List what was handed over to you",
        parameters=[*PAGING, order(*ORDERS)],
        operation_id="received_list",
    )
    def get(self, request: Request) -> Response:
        found = paging.page(inbox.rows(self.facts, self.now), request, ORDERS)
        shown = inbox.told([row.pk for row in found.rows], self.facts, self.now)
        return Response(paging.body([_shape(one, self) for one in shown], found, request))


def _shape(one: Received, view: ApiView) -> dict[str, Any]:
    row = one.known.package
    return {
        "id": str(row.id),
        "sender": one.sender.called(language()) if one.sender else "",
        "purpose": row.purpose,
        "categories": list(row.categories),
        "handed_over_at": shapes.moment(one.issued.at),
        "expires_on": row.expires_on.isoformat(),
        "standing": str(one.known.standing(timezone.localdate(view.now))),
        "state": row.case.state,
        "openings": len(one.known.openings),
        "page": f"{settings.SITE_URL.rstrip('/')}{reverse('pages:received_package', args=[row.id])}",
    }
