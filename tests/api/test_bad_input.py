"""Whatever is sent: a problem with a stable code, and nothing written."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.cases.actions import Done
from backend.cases.models import Case
from backend.people.models import SearchLog
from tests.api.conftest import Hand, answers, counts, problem

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]

POSTS = ("/api/cases/", "/api/cases/{case}/actions/triage/", "/api/persons/search/")
DEEP = b"[" * 100_000
UNREADABLE = {
    "a list": (b"[]", "application/json", (400, "invalid")),
    "a text": (b'"x"', "application/json", (400, "invalid")),
    "null": (b"null", "application/json", (400, "invalid")),
    "half a body": (b'{"answers": {', "application/json", (400, "unreadable")),
    "not UTF-8": (b'{"text": "\xff"}', "application/json", (400, "unreadable")),
    "UTF-16": ('{"text": "x"}'.encode("utf-16"), "application/json", (400, "unreadable")),
    "a NUL": (b'{"text": "a\\u0000b"}', "application/json", (400, "unreadable")),
    "half a character": (b'{"text": "\\ud83d"}', "application/json", (400, "unreadable")),
    "a key twice": (b'{"text": "a", "text": "b"}', "application/json", (400, "unreadable")),
    "a float": (b'{"revision": 1.0}', "application/json", (400, "unreadable")),
    "NaN": (b'{"revision": NaN}', "application/json", (400, "unreadable")),
    "100,000 brackets": (DEEP, "application/json", (400, "unreadable")),
    "a form": (b"text=x", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
    "XML": (b"<x/>", "application/xml", (415, "unsupported_media_type")),
    "3 MB": (b'{"text": "' + b"x" * 3_000_000 + b'"}', "application/json", (413, "too_large")),
    "an unknown field": (b'{"text": "x", "state": "x"}', "application/json", (400, "invalid")),
}  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", UNREADABLE)
def test_a_body_that_is_none_is_refused_and_nothing_is_written(
    hand: Hands, detected: Done, path: str, body: str
) -> None:
    data, media, expected = UNREADABLE[body]
    before = counts()

    response = hand("caseworker").post(path.format(case=detected.case), data, content_type=media)

    found = problem(response)
    assert (response.status_code, found["code"]) == expected
    assert counts() == before
    assert not SearchLog.objects.exists()


def test_json_that_is_wrong_is_told_with_its_line(hand: Hands, cast: None) -> None:
    response = hand("caseworker").post("/api/cases/", b'{\n "workflow": "referral",\n "workflow": 1}')

    assert problem(response)["line"] == 3


STARTS: dict[str, dict[str, Any]] = {
    "/workflow": {"workflow": 1},
    "/workflow, none such": {"workflow": "no_such"},
    "/workflow, a path": {"workflow": "../../etc/passwd"},
    "/workflow, too long": {"workflow": "x" * 61},
    "/workflow, missing": {},
    "/answers": {"workflow": "referral", "answers": []},
    "/answers, a text": {"workflow": "referral", "answers": "{}"},
    "/person": {"workflow": "referral", "person": "1"},
    "/person, a number": {"workflow": "referral", "person": 1},
    "/person, an object": {"workflow": "referral", "person": {}},
    "/person, nobody": {"workflow": "referral", "person": str(uuid4())},
    "/area": {"workflow": "referral", "area": 7},
    "/area, none such": {"workflow": "referral", "area": "D99"},
    "/number": {"workflow": "referral", "number": "R8-9999"},
    "/controller": {"workflow": "referral", "controller": "csw"},
    "/actor": {"workflow": "referral", "actor": str(uuid4())},
}  # fmt: skip


@pytest.mark.parametrize("place", STARTS)
def test_a_wrong_field_is_named(hand: Hands, cast: None, place: str) -> None:
    before = counts()

    response = hand("caseworker").post("/api/cases/", STARTS[place])

    found = problem(response)
    assert (response.status_code, found["code"]) == (400, "invalid")
    assert place.partition(",")[0] in [wrong["path"] for wrong in found["problems"]]
    assert counts() == before


@pytest.mark.parametrize("field", [field.attname for field in Case._meta.concrete_fields])
def test_no_column_of_a_case_can_be_set_from_outside(hand: Hands, detected: Done, field: str) -> None:
    before = counts()
    act = {"answers": answers("triage"), field: "x"} if field != "revision" else {"revision": "x"}

    started = hand("caseworker").post("/api/cases/", {"workflow": "referral", field: "x"})
    acted = hand("caseworker").post(f"/api/cases/{detected.case}/actions/triage/", act)
    answered = hand("caseworker").post(
        f"/api/cases/{detected.case}/actions/triage/", {"answers": answers("triage", **{field: "x"})}
    )

    assert {started.status_code, acted.status_code} <= {400, 422}
    assert answered.status_code == 422 or field in answers("triage")
    assert counts() == before


REVISIONS = [-1, 2**31, "1", True, [], {}, 1.5]


@pytest.mark.parametrize("revision", REVISIONS, ids=str)
def test_a_revision_is_a_whole_number(hand: Hands, detected: Done, revision: Any) -> None:
    before = counts()

    response = hand("caseworker").post(
        f"/api/cases/{detected.case}/actions/triage/", {"answers": answers("triage"), "revision": revision}
    )

    assert (response.status_code, problem(response)["code"]) in {(400, "invalid"), (400, "unreadable")}
    assert counts() == before


@pytest.mark.parametrize("tag", ["x", '"-1"', 'W/"1"', "٣", "1" * 10, '"1", "2"', '"2"'])
def test_a_tag_that_is_not_the_one_seen_stops_it(hand: Hands, detected: Done, tag: str) -> None:
    body, before = {"answers": answers("triage"), "revision": 1}, counts()

    response = hand("caseworker").post(f"/api/cases/{detected.case}/actions/triage/", body, if_match=tag)

    assert (response.status_code, problem(response)["code"]) == (400, "invalid")
    assert counts() == before


KEYS = ["", "short", "with space in it", "鍵鍵鍵鍵鍵鍵鍵鍵", "x" * 121]


@pytest.mark.parametrize("key", KEYS)
def test_a_change_needs_a_usable_key(hand: Hands, detected: Done, key: str) -> None:
    before = counts()
    headers = {"idempotency_key": key} if key else {}

    response = hand("caseworker").post(
        f"/api/cases/{detected.case}/actions/triage/", {"answers": answers("triage")}, key="", **headers
    )

    assert (response.status_code, problem(response)["code"]) == (400, "key_missing")
    assert counts() == before


def test_a_key_of_another_request_is_refused(hand: Hands, detected: Done) -> None:
    path = f"/api/cases/{detected.case}/actions/triage/"
    hand("caseworker").post(path, {"answers": answers("triage")}, key="the-same-key")
    before = counts()

    response = hand("caseworker").post(
        path, {"answers": answers("triage", reason="別の理由")}, key="the-same-key"
    )

    assert (response.status_code, problem(response)["code"]) == (422, "key_reused")
    assert counts() == before


def test_somebody_elses_key_is_not_mine(hand: Hands, detected: Done) -> None:
    path = f"/api/cases/{detected.case}/actions/note/"
    hand("caseworker").post(path, {"answers": answers("note")}, key="the-same-key")

    response = hand("supervisor").post(path, {"answers": answers("note")}, key="the-same-key")

    assert (response.status_code, response.json()["repeated"]) == (200, False)


NAMES = [
    "髙田\U000e0100 﨑",
    "𠮷野家",
    "👩‍👧",
    "ﾊﾅ",
    "が",
    "é",
    "<script>alert(1)</script>",
    "'; DROP TABLE",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_as_it_was_written(hand: Hands, cast: None, name: str) -> None:
    body = {"workflow": "referral", "answers": answers("detection_report", subject_name=name)}

    started = hand("caseworker").post("/api/cases/", body)

    assert started.status_code == 201
    steps = hand("supervisor").get(f"/api/cases/{started.json()['case']}/steps/").json()["results"]
    assert steps[0]["answers"]["subject_name"] == name


def test_a_name_that_would_be_read_backwards_is_refused(hand: Hands, cast: None) -> None:
    body = {"workflow": "referral", "answers": answers("detection_report", subject_name="\u202eナハ")}

    response = hand("caseworker").post("/api/cases/", body)

    assert (response.status_code, problem(response)["problems"][0]["path"]) == (422, "/subject_name")


def test_a_text_of_a_megabyte_is_too_long_for_any_question(hand: Hands, cast: None) -> None:
    before = counts()
    body = {"workflow": "referral", "answers": answers("detection_report", facts_seen="x" * 1_000_000)}

    response = hand("caseworker").post("/api/cases/", body)

    assert (response.status_code, problem(response)["code"]) == (422, "answers_wrong")
    assert counts() == before


ADDRESSES = [
    "/api/", "/api/cases", "/api/nothing/", "/api/cases/1/", "/api/cases/%00/", "/api/cases/😀/actions/",
    "/api/cases/{case}/steps/1/file/", "/api/cases/{case}/steps/x/file/", "/api/cases/{case}/steps/٣/file/",
    "/api/cases/{case}/nothing/", "/api/persons/1/", "/api/persons/{case}/", "/api/workflows/none/",
    "/api/forms/none/", "/api/forms/%00/", "/api/forms/triage/?hash=x", "/api/forms/triage/?hash=" + "0" * 64,
]  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_address_of_nothing_is_not_found(hand: Hands, detected: Done, path: str) -> None:
    response = hand("caseworker").get(path.format(case=detected.case))

    assert response.status_code == 404
    assert problem(response)["code"] in {"not_found", "not_published"}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/cases/", "/api/cases/{case}/", "/api/cases/{case}/actions/triage/"])
def test_a_case_is_changed_by_actions_only(hand: Hands, detected: Done, method: str, path: str) -> None:
    before, client = counts(), hand("caseworker")
    send = getattr(client.client, method)

    response = send(
        path.format(case=detected.case),
        json.dumps({"state": "referral.closed"}),
        content_type="application/json",
        headers={"Authorization": f"Token {client.token}"},
    )

    assert (response.status_code, problem(response)["code"]) == (405, "method_not_allowed")
    assert counts() == before
