"""As whom somebody who signed in may act."""

from datetime import date, timedelta

import pytest

from backend.people import acting
from backend.people.models import Member, User
from tests.people.conftest import TODAY


def test_somebody_signed_in_acts_as_their_member(member) -> None:
    commissioner = member("commissioner")

    assert acting.member_of(commissioner.user, TODAY) == commissioner


def test_a_user_without_member_acts_as_nobody(db) -> None:
    assert acting.member_of(User.objects.create(username="stranger"), TODAY) is None


@pytest.mark.parametrize(("days", "acts"), [(-1, False), (0, True), (364, True), (365, False)])
def test_a_member_acts_within_the_term_both_ends_included(member, days: int, acts: bool) -> None:
    commissioner = member("commissioner")
    commissioner.valid_from, commissioner.valid_until = date(2026, 1, 1), date(2026, 12, 31)
    commissioner.save()
    day = date(2026, 1, 1) + timedelta(days=days)

    assert acting.can_act(commissioner, day) is acts
    assert (acting.member_of(commissioner.user, day) is not None) is acts


def test_a_closed_account_acts_as_nobody(member) -> None:
    commissioner = member("commissioner")
    commissioner.user.is_active = False

    assert not acting.can_act(commissioner, TODAY)
    assert acting.members_of(commissioner.user, TODAY) == []


def test_a_second_member_of_the_same_user_comes_after_the_first(member) -> None:
    first = member("commissioner")
    second = Member.objects.create(
        user=first.user, name=first.name, role="welfare_volunteer", organisation=first.organisation,
        controller="csw", valid_from=TODAY,
    )  # fmt: skip

    assert acting.members_of(first.user, TODAY) == [first, second]


@pytest.mark.parametrize(
    ("day", "covers"), [("2026-10-31", False), ("2026-11-01", True), ("2027-02-01", False)]
)
def test_a_deputy_is_the_same_hands_in_the_dated_period_only(member, day: str, covers: bool) -> None:
    deputy, covered = member("commissioner"), Member.objects.get(user__username="commissioner-nakahama-2")

    assert acting.same_hands(deputy, covered, date.fromisoformat(day)) is covers


def test_two_members_of_one_user_are_the_same_hands(member) -> None:
    first, other = member("commissioner"), member("outsider")
    other.user = first.user

    assert acting.same_hands(first, other, TODAY)


@pytest.mark.parametrize("day", [TODAY, date(2026, 10, 1)])
def test_the_same_hands_are_found_as_a_list_too(member, day: date) -> None:
    other = member("outsider")
    other.user = member("commissioner").user
    other.save()
    everybody = list(Member.objects.select_related("user"))

    for one in everybody:
        found = set(acting.hands_of(one.id, day))

        assert found == {row for row in everybody if acting.same_hands(one, row, day)}


def test_caseworker_and_supervisor_are_different_hands(member) -> None:
    assert not acting.same_hands(member("caseworker"), member("supervisor"), TODAY)


def test_the_facts_of_a_member_are_what_policies_read(member) -> None:
    facts = member("commissioner").facts()

    assert (facts.role, facts.organisation_type, facts.area) == (
        "welfare_commissioner",
        "commissioner_council",
        "D01",
    )
    assert (facts.valid_from, facts.valid_until, facts.pledge) == (20251201, 20281130, True)
    assert (facts.trained_until, facts.active) == (20270331, True)


def test_the_facts_of_a_member_cost_no_query(member, django_assert_num_queries) -> None:
    commissioner = member("commissioner")

    with django_assert_num_queries(0):
        commissioner.facts()


def test_the_account_of_a_member_is_the_person_behind_it(member) -> None:
    commissioner = member("commissioner")
    second = Member.objects.create(
        user=commissioner.user, name=commissioner.name, role="welfare_volunteer",
        organisation=commissioner.organisation, controller="csw", valid_from=TODAY,
    )  # fmt: skip
    on_paper = Member.objects.create(
        name="会長", role="neighborhood_head", organisation=commissioner.organisation, controller="csw",
        valid_from=TODAY,
    )  # fmt: skip

    assert second.facts().account == commissioner.facts().account == str(commissioner.user_id)
    assert on_paper.facts().account == str(on_paper.id)
