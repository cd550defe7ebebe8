"""Whatever is sent, a page answers with a reason, and nothing is written."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.cases.models import Case, Step
from tests.pages.conftest import answers, post_of

pytestmark = pytest.mark.django_db

ODD = ("\x00", "a\x00b", "𠮷\U000e0100", "😀", "x" * 100_000, "%s%(x)s{{7*7}}", "\u202eabc", "-1", "٣")


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_text_in_any_place_of_a_form_is_answered(browser, detected, odd):
    client, path = browser("caseworker"), f"/cases/{detected.case}/do/triage/"
    given = post_of(answers("triage"), revision=1)

    for name in ("_key", "_revision", "_step", "urgency", "imminent", "checked_with", "csrfmiddlewaretoken"):
        assert client.post(path, {**given, "_key": uuid4().hex, name: odd}).status_code in (
            302,
            400,
            409,
            422,
        )


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_words_find_nobody(browser, cast, odd):
    assert browser("caseworker").post("/persons/", {"q": odd}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "?before=99999999999999999999",
        "?before=x",
        "do/correct/?step=99999999999999999999",
        "do/correct/?step=x",
        "do/correct/",
        "files/99999999999999999999/",
        "files/1/",
    ],
)
def test_odd_addresses_of_a_case_are_answered(browser, detected, path):
    assert browser("caseworker").get(f"/cases/{detected.case}/{path}").status_code in (200, 404)


def test_somebody_elses_ids_and_unknown_fields_write_nothing(browser, detected):
    client = browser("caseworker")

    nul = client.post("/cases/new/referral/", post_of(answers("detection_report", since="a\x00b")))
    person = client.post(
        "/cases/new/referral/", post_of(answers("detection_report")) | {"_person": str(uuid4())}
    )
    odd = client.post("/cases/new/referral/", post_of(answers("detection_report")) | {"_person": "x\x00"})
    client.post(
        f"/cases/{detected.case}/do/note/", post_of(answers("note"), revision=1) | {"state": "closed"}
    )

    assert (nul.status_code, person.status_code, odd.status_code) == (422, 404, 404)
    assert Case.objects.count() == 1
    assert Case.objects.get().state == "referral.detected"


def test_a_file_without_title_and_a_title_without_file_are_named(browser, detected):
    client, path = browser("caseworker"), f"/cases/{detected.case}/do/attach/"
    given = {"_key": uuid4().hex, "_revision": 1}

    no_title = client.post(path, {**given, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")})
    no_file = client.post(path, {**given, "title": "写真"})

    assert (no_title.status_code, no_file.status_code) == (422, 422)
    assert 'href="#f-title"' in no_title.content.decode()
    assert 'href="#f-file"' in no_file.content.decode()
    assert 'value="写真"' in no_file.content.decode()


def test_an_odd_title_of_a_file_is_answered(browser, detected):
    given = {"_key": uuid4().hex, "_revision": 1, "title": "a\x00b", "category": "no_such"}

    page = browser("caseworker").post(
        f"/cases/{detected.case}/do/attach/", {**given, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}
    )

    assert page.status_code == 422
    assert Step.objects.filter(case=detected.case).count() == 1


def test_a_case_can_only_be_changed_by_sending_a_page(browser, detected):
    client = browser("caseworker")

    assert client.get(f"/cases/{detected.case}/do/note/live/").status_code == 405
    assert client.put(f"/cases/{detected.case}/do/note/").status_code == 405
    assert client.get("/signout/").status_code == 405
