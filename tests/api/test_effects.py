"""What got stuck, by the API."""

import pytest

from backend.cases.mended import Mended
from backend.cases.models import Case, Effect, Notice
from backend.demo.cast import member_id
from tests.api.conftest import problem
from tests.operations import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def stuck(detected) -> Effect:
    """A notice that failed for good, in the caseworker's case."""
    Case.objects.filter(id=detected.case).update(assignee=member_id("caseworker"))
    case = Case.objects.get(id=detected.case)
    return office.effect("notice", "supervisor", of=case, ordinal=9, state="dead", last_error="ValueError")


def test_those_who_decide_read_what_why_and_what_helps(stuck, hand):
    [row] = hand("supervisor").get("/api/effects/").json()["results"]

    assert (row["id"], row["kind"], row["state"]) == (stuck.id, "notice", "dead")
    assert row["title"] == "お知らせ"
    assert "ValueError" in row["why"]
    assert row["case"]["number"] == stuck.case.number
    assert hand("receiver").get("/api/effects/").json()["results"] == []


def test_a_decision_is_kept_and_the_second_one_is_a_conflict(stuck, hand):
    first = hand("supervisor").post(f"/api/effects/{stuck.id}/skip/", {"reason": "口頭で伝えた"})
    second = hand("caseworker").post(f"/api/effects/{stuck.id}/retry/")

    assert (first.status_code, first.json()["state"]) == (200, "skipped")
    assert problem(second)["code"] == "conflict"
    assert Mended.objects.get().by_id == member_id("supervisor")


def test_somebody_else_is_told(stuck, hand):
    body = {"reason": "休み", "to": str(member_id("supervisor"))}

    assert hand("caseworker").post(f"/api/effects/{stuck.id}/reassign/", body).status_code == 200

    assert Notice.objects.filter(member=member_id("supervisor"), key__startswith="instead/").exists()


@pytest.mark.parametrize(
    ("who", "address", "body", "status", "code"),
    [
        ("supervisor", "{id}/skip/", {}, 409, "not_possible"),
        ("supervisor", "{id}/reassign/", {"reason": "休み"}, 409, "not_possible"),
        ("supervisor", "{id}/burn/", {}, 404, "not_found"),
        ("supervisor", "x/retry/", {}, 404, "not_found"),
        ("supervisor", "999999999/retry/", {}, 404, "not_found"),
        ("outsider", "{id}/retry/", {}, 404, "not_found"),
        ("supervisor", "{id}/skip/", {"reason": 3}, 400, "invalid"),
        ("supervisor", "{id}/skip/", {"why": "x"}, 400, "invalid"),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(stuck, hand, who, address, body, status, code):
    answer = hand(who).post(f"/api/effects/{address.format(id=stuck.id)}", body)

    found = problem(answer)
    assert (answer.status_code, found["code"]) == (status, code)
    stuck.refresh_from_db()
    assert stuck.state == "dead"
