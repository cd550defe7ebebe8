"""Which data categories a member sees of a case: never more than the ceiling of their kind."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from backend.access import CaseFacts, MemberFacts, categories, decide
from backend.access.book import PolicyBook
from backend.access.decisions import Cast
from tests.access.strategies import TODAY, cases, members

C1 = {"identity", "contact", "household", "area", "emergency_contact", "watch_flag"}
NEVER_OUTSIDE = {
    "reporter_identity",
    "protected_address",
    "child_protection_record",
    "council_material",
    "my_number",
}
# The most each kind may ever see, even when allowed (DOMAIN 3.5).
CEILINGS = {
    "welfare_commissioner": {"public", *C1, "care_level"},
    "chief_child_commissioner": {"public", *C1, "care_level"},
    "welfare_volunteer": {"public", "identity", "contact", "area", "emergency_contact", "watch_flag"},
    "neighborhood_head": {"public"},
    "business_partner": {"public"},
    "privacy_officer": {"public", "identity", "area"},
    "auditor": {"public"},
    "system": {"public"},
    "somebody_new": {"public"},
}


@settings(max_examples=250)
@given(members, cases)
def test_nobody_sees_more_than_the_ceiling_of_their_role(member: MemberFacts, case: CaseFacts) -> None:
    seen = categories(member, replace(case, glass=()), TODAY)

    assert seen <= CEILINGS.get(member.role, seen)
    assert "my_number" not in seen


@settings(max_examples=250)
@given(members, cases)
def test_an_emergency_never_shows_who_reported_it(member: MemberFacts, case: CaseFacts) -> None:
    before = categories(member, replace(case, glass=()), TODAY)

    opened = categories(member, replace(case, glass=(member.id,)), TODAY) - before

    assert not opened & {"reporter_identity", "crime_record", "crime_victim", "child_protection_record"}
    assert "protected_address" not in opened or member.controller == case.controller


@settings(max_examples=250)
@given(members, cases)
def test_what_must_not_leave_the_controller_does_not(member: MemberFacts, case: CaseFacts) -> None:
    seen = categories(member, case, TODAY)

    if member.controller != case.controller or member.role not in {"caseworker", "supervisor", "csw_staff"}:
        assert not seen & NEVER_OUTSIDE
    if member.controller != case.controller and case.protected:
        assert not seen & {"contact", "area", "household", "emergency_contact"}


@settings(max_examples=250)
@given(members, cases)
def test_nothing_is_seen_of_a_case_that_may_not_be_viewed(member: MemberFacts, case: CaseFacts) -> None:
    seen = categories(member, case, TODAY)

    if seen:
        assert decide(member, "view", case, today=TODAY)


@settings(max_examples=100)
@given(members, cases)
def test_a_category_is_seen_exactly_when_it_is_decided(
    book: PolicyBook, member: MemberFacts, case: CaseFacts
) -> None:
    seen = categories(member, case, TODAY)
    viewed = decide(member, "view", case, today=TODAY).allowed

    for name in book.categories:
        decision = decide(member, "see", case, today=TODAY, context={"category": name})
        assert decision.errors == ()
        assert (name in seen) == (viewed and decision.allowed)


@pytest.mark.parametrize(
    "name", ["receiver", "commissioner", "volunteer", "outsider", "csw", "privacy", "system"]
)
def test_the_reporter_and_a_protected_address_stay_in_the_office(name: str, players: Cast) -> None:
    for thing in players.things.values():
        if isinstance(thing, CaseFacts) and thing.controller == "city":
            assert not categories(players.members[name], thing, TODAY) & NEVER_OUTSIDE


def test_a_commissioner_sees_what_the_watch_needs(players: Cast) -> None:
    seen = categories(
        players.members["commissioner"], players.things["watched_case_in_the_commissioners_area"], TODAY
    )

    assert seen == {"public", *C1, "care_level"}


def test_whoever_reported_it_sees_the_fixed_answer_only(players: Cast) -> None:
    seen = categories(players.members["volunteer"], players.things["case_reported_by_the_volunteer"], TODAY)

    assert seen == {"public"}


def test_a_receiver_sees_only_what_the_person_agreed_to(players: Cast) -> None:
    case = replace(players.things["case_referred_to_the_center"], consent_categories=("identity", "contact"))

    assert categories(players.members["receiver"], case, TODAY) == {"public", "identity", "contact"}


def test_a_receiver_sees_only_what_the_recorded_basis_opens_to_them(players: Cast) -> None:
    case = replace(
        players.things["case_referred_to_the_center"],
        consent="refused",
        legal_basis="eapa_7",
        basis_recipient="center-nakahama",
        basis_categories=("identity", "abuse", "reporter_identity"),
    )

    assert categories(players.members["receiver"], case, TODAY) == {"public", "identity", "abuse"}


def test_a_list_asks_for_the_categories_it_shows(players: Cast) -> None:
    case = players.things["case_in_support"]

    seen = categories(players.members["caseworker"], case, TODAY, among={"identity", "my_number"})

    assert seen == {"identity"}


def test_a_new_category_is_seen_by_nobody_until_it_has_a_class(players: Cast) -> None:
    decision = decide(
        players.members["supervisor"],
        "see",
        players.things["case_in_support"],
        today=TODAY,
        context={"category": "shoe_size"},
    )

    assert decision.rules == ("keep-my-number",)
