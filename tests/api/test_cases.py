"""The main job over HTTP: start, read, act, look back."""

from collections.abc import Callable

import pytest
from django.utils.dateparse import parse_datetime

from backend.cases.actions import Done
from backend.cases.models import Case, Step
from backend.people.models import Person
from tests.api.conftest import Hand, answers, counts, do, problem

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]


def test_a_report_starts_a_case_and_says_where_it_is(hand: Hands, hana: Person) -> None:
    body = {"workflow": "referral", "answers": answers("detection_report"), "person": str(hana.id)}

    response = hand("caseworker").post("/api/cases/", body)

    assert response.status_code == 201
    done = response.json()
    assert response["Location"] == f"/api/cases/{done['case']}/"
    assert (done["from"], done["to"], done["revision"]) == (None, "referral.detected", 1)
    assert done["rules"] == ["report-anyone"] or done["rules"]
    assert Case.objects.get().person == hana


def test_an_action_moves_the_case_and_gives_the_next_etag(hand: Hands, detected: Done) -> None:
    response = hand("caseworker").post(
        f"/api/cases/{detected.case}/actions/triage/", {"answers": answers("triage")}, if_match='"1"'
    )

    assert response.status_code == 200
    assert response["ETag"] == '"2"'
    assert (response.json()["from"], response.json()["to"]) == ("referral.detected", "referral.triaged")
    assert Case.objects.get().revision == 2


def test_the_same_key_does_it_once_and_answers_the_same(hand: Hands, detected: Done) -> None:
    path, body = f"/api/cases/{detected.case}/actions/triage/", {"answers": answers("triage"), "revision": 1}
    first = hand("caseworker").post(path, body, key="the-same-key")
    before = counts()

    again = hand("caseworker").post(path, body, key="the-same-key")

    assert again.status_code == 200
    assert again.json() == {**first.json(), "repeated": True}
    assert counts() == before


def test_starting_twice_with_one_key_makes_one_case(hand: Hands) -> None:
    body = {"workflow": "referral", "answers": answers("detection_report")}
    first = hand("volunteer").post("/api/cases/", body, key="the-same-key")

    again = hand("volunteer").post("/api/cases/", body, key="the-same-key")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "repeated": True}
    assert Case.objects.count() == 1


def test_a_case_is_read_with_what_the_member_may_see_of_it(hand: Hands, hanas_case: Done) -> None:
    response = hand("caseworker").get(f"/api/cases/{hanas_case.case}/")

    assert response.status_code == 200
    case = response.json()
    assert response["ETag"] == '"1"'
    assert response["Cache-Control"] == "private, no-store"
    assert case["person"]["name"] == "髙田 ハナ"
    assert case["state"] == {"name": "referral.detected", "title": "気づき受付", "kind": "new"}
    assert parse_datetime(case["due_at"]) == Case.objects.get().due_at


def test_words_come_in_the_language_asked_for(hand: Hands, detected: Done) -> None:
    response = hand("caseworker").get(f"/api/cases/{detected.case}/", accept_language="en")

    assert response.json()["state"]["title"] == "Detected"


def test_the_history_holds_every_step_with_its_answers(hand: Hands, detected: Done) -> None:
    do(detected, "triage", answers("triage"))

    steps = hand("caseworker").get(f"/api/cases/{detected.case}/steps/").json()["results"]

    assert [step["action"] for step in steps] == ["referral.report", "referral.triage"]
    assert steps[1]["answers"] == answers("triage")
    assert steps[1]["actor"]["name"] == "佐藤 直子"
    assert steps[1]["hash"] == bytes(Step.objects.get(seq=2).hash).hex()


def test_a_corrected_step_shows_what_holds_now(hand: Hands, detected: Done) -> None:
    path = f"/api/cases/{detected.case}/actions/correct/"
    right = answers("detection_report", landmark="赤い屋根の家")
    assert hand("caseworker").post(path, {"answers": {"step": 1, "answers": right}}).status_code == 200

    first, second = hand("caseworker").get(f"/api/cases/{detected.case}/steps/").json()["results"]

    assert (first["answers"]["landmark"], first["corrected_by"]) == ("赤い屋根の家", 2)
    assert (second["corrects"], second["answers"]) == (1, None)


def test_the_history_pages_by_cursor(hand: Hands, detected: Done) -> None:
    before = detected
    for _ in range(4):
        before = do(before, "note", answers("note"))

    first = hand("caseworker").get(f"/api/cases/{detected.case}/steps/?limit=3").json()
    rest = hand("caseworker").get(first["next"]).json()

    assert [step["seq"] for step in first["results"]] == [1, 2, 3]
    assert [step["seq"] for step in rest["results"]] == [4, 5]
    assert rest["next"] is None


def test_what_may_be_done_is_listed_first_and_the_rest_says_why_not(hand: Hands, detected: Done) -> None:
    actions = hand("caseworker").get(f"/api/cases/{detected.case}/actions/").json()["actions"]

    by_name = {action["action"]: action for action in actions}
    assert by_name["triage"]["possible"]
    assert by_name["triage"]["form"] == "triage"
    assert by_name["close"]["obstacle"] == "state"
    assert by_name["close"]["why"]
    assert by_name["resume"]["obstacle"] == "state"
    assert [action["possible"] for action in actions] == sorted(
        (action["possible"] for action in actions), reverse=True
    )


def test_a_refused_action_says_what_would_make_it_possible(hand: Hands, detected: Done) -> None:
    actions = hand("privacy").get(f"/api/cases/{detected.case}/actions/").json()["actions"]

    triage = next(action for action in actions if action["action"] == "triage")
    assert (triage["possible"], triage["obstacle"]) == (False, "refused")
    assert triage["reasons"][0]["text"]
    assert triage["help"]


@pytest.mark.parametrize("held", [False, True], ids=["running", "on hold"])
def test_what_is_offered_is_what_the_door_allows(hand: Hands, detected: Done, held: bool) -> None:
    """Every action, without answers: the door refuses as the list said, or asks for the answers.

    The door asks who may before it asks whether it is possible, so an action of another state may be both.
    """
    told = {
        None: {"answers_wrong", "not_possible"},
        "guard": {"answers_wrong", "not_possible"},
        "held": {"answers_wrong", "not_possible"},
        "state": {"refused", "not_possible"},
        "refused": {"refused"},
    }
    if held:
        do(detected, "hold", answers("hold"))
    for by in ("caseworker", "privacy"):
        offered = hand(by).get(f"/api/cases/{detected.case}/actions/").json()["actions"]
        # A possible `resume` asks nothing: it would be done.
        for action in [found for found in offered if found["action"] != "resume" or not found["possible"]]:
            response = hand(by).post(action["url"], {"answers": {}})
            assert problem(response)["code"] in told[action["obstacle"]], (by, action["action"])


def test_a_refusal_names_its_reasons_and_what_would_help(hand: Hands, detected: Done) -> None:
    response = hand("privacy").post(
        f"/api/cases/{detected.case}/actions/triage/", {"answers": answers("triage")}, accept_language="en"
    )

    body = problem(response)
    assert (response.status_code, body["code"]) == (403, "refused")
    assert body["reasons"][0]["text"]
    assert body["help"]


def test_a_stale_revision_is_a_conflict_that_says_the_present_one(hand: Hands, detected: Done) -> None:
    do(detected, "note", answers("note"))
    before = counts()

    response = hand("caseworker").post(
        f"/api/cases/{detected.case}/actions/note/", {"answers": answers("note"), "revision": 1}
    )

    body = problem(response)
    assert (response.status_code, body["code"], body["revision"]) == (409, "conflict", 2)
    assert counts() == before


def test_wrong_answers_are_named_one_by_one(hand: Hands, detected: Done) -> None:
    before = counts()

    response = hand("caseworker").post(
        f"/api/cases/{detected.case}/actions/triage/", {"answers": {"urgency": "E", "nonsense": 1}}
    )

    body = problem(response)
    assert (response.status_code, body["code"]) == (422, "answers_wrong")
    assert {"/urgency", "/nonsense", "/reason"} <= {found["path"] for found in body["problems"]}
    assert all(found["message"] and found["code"] for found in body["problems"])
    assert counts() == before
