"""Whoever was appointed comes into the register of members with their term, once."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.cases import actions, effects
from backend.cases.errors import NotPossible
from backend.cases.models import Case, Notice
from backend.demo.cast import member_id
from backend.field import appointed
from backend.field.appointed import Place
from backend.field.models import Card
from backend.people.models import Area, Member, Organisation, Person, User
from backend.workflow.deadlines import term_end
from tests.cases.conftest import answers, do
from tests.pages.conftest import browser

__all__ = ["browser"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: None) -> Case:
    """村上 武, appointed as a volunteer from today."""
    takeshi = Person.objects.create(
        controller="city", name="村上 武", kana="むらかみ たけし", area_id="D01-1", zip="000-0101",
        address="海鳴市中浜一丁目1番1号", phone="083-222-0011",
    )  # fmt: skip
    today = timezone.localdate()
    term = {"begins_on": today.isoformat(), "ends_on": term_end(today).isoformat()}
    proposed = actions.start(
        "appointment", actor=member_id("caseworker"), person=takeshi.id, key=uuid4().hex,
        answers=answers("appointment_proposal", kind="welfare_volunteer", **term),
    )  # fmt: skip
    approved = do(proposed, "approve", answers("appointment_approval"), by="supervisor")
    done = do(approved, "appoint", answers("appointment", **term))
    return Case.objects.select_related("person").get(pk=done.case)


def taken(case: Case) -> Member:
    place = Place(Organisation.objects.get(code="na-nakahama-1"), Area.objects.get(code="D01-1"))
    return appointed.take_over(case, place, today=timezone.localdate())


def test_the_member_has_office_term_and_telephone_of_the_appointment(case: Case) -> None:
    member = taken(case)

    assert (member.name, member.kana, member.role) == ("村上 武", "むらかみ たけし", "welfare_volunteer")
    assert (member.valid_from, member.valid_until) == (timezone.localdate(), term_end(timezone.localdate()))
    assert (member.phone, member.controller, member.user) == ("083-222-0011", "city", None)


def test_nobody_is_taken_over_twice(case: Case) -> None:
    taken(case)

    assert appointed.waiting("city", timezone.localdate()) == []
    with pytest.raises(NotPossible):
        taken(case)


def test_whoever_was_in_the_office_before_keeps_their_account(case: Case) -> None:
    user = User.objects.create(username="takeshi")
    Member.objects.create(
        name="村上 武", role="welfare_volunteer", controller="city", organisation_id="na-nakahama-1",
        user=user, valid_from=timezone.localdate(), valid_until=timezone.localdate(),
    )  # fmt: skip

    assert taken(case).user == user


@pytest.mark.parametrize("facts", [{"office": "other"}, {"term_ends_on": "2020-03-31"}])
def test_other_offices_and_terms_that_are_over_are_left_out(case: Case, facts: dict[str, str]) -> None:
    Case.objects.filter(pk=case.pk).update(facts={**case.facts, **facts})

    assert appointed.waiting("city", timezone.localdate()) == []


def test_the_supervisor_is_told_and_goes_from_the_case_to_a_card(
    case: Case, browser: Callable[..., Any]
) -> None:
    client, here = browser("supervisor"), f"/cards/appointed/{case.pk}/"
    assert here in client.get(f"/cases/{case.pk}/").content.decode()
    assert here in client.get("/cards/").content.decode()
    assert "村上 武" in client.get(here).content.decode()
    assert client.post(here, {"area": "D01-1"}).status_code == 422

    client.post(here, {"organisation": "na-nakahama-1", "area": "D01-1"})

    member = Member.objects.get(valid_until=term_end(timezone.localdate()), name="村上 武")
    assert client.post(f"/cards/{member.pk}/").headers["Content-Type"] == "application/pdf"
    assert Card.objects.filter(member=member).exists()
    assert client.get(here).status_code == 404


def test_the_supervisor_is_told_with_the_certificate(case: Case) -> None:
    effects.run_due()

    assert Notice.objects.filter(case=case, member=member_id("supervisor"), kind="step").exists()


@pytest.mark.parametrize("who", ["caseworker", "csw", "volunteer"])
def test_nobody_else_takes_anybody_over(case: Case, browser: Callable[..., Any], who: str) -> None:
    assert browser(who).get(f"/cards/appointed/{case.pk}/").status_code in (403, 404)
