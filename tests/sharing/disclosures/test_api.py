"""Disclosures over the API: preview, request, read, link."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.cases.actions import Done
from backend.cases.decisionlog import DecisionLog
from backend.cases.models import Case
from backend.people.models import User
from tests.sharing.disclosures.conftest import CANARY, request_of

pytestmark = pytest.mark.django_db


def api(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def post(username: str, path: str, answers: dict[str, Any], key: str = "") -> Any:
    return api(username).post(
        path,
        {"answers": answers},
        content_type="application/json",
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def test_a_preview_rules_on_everything_and_writes_nothing(agreed: Done) -> None:
    before = DecisionLog.objects.count()

    found = post("caseworker", "/api/disclosures/preview/", request_of(agreed)).json()

    outcomes = {row["category"]: row["outcome"] for row in found["rows"]}
    assert (outcomes["identity"], outcomes["reporter_identity"]) == ("allow", "deny")
    assert DecisionLog.objects.count() == before
    assert CANARY not in str(found)


def test_a_preview_costs_the_same_for_one_category_and_for_many(agreed: Done) -> None:
    def queries(categories: list[str]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            post("caseworker", "/api/disclosures/preview/", request_of(agreed, categories=categories))
        return sum("session" not in query["sql"] for query in found.captured_queries)

    queries(["identity"])
    assert queries(["identity"]) == queries(["identity", "contact", "area", "living_status", "health"])


def test_the_nearest_change_is_told_for_the_category_asked_about(agreed: Done) -> None:
    given = request_of(agreed, categories=["identity", "watch_flag"], purpose="grant_admin")

    found = post("caseworker", "/api/disclosures/preview/?nearest=watch_flag", given).json()

    told = {row["category"]: row["nearest"] for row in found["rows"]}
    assert told["watch_flag"]
    assert not told["identity"]


def test_a_request_that_may_leave_is_shared(agreed: Done) -> None:
    found = post("caseworker", "/api/disclosures/", request_of(agreed))

    assert found.status_code == 201
    shown = api("caseworker").get(found["Location"]).json()
    assert (shown["state"], shown["package"]["standing"]) == ("disclosure.shared", "open")


def test_a_repeated_request_is_done_once(agreed: Done) -> None:
    key = uuid4().hex
    first, second = (post("caseworker", "/api/disclosures/", request_of(agreed), key) for _ in range(2))

    assert first.json()["case"] == second.json()["case"]
    assert Case.objects.filter(workflow="disclosure").count() == 1


def test_what_may_not_leave_is_a_problem_that_says_why(agreed: Done) -> None:
    found = post("caseworker", "/api/disclosures/", request_of(agreed, categories=["finance"]))

    assert (found.status_code, found.json()["code"]) == (409, "cannot_leave")
    assert "収入" in found.json()["detail"]


def test_a_case_that_is_not_yours_is_told_like_one_that_does_not_exist(agreed: Done) -> None:
    given = request_of(agreed)
    found = post("csw", "/api/disclosures/preview/", given)
    absent = post("csw", "/api/disclosures/preview/", {**given, "source": str(uuid4())})

    assert (found.status_code, found.content) == (absent.status_code, absent.content)


def test_a_link_is_made_once_handed_over(shared: Done) -> None:
    found = api("caseworker").post(f"/api/disclosures/{shared.case}/link/", content_type="application/json")

    assert found.status_code == 201
    assert len(found.json()["code"]) == 8


@pytest.mark.parametrize("who", ["receiver", "outsider", "csw", "volunteer"])
def test_nobody_from_outside_finds_a_disclosure(shared: Done, who: str) -> None:
    client = api(who)

    assert client.get(f"/api/disclosures/{shared.case}/").status_code == 404
    assert client.get("/api/disclosures/").json()["results"] == []
