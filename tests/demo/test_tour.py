"""The tour: in the demo only, each step with a case it can be done on, ticked by what was really done."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backend.cases.actions import Done
from backend.cases.generic import GENERIC
from backend.cases.models import Case
from backend.catalogue import loading
from backend.demo import tour
from backend.demo.cast import CAST, member_id
from backend.people.models import Person
from tests.cases.conftest import answers, do, report
from tests.pages.conftest import browser

__all__ = ["browser", "report"]
pytestmark = pytest.mark.django_db
STEPS = [(who, step) for who, told in tour._told().items() for step in told["steps"]]


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture
def detected(report: Any) -> Done:
    person = Person.objects.create(name="髙田 ハナ", controller="city", area_id="D01-1")
    return report(person=person.id, area="D01-1")


def first(client: Client) -> tour.Stop:
    """The caseworker's first step: to decide how urgent a notice is."""
    return client.get("/tour/").context["stops"][0]


def test_everybody_of_the_cast_has_a_tour_and_goes_on_to_another() -> None:
    told = tour._told()
    cast = {player.username for player in CAST}

    assert set(told) == cast
    assert {one["then"] for one in told.values()} <= cast


def test_everybody_has_something_to_do_and_not_only_to_look_at() -> None:
    for who, told in tour._told().items():
        assert any({"did", "opened"} & set(step) for step in told["steps"]), who


@pytest.mark.parametrize(("who", "step"), STEPS, ids=[f"{who}-{at}" for at, (who, _) in enumerate(STEPS)])
def test_a_step_is_told_in_both_languages_and_names_what_there_is(who: str, step: dict[str, Any]) -> None:
    known = loading.use().workflows.values()
    states = {workflow.qualified(name) for workflow in known for name in workflow.states}
    actions = {
        workflow.qualified(name) for workflow in known for name in (*workflow.actions, workflow.start.action)
    }

    assert set(step["title"]) == set(step["says"]) == {"ja", "en"}
    assert set(step.get("at", ())) <= states
    assert set(step.get("did", ())) <= actions | set(GENERIC)


def test_a_step_leads_to_the_form_of_a_case_and_is_ticked_once_it_is_done(
    demo: None, browser: Any, detected: Done
) -> None:
    client, before = browser("caseworker"), first(browser("caseworker"))
    assert (before.address, before.done) == (f"/cases/{detected.case}/do/triage/", False)
    assert client.get(before.address).status_code == 200

    do(detected, "triage", answers("triage", urgency="C"))

    assert (first(client).address, first(client).done) == ("", True)


def test_what_the_demo_played_itself_is_nobodys_own_work(demo: None, browser: Any, detected: Done) -> None:
    do(detected, "triage", answers("triage", urgency="C"), key="demo/story/01")

    assert first(browser("caseworker")).done is False


def test_the_own_case_is_offered_before_the_one_that_is_due_first(
    demo: None, browser: Any, detected: Done, report: Any
) -> None:
    other = report(person=Case.objects.get(pk=detected.case).person_id, area="D01-1")
    Case.objects.filter(pk=other.case).update(assignee=member_id("caseworker"))

    assert str(other.case) in first(browser("caseworker")).address


@pytest.mark.parametrize("player", CAST, ids=lambda player: player.username)
def test_every_page_of_a_tour_opens_for_whose_it_is(demo: None, browser: Any, player: Any) -> None:
    client = browser(player.username)
    rows = [row for row in tour._told()[player.username]["steps"] if "page" in row and "at" not in row]

    opened = [client.get(reverse(row["page"]), follow=True).status_code for row in rows]

    assert set(opened) <= {200}


def test_outside_the_demo_there_is_no_tour_and_no_way_to_it(browser: Any) -> None:
    client = browser("caseworker")

    assert client.get("/tour/").status_code == 404
    assert 'href="/tour/"' not in client.get("/").content.decode()
