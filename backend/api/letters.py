"""/api/letters/: the letters you may see, and their frozen bytes."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import paging
from backend.api.base import ApiView
from backend.api.cases import download
from backend.api.describe import PAGING, described, listing, order
from backend.api.documents import LetterDoc
from backend.api.filters import LETTER_PARAMETERS, LetterFilter, fitting
from backend.api.problem import ApiProblem, language
from backend.cases import visible
from backend.letters import issue
from backend.letters.models import FrozenPdf, IssuedLetter

ORDERS = {"newest": paging.Order("created_at", descending=True)}


def _rows() -> QuerySet[IssuedLetter]:
    return IssuedLetter.objects.select_related("case", "frozen").defer("inputs", "frozen__pdf")


class Letters(ApiView):
    """The letters you may list."""

    parameters = paging.PARAMETERS | set(LetterFilter.base_filters)

    @described(
        listing("LetterPage", LetterDoc),
        says="List letters",
        parameters=[*LETTER_PARAMETERS, *PAGING, order(*ORDERS)],
        operation_id="letters_list",
    )
    def get(self, request: Request) -> Response:
        query = request.query_params
        rows: QuerySet[IssuedLetter] = fitting(LetterFilter(query, _rows()), query)
        found = paging.page(visible.visible(rows, self.facts, self.now), request, ORDERS)
        shown = [_shown(letter) for letter in visible.still(found.rows, self.facts, self.now)]
        return Response(paging.body(shown, found, request))


class OneLetter(ApiView):
    """What is known of a letter beside its text."""

    @described(LetterDoc, says="Read a letter's record", operation_id="letters_read")
    def get(self, request: Request, pk: str) -> Response:
        return Response(_shown(visible.get_visible(_rows(), pk, self.facts, self.now)))


class LetterPdf(ApiView):
    """A letter as it was issued: the same bytes every time. The look is recorded."""

    @described(
        OpenApiTypes.BINARY,
        says="Fetch a letter",
        errors=(409,),
        media=("application/pdf",),
        operation_id="letters_pdf",
    )
    def get(self, request: Request, pk: str) -> HttpResponse:
        letter = visible.get_visible(_rows(), pk, self.facts, self.now)
        try:
            data = letter.pdf
        except FrozenPdf.DoesNotExist:
            detail = _("It is not printed yet. Try again in a moment.")
            raise ApiProblem(409, "not_printed", detail) from None
        visible.record_look(letter, self.facts, self.now, "pdf")
        name = f"{letter.case.number}-{letter.definition}-{letter.number or 0}"
        return download(data, "application/pdf", name)


def _shown(letter: IssuedLetter) -> dict[str, Any]:
    pinned = issue.pinned(letter.definition, letter.definition_hash)
    try:
        frozen: FrozenPdf | None = letter.frozen
    except FrozenPdf.DoesNotExist:
        frozen = None
    return {
        "id": str(letter.id),
        "case": str(letter.case_id),
        "case_number": letter.case.number,
        "seq": letter.seq,
        "definition": letter.definition,
        "title": pinned.title_en if language() == "en" else pinned.title_ja,
        "number": letter.shown_number,
        "dated_on": letter.dated_on.isoformat(),
        "state": letter.state,
        "held": bool(letter.held),
        "addressee_kind": letter.addressee_kind,
        "sha256": frozen.sha256 if frozen else None,
        "pages": frozen.pages if frozen else None,
        "pdf": reverse("api:pdf", args=[letter.id]) if frozen else None,
    }
