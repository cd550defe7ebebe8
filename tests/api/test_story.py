"""The story by HTTP alone: every one of the cast holds a token and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.demo.story import script
from backend.people.models import Person
from tests.api.conftest import EVERYBODY, Hand, problem

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]


@pytest.fixture
def story(hand: Hands, hana: Person) -> tuple[str, list[dict[str, Any]]]:
    """The case of the story carried to its end, and what was answered at each step."""
    first, *acts = script().acts
    body = {"workflow": script().workflow, "answers": first.answers, "person": str(hana.id), "area": "D01-1"}
    told = [hand(first.who).post("/api/cases/", body).json()]
    case = told[0]["case"]
    for act in acts:
        told.append(_taken(hand(act.who), case, act.action, dict(act.answers)))
    return case, told


def _taken(member: Hand, case: str, action: str, answers: dict[str, Any]) -> dict[str, Any]:
    """One action as a client takes it: look at the case, see the action offered, do it to what was seen."""
    seen = member.get(f"/api/cases/{case}/")
    assert seen.status_code == 200, (action, seen.content.decode())
    offered = {
        offer["action"]: offer for offer in member.get(f"/api/cases/{case}/actions/").json()["actions"]
    }
    assert offered[action]["possible"], offered[action]
    response = member.post(offered[action]["url"], {"answers": answers}, if_match=seen["ETag"])
    assert response.status_code == 200, (action, response.content.decode())
    return dict(response.json())


def test_one_referral_goes_from_detection_to_closure_by_http_alone(
    hand: Hands, story: tuple[str, list[dict[str, Any]]]
) -> None:
    case, told = story

    assert [done["to"] for done in told] == [f"referral.{act.state}" for act in script().acts]
    assert all(done["rules"] for done in told)
    closed = hand("caseworker").get(f"/api/cases/{case}/").json()
    assert (closed["state"]["name"], closed["open"], closed["revision"]) == (
        "referral.closed",
        False,
        len(told),
    )
    steps = hand("caseworker").get(f"/api/cases/{case}/steps/?limit=100").json()["results"]
    assert [step["action"].rpartition(".")[2] for step in steps] == [act.action for act in script().acts]


def test_after_all_of_it_only_the_office_finds_the_case_and_the_outsider_nothing_at_all(
    hand: Hands, story: tuple[str, list[dict[str, Any]]]
) -> None:
    case, _ = story

    seen_by = {who for who in EVERYBODY if hand(who).get(f"/api/cases/{case}/").status_code == 200}

    assert seen_by == {"caseworker", "supervisor", "privacy"}
    for path in ("", "actions/", "steps/"):
        assert problem(hand("outsider").get(f"/api/cases/{case}/{path}"))["code"] == "not_found"
    for path in ("/api/cases/", "/api/persons/", "/api/letters/"):
        assert hand("outsider").get(path).json()["results"] == []
