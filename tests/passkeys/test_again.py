"""Before what matters most, whoever signed in a while ago shows again that it is they."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases.models import Case
from backend.demo.cast import password
from backend.passkeys.models import Event
from tests.pages.conftest import post_of
from tests.passkeys.authenticator import Authenticator
from tests.sharing.disclosures.conftest import (  # noqa: F401 - fixtures
    agreed,
    answers,
    ask,
    asked,
    resident,
    seen_hash,
    source,
)

pytestmark = pytest.mark.django_db
ON = "ご本人ですか"


@pytest.fixture
def later(terminal, clock) -> Callable[..., object]:
    """A desk at which somebody signed in, and some minutes have gone by."""
    now = timezone.now()
    clock(now)

    def at(name="supervisor", minutes=11, key=None):
        desk = terminal()
        desk.by_password(name)
        if key is not None:
            desk.prove(name)
            desk.add(key)
        clock(now + timedelta(minutes=minutes))
        return desk

    return at


def carried(page) -> dict[str, list[str]]:
    """What the question carries through, as a browser would send it."""
    main = page.content.decode().partition("<main")[2]
    form = main.partition("<form")[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def decision(disclosure):
    return {
        "_key": uuid4().hex,
        "decision": "approve",
        "content_hash": seen_hash(disclosure),
        "note": '"改行\n<と>記号"',
        "categories": ["identity", "contact"],
    }


def test_an_approval_is_asked_about_and_goes_on_with_what_was_posted(later, asked):  # noqa: F811
    desk, given = later(), decision(asked)

    page = desk.post(f"/approvals/{asked.case}/", given)
    kept = carried(page)
    waits = Case.objects.get(pk=asked.case).state
    done = desk.post(f"/approvals/{asked.case}/", {**kept, "_password": password("supervisor")})

    assert (page.status_code, waits) == (403, "disclosure.requested")
    assert ON in page.content.decode()
    assert kept == {name: value if isinstance(value, list) else [value] for name, value in given.items()}
    assert (done.status_code, Case.objects.get(pk=asked.case).state) == (302, "disclosure.approved")


def test_a_wrong_password_asks_again_and_still_loses_nothing(later, asked):  # noqa: F811
    desk, given = later(), decision(asked)

    page = desk.post(f"/approvals/{asked.case}/", {**given, "_password": "guess"})

    assert page.status_code == 422
    assert carried(page)["content_hash"] == [given["content_hash"]]
    assert "guess" not in page.content.decode()
    assert Case.objects.get(pk=asked.case).state == "disclosure.requested"


def test_a_passkey_shows_it_as_well(later, asked):  # noqa: F811
    key = Authenticator()
    desk = later(key=key)
    desk.post(f"/approvals/{asked.case}/", decision(asked))
    key.counter += 1
    answer = key.get(desk.post("/keys/begin/prove/").json())

    done = desk.post(f"/approvals/{asked.case}/", {**decision(asked), "_credential": answer})

    assert (done.status_code, Case.objects.get(pk=asked.case).state) == (302, "disclosure.approved")
    assert Event.objects.order_by("-id").first().kind == "proved"


def test_once_shown_the_next_minutes_are_not_asked_about(later, asked):  # noqa: F811
    desk = later()
    desk.post("/signin/again/", {"_password": password("supervisor"), "next": "/"})

    assert desk.post(f"/approvals/{asked.case}/", decision(asked)).status_code == 302


@pytest.mark.parametrize(("minutes", "status"), [(10, 302), (11, 403)])
def test_within_the_minutes_nobody_is_asked(later, asked, minutes, status):  # noqa: F811
    assert later(minutes=minutes).post(f"/approvals/{asked.case}/", decision(asked)).status_code == status


def test_the_office_says_how_many_minutes(later, asked, settings):  # noqa: F811
    settings.FRESH_MINUTES = 60
    assert later().post(f"/approvals/{asked.case}/", decision(asked)).status_code == 302


def test_an_office_that_asks_for_none_asks_nobody(later, asked, settings):  # noqa: F811
    settings.FRESH_MINUTES = 0
    assert later().post(f"/approvals/{asked.case}/", decision(asked)).status_code == 302


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("supervisor", "/approvals/together/"),
        ("supervisor", "/approvals/{case}/"),
        ("supervisor", "/cases/{case}/do/approve/"),
        ("supervisor", "/cases/{case}/do/approve_with_conditions/"),
        ("caseworker", "/glass/"),
        ("caseworker", "/cases/{source}/do/break_glass/"),
    ],
)
def test_every_way_to_it_is_asked_about(later, asked, source, name, path):  # noqa: F811
    given = post_of(answers("break_glass"), revision=1)

    page = later(name).post(path.format(case=asked.case, source=source.case), given)

    assert page.status_code == 403
    assert ON in page.content.decode()
    assert carried(page)["_key"] == [given["_key"]]


@pytest.mark.parametrize("name", ["note", "refuse", "send_back"])
def test_what_weighs_less_is_not(later, asked, name):  # noqa: F811
    page = later().post(f"/cases/{asked.case}/do/{name}/", post_of(answers("note"), revision=1))

    assert ON not in page.content.decode()


@pytest.mark.parametrize(
    ("name", "path"),
    [("supervisor", "/board/files/workers.csv?year=2026"), ("privacy", "/privacy/provisions.csv?year=2026")],
)
def test_a_file_of_persons_is_asked_about_and_then_comes(later, name, path):
    desk = later(name)

    page = desk.get(path)
    gone = desk.post("/signin/again/", {**carried(page), "_password": password(name)})
    file = desk.get(gone["Location"])

    assert (page.status_code, carried(page)) == (403, {"next": [path]})
    assert gone["Location"] == path
    assert file["Content-Type"].startswith("text/csv")


def test_the_question_never_leads_out_of_the_office(later):
    given = {"_password": password("supervisor"), "next": "https://evil.example/"}

    assert later().post("/signin/again/", given)["Location"] == "/"


def test_the_api_asks_a_session_to_sign_in_again_and_asks_no_token(later, asked):  # noqa: F811
    desk = later()
    sent = {"data": json.dumps({"answers": {}}), "content_type": "application/json"}
    headers = {"Idempotency-Key": uuid4().hex}

    for action in ("approve", "break_glass"):
        page = desk.post(f"/api/cases/{asked.case}/actions/{action}/", **sent, headers=headers)
        assert (page.status_code, json.loads(page.content)["code"]) == (403, "sign_in_again")
    assert Case.objects.get(pk=asked.case).state == "disclosure.requested"


def test_asking_again_does_not_tell_whether_there_is_such_a_case(later, asked):  # noqa: F811
    desk = later("volunteer")
    sent = {"data": json.dumps({"answers": {}}), "content_type": "application/json"}

    def answer(case, action):
        headers = {"Idempotency-Key": uuid4().hex}
        page = desk.post(f"/api/cases/{case}/actions/{action}/", **sent, headers=headers)
        return page.status_code, json.loads(page.content)["code"]

    for action in ("approve", "break_glass", "note"):
        assert answer(asked.case, action) == answer(uuid4(), action)


def test_guessing_there_is_slowed_as_at_the_door(later, asked):  # noqa: F811
    desk = later()
    desk.cookies.pop("tsunagu_terminal")
    given = {**decision(asked), "_password": "guess"}
    statuses = [desk.post(f"/approvals/{asked.case}/", given).status_code for _ in range(6)]

    page = desk.post(f"/approvals/{asked.case}/", {**given, "_password": password("supervisor")})

    assert statuses == [422] * 5 + [429]
    assert (page.status_code, page["Retry-After"]) == (429, "1")
    assert Case.objects.get(pk=asked.case).state == "disclosure.requested"


def test_what_lets_information_out_says_in_its_workflow_that_it_asks_again(asked):  # noqa: F811
    from backend.cases.generic import proves_again
    from backend.catalogue import loading

    flows = loading.use().workflows.values()

    found = {flow.qualified(name) for flow in flows for name in flow.actions if proves_again(name, flow)}

    assert found == {"disclosure.approve", "disclosure.approve_with_conditions"}
    assert all(proves_again("break_glass", flow) for flow in flows)
