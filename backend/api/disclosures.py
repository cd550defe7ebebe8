"""/api/disclosures/: what may leave, asking for it, and what was shared with whom.

Deciding, handing over and recalling are actions of the disclosure's own case: /api/cases/{id}/actions/.
"""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from backend import access
from backend.api import paging
from backend.api.base import ApiView, key_of, uuid_of
from backend.api.cases import done_response
from backend.api.describe import KEY, PAGING, described, listing, order
from backend.api.documents import DisclosureBody, DisclosureDoc, DoneDoc, LinkDoc, MatrixDoc
from backend.api.problem import ApiProblem, language
from backend.cases import visible
from backend.cases.errors import NotFound, NotPossible
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.sharing.disclosures import advice, asking, links, packages
from backend.sharing.disclosures.advice import Matrix, Row
from backend.sharing.disclosures.links import NotReadable
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.packages import Known
from backend.sharing.disclosures.proposals import proposal_of, source_of

ORDERS = {"newest": paging.Order("opened_at", descending=True), "due": paging.Order("due_at")}


class Preview(ApiView):
    """The matrix of a request as it stands. Nothing is written and no value is told."""

    parameters = frozenset({"nearest"})

    @described(
        MatrixDoc,
        says="Ask what may leave",
        errors=(413, 415, 422),
        parameters=[
            OpenApiParameter(
                "nearest",
                OpenApiTypes.STR,
                description="A category for which the nearest change that would let it leave is worked out.",
            )
        ],
        body=DisclosureBody,
        operation_id="disclosures_preview",
    )
    def post(self, request: Request) -> Response:
        body = DisclosureBody(data=request.data)
        body.is_valid(raise_exception=True)
        answers = body.validated_data["answers"]
        source = _source(self, answers)
        try:
            proposal = proposal_of(answers, source)
        except NotPossible as missing:
            raise ApiProblem(422, "incomplete", str(missing)) from None
        opened = request.query_params.getlist("nearest")[:1]
        today = timezone.localdate(self.now)
        found = advice.matrix(self.facts, proposal, today, language(), opened=opened)
        return Response(_matrix(found))


class Disclosures(ApiView):
    """The disclosures you may list, and the way to a new one."""

    @property
    def parameters(self) -> frozenset[str]:  # type: ignore[override]
        return paging.PARAMETERS if self.request.method == "GET" else frozenset()

    @described(
        listing("DisclosurePage", DisclosureDoc),
        says="List disclosures",
        parameters=[*PAGING, order(*ORDERS)],
        operation_id="disclosures_list",
    )
    def get(self, request: Request) -> Response:
        rows = visible.visible(_rows(), self.facts, self.now)
        found = paging.page(rows, request, ORDERS)
        shown = visible.still(found.rows, self.facts, self.now)
        known = _known(shown)
        return Response(
            paging.body([_shown(case, known.get(case.id), self) for case in shown], found, request)
        )

    @described(
        DoneDoc,
        says="Request a disclosure",
        status=201,
        errors=(409, 413, 415, 422),
        parameters=[KEY],
        body=DisclosureBody,
        operation_id="disclosures_request",
    )
    def post(self, request: Request) -> Response:
        body = DisclosureBody(data=request.data)
        body.is_valid(raise_exception=True)
        answers = body.validated_data["answers"]
        _source(self, answers)
        done = asking.ask(answers, actor=self.member.id, key=key_of(request))
        response = done_response(done, status=200 if done.repeated else 201)
        response["Location"] = reverse("api:disclosure", args=[done.case])
        return response


class OneDisclosure(ApiView):
    """One disclosure: to whom, what for, which categories, how it stands. No value is told here."""

    @described(DisclosureDoc, says="Read a disclosure", operation_id="disclosures_read")
    def get(self, request: Request, pk: str) -> Response:
        case = visible.get_visible(_rows(), pk, self.facts, self.now)
        visible.record_look(case, self.facts, self.now, "api")
        return Response(_shown(case, _known([case]).get(case.id), self))


class DisclosureLink(ApiView):
    """A new link to the package with its code, told this once; the link before ends."""

    @described(LinkDoc, says="Make a link", status=201, errors=(409,), operation_id="disclosures_link")
    def post(self, request: Request, pk: str) -> Response:
        case = visible.get_visible(_rows(), pk, self.facts, self.now)
        today = timezone.localdate(self.now)
        may = access.decide(self.facts, "refer", case_facts(case, self.now), today=visible.day(self.now))
        found = packages.open_one(case, today)
        if not may.allowed or found is None or found.package.recipient is None:
            raise NotFound
        try:
            issued = links.issue(found.package, by=self.member.id, now=self.now)
        except NotReadable:
            detail = _("It was not handed over yet, or can no longer be read.")
            raise ApiProblem(409, "not_readable", detail) from None
        path = reverse("pages:recipient_link", args=[issued.token])
        body = {
            "url": f"{settings.SITE_URL.rstrip('/')}{path}",
            "code": issued.code,
            "expires_at": issued.expires_at.isoformat(),
            "openings": links.MOST_OPENINGS,
        }
        return Response(body, 201)


def _source(view: ApiView, answers: Any) -> Case:
    """The case it comes from, if the member carries it on; any other is told like one that does not exist.

    Raises `NotFound`, and a 422 problem for what is no id.
    """
    if uuid_of(answers.get("source")) is None:
        detail = _("`source` must be the id of a case in which the person is known.")
        raise ApiProblem(422, "incomplete", detail)
    try:
        source = source_of(answers.get("source"))
    except NotPossible:
        raise NotFound from None
    facts, today = case_facts(source, view.now), visible.day(view.now)
    if not all(
        access.decide(view.facts, action, facts, today=today).allowed for action in ("view", "handle")
    ):
        raise NotFound
    return source


def _rows() -> QuerySet[Case]:
    return Case.objects.filter(workflow=asking.WORKFLOW)


def _known(cases: list[Case]) -> dict[Any, Known]:
    """The newest package of each case, in two queries."""
    found = packages.known_all(Package.objects.filter(case__in=[case.id for case in cases]))
    return {one.package.case_id: one for one in reversed(found)}


def _shown(case: Case, known: Known | None, view: ApiView) -> dict[str, Any]:
    facts = case.facts
    return {
        "id": str(case.id),
        "number": case.number,
        "state": case.state,
        "revision": case.revision,
        "source": facts.get("source"),
        "recipient": facts.get("recipient") or "",
        "purpose": facts.get("purpose"),
        "basis": facts.get("basis"),
        "requested": list(facts.get("requested") or ()),
        "approved": list(facts.get("approved") or ()),
        "expires_on": facts.get("expires_on"),
        "package": _package(known, view) if known else None,
    }


def _package(known: Known, view: ApiView) -> dict[str, Any]:
    row = known.package
    return {
        "id": str(row.id),
        "sha256": row.sha256,
        "categories": list(row.categories),
        "obligations": list(row.obligations),
        "standing": str(known.standing(timezone.localdate(view.now))),
        "frozen_at": row.frozen_at.isoformat(),
        "openings": len(known.openings),
    }


def _matrix(found: Matrix) -> dict[str, Any]:
    return {"verdict": found.verdict, "rows": [_row(row) for row in found.rows]}


def _row(row: Row) -> dict[str, Any]:
    return {
        "category": row.category,
        "title": row.title,
        "chosen": row.chosen,
        "outcome": row.outcome,
        "because": list(row.because),
        "cites": list(row.cites),
        "rules": list(row.rules),
        "help": row.help,
        "duties": list(row.duties),
        "approver": row.approver,
        "nearest": row.nearest,
        "applies": dict(row.applies) if row.applies else None,
        "values": len(row.items),
    }
