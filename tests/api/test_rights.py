"""URL × role, both ways: who may see a case sees it at every address of it, everybody else finds nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from backend.cases.actions import Done
from backend.cases.generic import GENERIC
from backend.cases.looks import Look
from backend.cases.models import Case
from backend.catalogue import loading
from backend.demo.cast import member_id
from backend.people.models import Member, Person, User
from tests.api.conftest import EVERYBODY, Hand, answers, counts, do, problem

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]

OFFICE = {"caseworker", "supervisor", "privacy"}
CONSENTED = {"consent": "given"}
# What is changed of a case of the city that was just detected, and who may then see it.
SITUATIONS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "just detected": ({}, OFFICE),
    "watched by the commissioner of the area": (
        {"watchers": ["commissioner"], "facts": CONSENTED},
        {*OFFICE, "commissioner"},
    ),
    "watched by the volunteer of the area": (
        {"watchers": ["volunteer"], "facts": CONSENTED},
        {*OFFICE, "volunteer"},
    ),
    "watched by a commissioner of another area": ({"watchers": ["outsider"], "facts": CONSENTED}, OFFICE),
    "assigned to the council of social welfare": ({"assignee_id": "csw"}, {*OFFICE, "csw"}),
    "referred to the center": (
        {
            "receiver_id": "center-nakahama",
            "kind": "theirs",
            "state": "referral.referred",
            "facts": CONSENTED,
        },
        {*OFFICE, "receiver"},
    ),
    "a case of the council of social welfare": ({"controller": "csw", "reporter_id": None}, {"csw"}),
}
GETS = ("/api/cases/{}/", "/api/cases/{}/actions/", "/api/cases/{}/steps/")


@pytest.fixture
def put(hanas_case: Done) -> Callable[[dict[str, Any]], str]:
    """Put the case into a situation; the names of the cast stand for their ids."""

    def into(changed: dict[str, Any]) -> str:
        values = dict(changed)
        if "watchers" in values:
            values["watchers"] = [str(member_id(name)) for name in values["watchers"]]
        if "assignee_id" in values:
            values["assignee_id"] = member_id(values["assignee_id"])
        Case.objects.filter(pk=hanas_case.case).update(**values)
        return str(hanas_case.case)

    return into


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("who", EVERYBODY)
def test_whoever_may_see_a_case_finds_it_everywhere_and_nobody_else(
    hand: Hands, put: Callable[[dict[str, Any]], str], situation: str, who: str
) -> None:
    changed, seen_by = SITUATIONS[situation]
    case, person = put(changed), hand(who)

    found = {path: person.get(path.format(case)).status_code for path in GETS}
    listed = [row["id"] for row in person.get("/api/cases/").json()["results"]]

    assert set(found.values()) == ({200} if who in seen_by else {404})
    assert listed == ([case] if who in seen_by else [])


def test_the_outsider_finds_nothing_at_any_address(hand: Hands, hanas_case: Done, hana: Person) -> None:
    do(hanas_case, "attach", {"title": "写真", "content": PNG})
    outsider, before = hand("outsider"), counts()
    absent = problem(outsider.get(f"/api/cases/{uuid4()}/"))
    paths = [*(path.format(hanas_case.case) for path in GETS), f"/api/cases/{hanas_case.case}/steps/2/file/"]
    paths += [f"/api/persons/{hana.id}/"]

    answers_ = [problem(outsider.get(path)) for path in paths]

    assert answers_ == [absent] * len(paths)
    for path in ("/api/cases/", "/api/persons/"):
        assert outsider.get(path).json()["results"] == []
    assert counts() == before
    assert not Look.objects.exists()


def test_the_outsider_can_do_nothing_and_is_not_told_whether_it_is_there(
    hand: Hands, hanas_case: Done
) -> None:
    outsider, before = hand("outsider"), counts()
    names = [*loading.use().workflows["referral"].actions, *GENERIC, "no_such_action"]
    names.remove("break_glass")  # open to every commissioner, and it asks for the reason first

    for name in names:
        there = outsider.post(f"/api/cases/{hanas_case.case}/actions/{name}/", {"answers": {}})
        absent = outsider.post(f"/api/cases/{uuid4()}/actions/{name}/", {"answers": {}})
        assert there.status_code == 404
        assert problem(there) == problem(absent)
    assert counts() == before


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def test_an_attached_file_comes_to_be_saved_and_never_to_be_shown(hand: Hands, hanas_case: Done) -> None:
    do(hanas_case, "attach", {"title": "写真", "content": PNG})
    step = hand("caseworker").get(f"/api/cases/{hanas_case.case}/steps/").json()["results"][1]

    response = hand("caseworker").get(step["attachment"]["url"])

    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in response["Content-Security-Policy"]


EVERY_GET = ("/api/cases/", "/api/workflows/", "/api/forms/triage/", "/api/persons/", "/api/cases/x/")


@pytest.mark.parametrize("path", EVERY_GET)
def test_without_a_token_nothing_is_answered(hand: Hands, detected: Done, path: str) -> None:
    response = hand("").get(path)

    assert (response.status_code, problem(response)["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("token", ["x", "髙".encode().decode("latin-1"), "a b", "0" * 5000])
def test_a_wrong_token_opens_nothing(hand: Hands, cast: None, token: str) -> None:
    response = Hand(token).get("/api/cases/")

    assert (response.status_code, problem(response)["code"]) == (401, "authentication_failed")


def test_once_the_term_is_over_the_token_opens_nothing(hand: Hands, detected: Done) -> None:
    assert hand("caseworker").get("/api/cases/").status_code == 200
    Member.objects.filter(pk=member_id("caseworker")).update(valid_until=date(2025, 12, 31))

    response = hand("caseworker").get("/api/cases/")

    assert (response.status_code, problem(response)["code"]) == (403, "no_member")


def test_a_closed_account_makes_its_token_useless_at_once(hand: Hands, cast: None) -> None:
    assert hand("caseworker").get("/api/cases/").status_code == 200
    User.objects.filter(username="caseworker").update(is_active=False)

    response = hand("caseworker").get("/api/cases/")

    assert (response.status_code, problem(response)["code"]) == (401, "authentication_failed")


def test_wrong_tokens_are_told_to_wait_and_a_right_one_is_not_kept_out(hand: Hands, cast: None) -> None:
    answers = [Hand("guess").get("/api/cases/", accept_language="en") for _ in range(12)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert (problem(answers[-1])["code"], answers[-1]["Retry-After"]) == ("throttled", "1")
    assert problem(answers[-1])["detail"] == "Too many wrong tokens. Wait 1 seconds."
    assert hand("caseworker").get("/api/cases/").status_code == 200


def test_the_end_of_a_term_ends_the_session_at_the_api_too(cast: None) -> None:
    browser = Client()
    browser.force_login(User.objects.get(username="caseworker"))
    assert browser.get("/api/cases/").status_code == 200
    Member.objects.filter(pk=member_id("caseworker")).update(valid_until=date(2025, 12, 31))

    assert browser.get("/api/cases/").status_code == 403
    assert browser.get("/api/cases/").status_code == 401


def test_nobody_acts_as_somebody_else(hand: Hands, detected: Done) -> None:
    for other in (str(member_id("supervisor")), str(uuid4()), "x", "\\0"):
        response = hand("outsider").get("/api/cases/", tsunagu_member=other)
        assert (response.status_code, problem(response)["code"]) == (403, "not_your_member")

    own = hand("caseworker").get("/api/cases/", tsunagu_member=str(member_id("caseworker")))
    assert own.status_code == 200


def test_a_session_needs_the_token_against_forgery(cast: None) -> None:
    from django.test import Client

    from backend.people.models import User

    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="caseworker"))

    reading = client.get("/api/cases/")
    writing = client.post("/api/cases/", b"{}", content_type="application/json")

    assert reading.status_code == 200
    assert (writing.status_code, problem(writing)["code"]) == (403, "forbidden")


def test_a_case_cannot_be_begun_about_a_person_one_may_not_see(hand: Hands, hana: Person) -> None:
    before = counts()
    body = {"workflow": "referral", "answers": answers("detection_report")}

    there = hand("outsider").post("/api/cases/", {**body, "person": str(hana.id)})
    absent = hand("outsider").post("/api/cases/", {**body, "person": str(uuid4())})

    assert there.status_code == 400
    assert problem(there) == problem(absent)
    assert counts() == before


def test_a_receiver_sees_only_the_categories_it_was_given(
    hand: Hands, put: Callable[[dict[str, Any]], str]
) -> None:
    case = put(SITUATIONS["referred to the center"][0])

    detail = hand("receiver").get(f"/api/cases/{case}/").json()
    step = hand("receiver").get(f"/api/cases/{case}/steps/").json()["results"][0]

    form = loading.use().forms["detection_report"]
    assert {form.by_name[name].category for name in step["answers"]} <= set(detail["categories"])
    assert "reporter_identity" not in detail["categories"]
    assert detail["withheld"]
    assert detail["withheld_because"]
    assert (step["withheld"], step["actor"]) == (True, None)
    assert "村上 武" not in str(step)


def test_the_area_of_a_protected_person_is_not_told_through_the_filter(
    hand: Hands, put: Callable[[dict[str, Any]], str]
) -> None:
    case = put({**SITUATIONS["referred to the center"][0], "protected": True})
    receiver = hand("receiver")
    assert [row["area"] for row in receiver.get("/api/cases/").json()["results"]] == [None]

    found = receiver.get("/api/cases/?area=D01-1").json()["results"]

    assert found == []
    assert "D01" not in receiver.get(f"/api/cases/{case}/").content.decode()


def test_every_look_leaves_exactly_one_row(hand: Hands, hanas_case: Done, hana: Person) -> None:
    caseworker = hand("caseworker")

    caseworker.get(f"/api/cases/{hanas_case.case}/")
    caseworker.get(f"/api/cases/{hanas_case.case}/steps/")
    caseworker.get(f"/api/persons/{hana.id}/")

    looks = list(Look.objects.order_by("id").values_list("member_id", "kind", "person_id", "how"))
    me = member_id("caseworker")
    assert looks == [(me, "case", hana.id, "api")] * 2 + [(me, "person", hana.id, "api")]
