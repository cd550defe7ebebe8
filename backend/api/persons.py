"""/api/persons/: the persons the office is helping, one record, and the search."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from drf_spectacular.utils import inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import paging, shapes
from backend.api.base import ApiView
from backend.api.describe import PAGING, described, listing, order
from backend.api.documents import ConsentDoc, PersonDetailDoc, PersonDoc, SearchBody, SearchDoc
from backend.cases.models import Case
from backend.cases.visible import get_visible, record_look, still, visible
from backend.people.models import Person
from backend.people.search import Found, search
from backend.sharing.consents import seeing

# By when they were entered: a cursor stands in addresses, so it must not hold a name.
ORDERS = {"newest": paging.Order("created_at", descending=True)}


class Persons(ApiView):
    """The persons with a case you may list. Anybody else is found by searching, which is recorded."""

    parameters = paging.PARAMETERS

    @described(
        listing("PersonPage", PersonDoc),
        says="List persons being helped",
        parameters=[*PAGING, order(*ORDERS)],
        operation_id="persons_list",
    )
    def get(self, request: Request) -> Response:
        cases = visible(Case.objects.filter(person=OuterRef("pk")), self.facts, self.now)
        rows = visible(Person.objects.select_related("area"), self.facts, self.now).filter(Exists(cases))
        found = paging.page(rows, request, ORDERS)
        kept = still(found.rows, self.facts, self.now)
        shown = [shapes.person_summary(row, self.sight.of(row)) for row in kept]
        return Response(paging.body(shown, found, request))


class OnePerson(ApiView):
    """One person's record. The look is recorded."""

    @described(PersonDetailDoc, says="Read a person's record", operation_id="persons_read")
    def get(self, request: Request, pk: str) -> Response:
        person = get_visible(Person.objects.select_related("area"), pk, self.facts, self.now)
        record_look(person, self.facts, self.now, "api")
        return Response(shapes.person_detail(person, self.sight.of(person)))


class Consents(ApiView):
    """What a person agreed to, refused and took back, newest first, in cases you may list.

    The look is recorded. Ask here at the moment you want to share: `holds` is decided for today. A row whose
    case you see without its consultation has null in its parts and `withheld` true.
    """

    @described(
        inline_serializer("ConsentList", {"results": ConsentDoc(many=True)}),
        says="Read what a person agreed to",
        operation_id="persons_consents",
    )
    def get(self, request: Request, pk: str) -> Response:
        person = get_visible(Person.objects.all(), pk, self.facts, self.now)
        record_look(person, self.facts, self.now, "api")
        found = seeing.of_person(person.id, self.sight, timezone.localdate(self.now))
        return Response({"results": [shapes.consent(one) for one in found]})


class SearchPersons(ApiView):
    """Find persons, and cases by number. That you searched is recorded; the words are kept nowhere."""

    @described(
        SearchDoc,
        says="Search for persons",
        errors=(413, 415),
        body=SearchBody,
        operation_id="persons_search",
    )
    def post(self, request: Request) -> Response:
        body = SearchBody(data=request.data)
        body.is_valid(raise_exception=True)
        result = search(
            self.member, body.validated_data["text"], at=self.now, today=timezone.localdate(self.now)
        )
        kept = set(still([found.person for found in result.persons], self.facts, self.now))
        return Response(
            {
                "persons": [self._found(found) for found in result.persons if found.person in kept],
                "cases": [{"id": found.id, "number": found.number} for found in result.cases],
                "more": result.more,
            }
        )

    def _found(self, found: Found) -> dict[str, Any]:
        return {**shapes.person_summary(found.person, self.sight.of(found.person)), "fits": list(found.kinds)}
