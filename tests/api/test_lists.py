"""Lists: what is in them, how they are narrowed, and how they page."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person
from tests.api.conftest import Hand, answers, counts, do, problem

pytestmark = pytest.mark.django_db
Hands = Callable[[str], Hand]


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def everything(hand: Hand, path: str) -> list[str]:
    """The ids of every page."""
    found: list[str] = []
    address: str | None = path
    while address:
        page = hand.get(address).json()
        found += [row["id"] for row in page["results"]]
        address = page["next"]
    return found


@pytest.mark.parametrize("order", ["newest", "due"])
def test_pages_follow_one_another_without_gap_or_repetition(
    hand: Hands, report: Callable[..., Done], order: str
) -> None:
    made = [report(at=timezone.now() - timedelta(hours=hours // 2)) for hours in range(7)]
    Case.objects.filter(pk__in=[made[1].case, made[2].case]).update(due_at=None)

    found = everything(hand("caseworker"), f"/api/cases/?limit=2&order={order}")

    assert sorted(found) == sorted(str(done.case) for done in made)


def test_the_case_due_first_comes_first_and_the_one_without_deadline_last(
    hand: Hands, report: Callable[..., Done]
) -> None:
    late, never, soon = report(), report(), report()
    Case.objects.filter(pk=late.case).update(due_at=timezone.now() + timedelta(days=9))
    Case.objects.filter(pk=never.case).update(due_at=None)
    Case.objects.filter(pk=soon.case).update(due_at=timezone.now())

    found = ids(hand("caseworker").get("/api/cases/?order=due"))

    assert found == [str(done.case) for done in (soon, late, never)]


FITTING = {
    "state=triaged": 1,
    "state=referral.detected": 1,
    "workflow=referral": 2,
    "kind=new": 1,
    "urgency=C": 1,
    "assignee=me": 1,
    "assignee=none": 1,
    "area=D01": 2,
    "area=D01-1": 2,
    "area=D02": 0,
    "area=nowhere": 0,
    "open=true": 2,
    "open=false": 0,
    "held=false": 2,
    "held=true": 0,
    "overdue=true": 1,
    "overdue=false": 1,
    "number=R8-0000": 0,
    "state=triaged&overdue=false&assignee=me": 1,
}


@pytest.mark.parametrize(("query", "many"), FITTING.items(), ids=FITTING)
def test_a_list_is_narrowed(hand: Hands, report: Callable[..., Done], query: str, many: int) -> None:
    waiting, mine = report(), report()
    mine = do(mine, "triage", answers("triage", urgency="C"))
    Case.objects.filter(pk=mine.case).update(assignee=member_id("caseworker"))
    Case.objects.filter(pk=waiting.case).update(due_at=timezone.now() - timedelta(minutes=1))

    assert len(ids(hand("caseworker").get(f"/api/cases/?{query}"))) == many


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


WRONG = [
    "open=yes",
    "overdue=1",
    "urgency=E",
    "kind=mine",
    "assignee=caseworker",
    "assignee=%00",
    "person=1",
    "number=%00",
    "state=%00",
    "area=" + "x" * 17,
    "state=a&state=b",
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=٣",
    "limit=1e3",
    "order=name",
    "cursor=nonsense",
    "cursor=%F0%9F%98%80",
    "cursor=" + cursor("newest", "yesterday", "1"),
    "cursor=" + cursor("due", None, "1"),
    "cursor=" + cursor("newest", 3, "00000000-0000-0000-0000-000000000000"),
    "cursor=" + cursor("newest", "2026-11-24T00:00:00", "00000000-0000-0000-0000-000000000000"),
    "cursor=" + cursor("newest", ["x"], {}),
    "cursor=" + cursor("newest"),
    "cursor=" + base64.urlsafe_b64encode(b"[" * 9000).decode(),
    "q=1",
    "person_id=1",
    "assignee__name=x",
    "format=json",
]


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_parameter_is_named(hand: Hands, detected: Done, query: str) -> None:
    response = hand("caseworker").get(f"/api/cases/?{query}")

    body = problem(response)
    assert (response.status_code, body["code"]) == (400, "invalid")
    assert body["problems"][0]["path"] == "?" + query.partition("=")[0]


def test_persons_are_those_with_a_case_one_may_list(hand: Hands, hanas_case: Done, hana: Person) -> None:
    Person.objects.create(controller="city", name="山田 花子", kana="やまだ はなこ", area_id="D01-1")

    assert ids(hand("caseworker").get("/api/persons/")) == [str(hana.id)]
    assert ids(hand("csw").get("/api/persons/")) == []


def test_somebody_is_found_in_any_spelling_and_the_words_stay_out_of_addresses(
    hand: Hands, hana: Person
) -> None:
    response = hand("caseworker").post("/api/persons/search/", {"text": "高田ハナ"})

    assert response.status_code == 200
    assert [(row["id"], row["name"]) for row in response.json()["persons"]] == [(str(hana.id), "髙田 ハナ")]
    assert hand("outsider").post("/api/persons/search/", {"text": "髙田"}).json()["persons"] == []


def test_a_search_writes_no_case(hand: Hands, hanas_case: Done) -> None:
    before = counts()

    number = Case.objects.get().number
    found = hand("caseworker").post("/api/persons/search/", {"text": number}).json()

    assert found["cases"] == [{"id": str(hanas_case.case), "number": number}]
    assert hand("outsider").post("/api/persons/search/", {"text": number}).json()["cases"] == []
    assert counts() == before


def test_the_address_of_a_protected_person_is_in_no_answer(hand: Hands, hana: Person) -> None:
    Person.objects.filter(pk=hana.pk).update(protected=True)

    response = hand("supervisor").get(f"/api/persons/{hana.id}/")

    assert response.status_code == 200
    assert response.json()["withheld"]
    assert "中浜" not in response.content.decode()
