"""The description of the API: it is complete, it is public, and what is answered is what it says."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS

from backend.cases.actions import Done
from backend.people.models import Person
from tests.api.conftest import Hand, answers, do

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
STABLE = {
    "/api/cases/": {"get", "post"},
    "/api/cases/{id}/": {"get"},
    "/api/cases/{id}/actions/": {"get"},
    "/api/cases/{id}/actions/{action}/": {"post"},
    "/api/cases/{id}/steps/": {"get"},
    "/api/cases/{id}/steps/{seq}/file/": {"get"},
    "/api/workflows/": {"get"},
    "/api/workflows/{name}/": {"get"},
    "/api/forms/{name}/": {"get"},
    "/api/persons/": {"get"},
    "/api/persons/search/": {"post"},
    "/api/persons/{id}/": {"get"},
    "/api/persons/{id}/consents/": {"get"},
    "/api/privacy/looks/": {"get"},
    "/api/effects/": {"get"},
    "/api/effects/{id}/{decision}/": {"post"},
    "/api/letters/": {"get"},
    "/api/letters/{id}/": {"get"},
    "/api/letters/{id}/pdf/": {"get"},
}


SET_HERE = {"authorization", "tsunagu-member", "host"}


def described() -> dict[str, Any]:
    response = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def test_the_description_names_every_stable_address(db: None) -> None:
    found = {
        path: {name for name in item if name != "parameters"} for path, item in described()["paths"].items()
    }

    assert {path: found.get(path) for path in STABLE} == STABLE


def test_the_description_and_its_page_are_open_to_everybody(db: None) -> None:
    page = Client().get("/api/docs/")
    script = Client().get("/api/docs/?script=")

    assert (page.status_code, script.status_code) == (200, 200)
    assert "swagger-ui" in page.content.decode()
    assert "<script>" not in page.content.decode()


@pytest.fixture
def served() -> Iterator[Any]:
    """The office as a WSGI application that leaves the test's connection open, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _make_real(request: Any, case: str, person: str) -> None:
    """Put what exists where a generator can only guess, so that the request goes all the way."""
    places = request.path_parameters or {}
    real = {
        "id": person if "persons" in request.operation.path else case,
        "action": "triage",
        "decision": "retry",
        "name": "referral" if "workflows" in request.operation.path else "detection_report",
        "seq": "2",
    }
    places.update({name: real[name] for name in places})
    if isinstance(request.body, dict) and "workflow" in request.body:
        request.body["workflow"] = "referral"


def _visit(hand: Hand, operation: Any, case: str, person: str, examples: int) -> set[int]:
    """Send what the description allows, and what it does not, to one address; the statuses answered."""
    seen: set[int] = set()
    modes = schemathesis.GenerationMode
    strategy = operation.as_strategy(generation_mode=modes.POSITIVE) | operation.as_strategy(
        generation_mode=modes.NEGATIVE
    )
    checks = [CHECKS.get_one(name) for name in CHECKED]

    @seed(1938)
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def send(request: Any) -> None:
        if request.meta.generation.mode == modes.POSITIVE:
            _make_real(request, case, person)
        # A wrong host is turned away before any address is asked.
        given = {name: it for name, it in dict(request.headers or {}).items() if name.lower() not in SET_HERE}
        request.headers = {**given, "Authorization": f"Token {hand.token}"}
        response = request.call_and_validate(checks=checks)
        seen.add(response.status_code)

    send()
    return seen


@pytest.mark.timeout(110)
def test_nothing_the_description_allows_or_forbids_breaks_the_server(
    hand: Hands, hanas_case: Done, hana: Person, served: Any, caplog: pytest.LogCaptureFixture
) -> None:
    do(hanas_case, "note", answers("note"))
    logging.getLogger("backend.api").setLevel(logging.ERROR)
    schema = schemathesis.openapi.from_wsgi("/api/schema/", served)
    operations = [found.ok() for found in schema.get_all_operations()]

    reached = {
        f"{operation.method} {operation.path}": _visit(
            hand("caseworker"), operation, str(hanas_case.case), str(hana.id), 12
        )
        for operation in operations
        if operation.path != "/api/schema/"
    }

    assert len(reached) > len(STABLE)
    assert not [record for record in caplog.records if "failure" in record.getMessage()]
    # All the way in: read, or refused by the form and not before. Only a file, a letter, a disclosure and
    # anything stuck are not there, and looks are the privacy officer's to read.
    assert [name for name, seen in reached.items() if not seen & {200, 422}] == [
        "get /api/cases/{id}/steps/{seq}/file/",
        "get /api/disclosures/{id}/",
        "post /api/disclosures/{id}/link/",
        "post /api/effects/{id}/{decision}/",
        "get /api/letters/{id}/",
        "get /api/letters/{id}/pdf/",
        "get /api/privacy/looks/",
    ]
