"""/api/effects/: what got stuck after a step and is yours to decide about."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import shapes
from backend.api.base import ApiView
from backend.api.describe import described
from backend.api.documents import EffectDoc, MendBody
from backend.api.problem import ApiProblem
from backend.cases import failing, limits, mending, visible
from backend.cases.errors import NotFound
from backend.cases.mending import Choice
from backend.cases.models import Effect


class Stuck(ApiView):
    """The effects that got stuck, the oldest first: at most fifty; decide about them to see the rest."""

    @described(
        inline_serializer("StuckList", {"results": EffectDoc(many=True)}),
        says="Read what got stuck",
        operation_id="effects_stuck",
    )
    def get(self, request: Request) -> Response:
        rows = mending.stuck(self.facts, self.now)
        seen = {case.id for case in visible.still({row.case for row in rows}, self.facts, self.now)}
        return Response({"results": [_shape(row, seen) for row in rows]})


class Decide(ApiView):
    """Decide about one: `retry`, `skip` or `reassign`. Of two decisions at once the second is a conflict."""

    @described(
        EffectDoc,
        says="Decide about what got stuck",
        errors=(409, 413, 415),
        body=MendBody,
        operation_id="effects_decide",
    )
    def post(self, request: Request, pk: str, decision: str) -> Response:
        decide = mending.DECISIONS.get(decision)
        if decide is None or not (pk.isascii() and pk.isdecimal() and len(pk) <= 18):
            raise NotFound
        body = MendBody(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data["reason"] or ""
        if "\0" in reason:
            raise ApiProblem(400, "invalid", _("The reason holds a character that is none."))
        done = decide(Choice(int(pk), self.facts, self.now, reason.strip(), body.validated_data["to"]))
        seen = {case.id for case in visible.still([done.case], self.facts, self.now)}
        return Response(_shape(done, seen))


def _shape(effect: Effect, seen: set[UUID]) -> dict[str, Any]:
    told = failing.why(effect.failure, effect.last_error) if effect.state in mending.STUCK else None
    return {
        "id": effect.id,
        "kind": effect.kind,
        "title": shapes.words(limits.of(effect.kind).title),
        "state": effect.state,
        "since": shapes.moment(effect.not_before),
        "attempts": effect.attempts,
        "why": told.what if told else "",
        "help": told.help if told else "",
        "case": {"id": str(effect.case_id), "number": effect.case.number} if effect.case_id in seen else None,
    }
