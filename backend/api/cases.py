"""/api/cases/: list, start, read, act, and the history."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import paging, shapes
from backend.api.base import ApiView, etag, key_of, seen_revision, uuid_of
from backend.api.describe import IF_MATCH, KEY, PAGING, described, listing, order
from backend.api.documents import (
    ActBody,
    CaseDetailDoc,
    CaseDoc,
    DoneDoc,
    OffersDoc,
    StartBody,
    StepDoc,
)
from backend.api.filters import PARAMETERS, REVEALING, CaseFilter, narrowed
from backend.api.problem import ApiProblem, pointer
from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.errors import NotFound
from backend.cases.generic import proves_again
from backend.cases.models import Blob, Case, Step
from backend.cases.offers import offers
from backend.cases.pinned import newest, pinned
from backend.cases.reading import answers_of, attachment
from backend.cases.visible import get_visible, record_look, still, visible
from backend.catalogue import loading
from backend.definitions.store import NotPublished
from backend.passkeys import session
from backend.people.models import Area, Person

ORDERS = {
    "newest": paging.Order("opened_at", descending=True),
    "due": paging.Order("due_at"),
}


class CaseView(ApiView):
    """A view of one case, given by its id."""

    def case(self, pk: str, *related: str) -> Case:
        """The case if the member may view it. Raises `NotFound`."""
        return get_visible(Case.objects.select_related(*related), pk, self.facts, self.now)


class Cases(ApiView):
    """The cases you may list, and the door to a new one."""

    @property
    def parameters(self) -> frozenset[str]:  # type: ignore[override]
        if self.request.method != "GET":
            return frozenset()
        return paging.PARAMETERS | set(CaseFilter.base_filters)

    @described(
        listing("CasePage", CaseDoc),
        says="List cases",
        parameters=[*PARAMETERS, *PAGING, order(*ORDERS)],
        operation_id="cases_list",
    )
    def get(self, request: Request) -> Response:
        query = request.query_params
        narrow = narrowed(query, Case.objects.select_related(*shapes.RELATED), self.member, self.now)
        found = paging.page(visible(narrow, self.facts, self.now), request, ORDERS)
        rows = [case for case in still(found.rows, self.facts, self.now) if self._shown(case, query)]
        shown = [shapes.case_summary(case, self.sight.of(case), self.now) for case in rows]
        return Response(paging.body(shown, found, request))

    def _shown(self, case: Case, query: Any) -> bool:
        """A filter by what is withheld would tell it, so such a row does not fit the filter."""
        seen = self.sight.of(case)
        return all(category in seen for name, category in REVEALING.items() if query.get(name))

    @described(
        DoneDoc,
        says="Start a case",
        status=201,
        errors=(409, 413, 415, 422),
        parameters=[KEY],
        body=StartBody,
        operation_id="cases_start",
    )
    def post(self, request: Request) -> Response:
        body = StartBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        self._require_references(given["person"], given["area"])
        try:
            newest("workflow", given["workflow"])
        except NotPublished:
            raise _wrong_field("workflow", _("There is no such workflow. See /api/workflows/.")) from None
        done = actions.start(
            given["workflow"],
            actor=self.member.id,
            answers=given["answers"],
            key=key_of(request),
            person=given["person"],
            area=given["area"],
        )
        response = done_response(done, status=200 if done.repeated else 201)
        response["Location"] = f"/api/cases/{done.case}/"
        return response

    def _require_references(self, person: UUID | None, area: str | None) -> None:
        """Somebody else's person is told like one that does not exist."""
        if person is not None:
            try:
                get_visible(Person.objects.all(), person, self.facts, self.now)
            except NotFound:
                raise _wrong_field("person", _("There is no such person, or you may not see them.")) from None
        if area is not None and not Area.objects.filter(code=area).exists():
            raise _wrong_field("area", _("There is no such area."))


class OneCase(CaseView):
    """One case, as far as you may see it. The look is recorded."""

    @described(CaseDetailDoc, says="Read a case", operation_id="cases_read")
    def get(self, request: Request, pk: str) -> Response:
        case = self.case(pk, *shapes.RELATED)
        record_look(case, self.facts, self.now, "api")
        shown = shapes.case_detail(case, self.facts, self.sight.of(case), self.now)
        return Response(shown, headers={"ETag": etag(case.revision)})


class Actions(CaseView):
    """Every action of a case: those you may take, and why not the others."""

    @described(OffersDoc, says="List actions", operation_id="actions_list")
    def get(self, request: Request, pk: str) -> Response:
        case = self.case(pk)
        shown = [shapes.offer(found, case) for found in offers(case, self.facts, self.now)]
        body = {"revision": case.revision, "actions": shown}
        return Response(body, headers={"ETag": etag(case.revision)})


class Act(ApiView):
    """Do one action."""

    @described(
        DoneDoc,
        says="Act on a case",
        errors=(409, 413, 415, 422),
        parameters=[KEY, IF_MATCH],
        body=ActBody,
        operation_id="actions_do",
    )
    def post(self, request: Request, pk: str, action: str) -> Response:
        body = ActBody(data=request.data)
        body.is_valid(raise_exception=True)
        case = uuid_of(pk)
        if case is None:
            raise NotFound
        if request.auth is None and not session.fresh(request._request, self.now) and _again(action):
            raise ApiProblem(403, "sign_in_again", _("You signed in a while ago. Sign in again for this."))
        done = actions.perform(
            case,
            action,
            actor=self.member.id,
            answers=body.validated_data["answers"],
            revision=seen_revision(request, body.validated_data["revision"]),
            key=key_of(request),
        )
        return done_response(done)


def _again(action: str) -> bool:
    """Whether an action of that name asks in any workflow; to ask the case would tell that it is there."""
    return any(proves_again(action, flow) for flow in loading.use().workflows.values())


class Steps(CaseView):
    """The history of a case in order, with the answers you may see. The look is recorded."""

    parameters = paging.PARAMETERS

    @described(
        listing("StepPage", StepDoc),
        says="Read the history",
        parameters=[*PAGING, order("seq")],
        operation_id="steps_list",
    )
    def get(self, request: Request, pk: str) -> Response:
        case = self.case(pk)
        seen, pin = self.sight.of(case), pinned(case.definition)
        rows = Step.objects.filter(case=case).select_related("actor")
        found = paging.page(rows, request, {"seq": paging.Order("seq", moment=False)})
        record_look(case, self.facts, self.now, "api")
        answered = {given.seq: given for given in answers_of(case)}
        shown = [
            shapes.step(row, pin, answered.get(row.seq), seen, actor=self._knows(case, row, seen))
            for row in found.rows
        ]
        self._attach(case, shown, seen)
        return Response(paging.body(shown, found, request))

    def _knows(self, case: Case, row: Step, seen: frozenset[str]) -> bool:
        """Who took the first step is who reported it."""
        return row.seq > 1 or "reporter_identity" in seen or str(row.actor_id) == self.facts.id

    def _attach(self, case: Case, shown: list[dict[str, Any]], seen: frozenset[str]) -> None:
        by_seq = {step["seq"]: step for step in shown if step["action"] == "attach"}
        if not by_seq:
            return
        for blob in Blob.objects.filter(case=case, seq__in=by_seq, kind="attachment/about"):
            about = attachment(case, blob.seq)
            one = shapes.attachment(case, about[0], blob, seen) if about else None
            by_seq[blob.seq]["attachment"] = one
            by_seq[blob.seq]["withheld"] |= one is None


class StepFile(CaseView):
    """The file attached by a step, when you may see its data category. The look is recorded."""

    @described(
        OpenApiTypes.BINARY,
        says="Fetch an attached file",
        operation_id="files_read",
        media=("application/pdf", "image/png", "image/jpeg"),
    )
    def get(self, request: Request, pk: str, seq: str) -> HttpResponse:
        case = self.case(pk)
        found = attachment(case, int(seq)) if seq.isascii() and seq.isdecimal() and len(seq) < 9 else None
        if found is None or found[2] not in self.sight.of(case):
            raise NotFound
        record_look(case, self.facts, self.now, "file")
        return download(found[1], str(found[0]["media_type"]), f"{case.number}-{seq}")


def download(data: bytes, media_type: str, name: str) -> HttpResponse:
    """A file to be saved, not shown: the browser neither guesses its type nor runs what is in it."""
    ending = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}.get(media_type, "bin")
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type=media_type, headers=headers)


def done_response(done: Done, status: int = 200) -> Response:
    """What a step through the door is answered with."""
    number = done.number or Case.objects.values_list("number", flat=True).get(pk=done.case)
    body = {
        "case": str(done.case),
        "number": number,
        "revision": done.revision,
        "action": done.action,
        "from": done.source or None,
        "to": done.target,
        "rules": list(done.rules),
        "repeated": done.repeated,
    }
    return Response(body, status, headers={"ETag": etag(done.revision)})


def _wrong_field(name: str, message: str) -> ApiProblem:
    place = {"path": pointer([name]), "code": "does_not_exist", "message": message}
    return ApiProblem(400, "invalid", message, problems=[place])
