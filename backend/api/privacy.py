"""/api/privacy/looks/: the looks a privacy officer should ask about."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import shapes
from backend.api.base import ApiView
from backend.api.describe import described
from backend.api.documents import LookDoc
from backend.api.problem import ApiProblem, refusal
from backend.sharing.consents import watching
from backend.sharing.consents.watching import Flagged, person_of


class Looks(ApiView):
    """Unusual looks of the last 31 days at your controller's records, newest first; reading is recorded."""

    @described(
        inline_serializer("LookList", {"results": LookDoc(many=True)}),
        says="Read which looks at records are unusual",
        operation_id="privacy_looks",
    )
    def get(self, request: Request) -> Response:
        decision = watching.may_read(self.facts, self.now)
        if not decision.allowed:
            raise ApiProblem(403, "refused", _("You may not see who looked at records."), **refusal(decision))
        found = watching.unusual(self.facts.controller, *watching.last_days(timezone.localdate(self.now)))
        kept = watching.still_may([one.look for one in found], self.facts, self.now)
        watching.record_reading(self.facts, self.now, "api")
        return Response({"results": [_shape(one) for one in found if one.look.id in kept]})


def _shape(one: Flagged) -> dict[str, Any]:
    look, person = one.look, person_of(one.look)
    return {
        "at": shapes.moment(look.at),
        "member": shapes.member(look.member),
        "how": look.how,
        "case": {"id": str(look.case_id), "number": look.case.number} if look.case else None,
        "person": str(person.id) if person else None,
        "why": list(one.why),
    }
