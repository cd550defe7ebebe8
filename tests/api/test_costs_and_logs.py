"""What a request costs, and what is written down of it."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from backend.cases import pinned
from backend.cases.actions import Done
from backend.people.models import Person
from tests.api.conftest import Hand, answers, do, problem

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]


def queries(hand: Hand, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert hand.get(path).status_code == 200
    return len(captured)


# Signing in by token is one statement, the member one; the rest is the page's own.
MOST = {
    "/api/cases/": 4,
    "/api/cases/{}/": 5,
    "/api/cases/{}/actions/": 4,
    "/api/cases/{}/steps/": 8,
    "/api/persons/": 4,
}


@pytest.mark.parametrize("path", MOST)
def test_what_a_page_costs_does_not_grow_with_what_is_on_it(
    hand: Hands, hana: Person, report: Callable[..., Done], path: str
) -> None:
    caseworker, case = hand("caseworker"), report(person=hana.id)
    caseworker.get(path.format(case.case))
    few = queries(caseworker, path.format(case.case))
    for _ in range(5):
        report(person=hana.id)
        case = do(case, "note", answers("note"))

    many = queries(caseworker, path.format(case.case))

    assert few == many <= MOST[path]


def test_no_personal_data_is_logged_whatever_goes_wrong(
    hand: Hands, hanas_case: Done, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    caseworker = hand("caseworker")
    caseworker.client.raise_request_exception = False

    def fail(*given: Any, **named: Any) -> None:
        raise RuntimeError(f"髙田 ハナ {given} {named}")

    caseworker.post("/api/persons/search/", {"text": "髙田 ハナ"})
    caseworker.post("/api/cases/", {"workflow": "referral", "answers": {"subject_name": "髙田 ハナ"}})
    caseworker.post("/api/cases/", '{"髙田": "ハナ"}'.encode())
    monkeypatch.setattr("backend.api.cases.actions.start", fail)
    response = caseworker.post(
        "/api/cases/", {"workflow": "referral", "answers": {"subject_name": "髙田 ハナ"}}
    )

    assert (response.status_code, problem(response)["code"]) == (500, "failed")
    written = " ".join(
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        if "sql" not in record.__dict__
    )
    assert "api failure: RuntimeError in Cases" in written
    assert "髙田" not in written
    assert "髙田" not in response.content.decode()


def test_a_database_that_does_not_answer_is_busy_and_says_when_to_come_back(
    hand: Hands, cast: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any, **named: Any) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("backend.api.cases.actions.start", fail)
    response = hand("caseworker").post("/api/cases/", {"workflow": "referral"})

    assert (response.status_code, problem(response)["code"]) == (503, "busy")
    assert response["Retry-After"] == "5"


def test_a_pinned_form_is_read_by_its_hash(hand: Hands, detected: Done) -> None:
    newest = hand("caseworker").get("/api/forms/triage/").json()
    assert newest["hash"] == pinned.newest("form", "triage")

    again = hand("caseworker").get(f"/api/forms/triage/?hash={newest['hash']}")

    assert again.json() == newest
    assert again["ETag"] == f'"{newest["hash"]}"'
    assert hand("caseworker").get(f"/api/forms/note/?hash={newest['hash']}").status_code == 404


def test_a_workflow_says_how_to_start_it_and_what_can_happen(hand: Hands, cast: None) -> None:
    listed = hand("volunteer").get("/api/workflows/", accept_language="en").json()
    found = next(one for one in listed if one["name"] == "referral")

    assert (found["name"], found["title"], found["start"]["form"]) == (
        "referral",
        "Referral",
        "detection_report",
    )
    assert found["start"]["possible"]
    assert {"referral.detected", "referral.closed"} <= {state["name"] for state in found["states"]}
    assert hand("volunteer").get("/api/workflows/referral/", accept_language="en").json() == found
