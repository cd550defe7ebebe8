"""/api/workflows/ and /api/forms/: what can happen and what is asked, as published. No personal data."""

import uuid
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from backend import access
from backend.access import CaseFacts, MemberFacts
from backend.api.base import ApiView
from backend.api.describe import described
from backend.api.documents import FormDoc, WorkflowDoc
from backend.api.problem import language
from backend.api.shapes import words
from backend.cases.errors import NotFound
from backend.cases.pinned import Pinned, form, newest, pinned
from backend.cases.visible import day
from backend.definitions.models import Published
from backend.definitions.store import NotPublished

HASH = 64


class _Workflows(ApiView):
    def shown(self, pin: Pinned) -> dict[str, Any]:
        workflow = pin.workflow
        start = workflow.start
        return {
            "name": workflow.name,
            "title": words(workflow.title),
            "hash": pin.hash,
            "start": {
                "action": start.action,
                "title": words(start.title),
                "form": start.form,
                "state": workflow.qualified(start.state),
                "possible": may_start(pin, self.facts, day(self.now)),
            },
            "states": [
                {
                    "name": workflow.qualified(state.name),
                    "title": words(state.title),
                    "citizen": words(state.citizen),
                    "kind": state.kind,
                    "final": state.final,
                }
                for state in workflow.states.values()
            ],
            "actions": [
                {
                    "name": action.name,
                    "title": words(action.title),
                    "class": action.cls,
                    "from": [workflow.qualified(name) for name in action.from_],
                    "to": workflow.qualified(action.to) if action.to else None,
                    "form": action.form,
                }
                for action in workflow.actions.values()
            ],
            "forms": dict(workflow.forms),
        }


class Workflows(_Workflows):
    """The workflows a case can be started with, in the version published last."""

    @described(WorkflowDoc(many=True), says="List workflows", operation_id="workflows_list")
    def get(self, request: Request) -> Response:
        rows = Published.objects.filter(kind="workflow").order_by("name", "-published_at", "-id")
        newest_of = dict(reversed(list(rows.values_list("name", "hash"))))
        return Response([self.shown(pinned(digest)) for _, digest in sorted(newest_of.items())])


class OneWorkflow(_Workflows):
    """One workflow in the version published last."""

    @described(WorkflowDoc, says="Read a workflow", operation_id="workflows_read")
    def get(self, request: Request, name: str) -> Response:
        return Response(self.shown(pinned(_newest("workflow", name))))


def may_start(pin: Pinned, member: MemberFacts, today: int) -> bool:
    """Whether the member may begin such a case for their own controller in their own area."""
    start, state = pin.workflow.start, pin.workflow.states[pin.workflow.start.state]
    opening = CaseFacts(
        id=str(uuid.UUID(int=0)),
        workflow=pin.workflow.name,
        state=pin.workflow.qualified(state.name),
        kind=state.kind,
        controller=member.controller if member.controller in ("city", "csw") else "city",
        area=member.area or settings.ROOT_AREA,
        owner_role=state.owner,
        assignee="",
        receiver="",
        reporter=member.id,
        urgency="",
        abuse="none",
        consent="unknown",
        protected=False,
        open=not state.final,
    )
    return access.decide(member, pin.workflow.qualified(start.action), opening, today=today).allowed


class OneForm(ApiView):
    """A form: its JSON Schema and its words. `hash` asks for the version a running case is pinned to."""

    parameters = frozenset({"hash"})

    @described(
        FormDoc,
        says="Read a form",
        parameters=[OpenApiParameter("hash", OpenApiTypes.STR, description="The newest without it.")],
        operation_id="forms_read",
    )
    def get(self, request: Request, name: str) -> Response:
        digest = request.query_params.get("hash") or _newest("form", name)
        if len(digest) != HASH or not digest.isalnum():
            raise NotFound
        found = form(digest)
        if found.name != name:
            raise NotFound
        shown = {
            "name": found.name,
            "hash": digest,
            "title": found.title.of(language()),
            "schema": found.schema,
            "words": found.words(language()),
        }
        return Response(shown, headers={"ETag": f'"{digest}"'})


def _newest(kind: str, name: str) -> str:
    try:
        return newest(kind, name)
    except NotPublished:
        raise NotFound from None
