"""The nearest change really makes it possible, and asks for nothing that would have to be true by itself."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from backend.access import MemberFacts, Outcome, ProvisionFacts, rule
from backend.access.book import PolicyBook
from backend.access.decisions import Cast
from backend.access.nearest import changes
from tests.access.strategies import TODAY, provisions, sound_members

# What nobody in the office can bring about.
OF_THE_WORLD = (
    "urgency",
    "abuse",
    "obtainable",
    "disaster_declared",
    "deceased",
    "protected",
    "disaster_mode",
    "commissioner_employer",
    "controller",
    "category",
    "recipient_role",
)


@settings(max_examples=40, deadline=None)
@given(sound_members, provisions)
def test_applying_the_nearest_change_makes_it_possible(
    member: MemberFacts, provision: ProvisionFacts
) -> None:
    before = rule(member, provision, today=TODAY)
    near = before.nearest

    if near is not None:
        after = rule(member, near.provision, today=TODAY)
        assert after.outcome == near.outcome
        assert after.outcome.rank < before.outcome.rank
        assert after.outcome is not Outcome.DENY
        assert [n for n in OF_THE_WORLD if getattr(near.provision, n) != getattr(provision, n)] == []


@pytest.mark.parametrize(
    ("name", "differs", "expected"),
    [
        ("to_the_center", {}, ["get_consent"]),
        ("agreed_to_the_volunteer", {"consent_recipients": ("csw",)}, ["get_consent"]),
        ("once_to_another_section", {"necessity": False}, ["write_reason"]),
        ("once_to_another_section", {"minimised": False}, ["minimise"]),
        ("once_to_another_section", {"minimised": False, "necessity": False}, ["get_consent"]),
        ("once_to_another_section", {"recurring": True}, ["give_once"]),
        ("watch_list_to_the_commissioner", {"purpose_registered": False}, ["register_purpose"]),
        ("watch_list_to_the_commissioner", {"recipient_pledged": False}, ["take_pledge"]),
        ("watch_list_to_the_commissioner", {"area_match": False}, ["recipient_of_area"]),
        (
            "watch_list_to_the_commissioner",
            {"recipient_pledged": False, "recipient_trained": False},
            ["take_pledge", "train"],
        ),
        ("in_the_support_conference", {"session": "planned"}, ["open_meeting"]),
        ("in_the_support_conference", {"session_listed": False}, ["list_member"]),
        (
            "in_the_support_conference",
            {"session": "", "session_basis": "", "consent": "refused"},
            ["meeting:swa_106_6"],
        ),
        ("entrusted_to_csw", {"contract_active": False}, ["entrust"]),
        ("joint_use_with_the_district_csw", {"joint_use_valid": False}, ["announce_joint_use"]),
        ("yearly_statistics", {"deidentified": False}, ["deidentify"]),
        ("own_data_request", {"identity_checked": False}, ["check_identity"]),
        ("child_abuse_material_on_request", {"request_number": False}, ["record_request"]),
        ("address_of_the_protected_mother", {}, ["name_recipient"]),
    ],
)
def test_the_nearest_change_is_the_easiest(
    name: str, differs: dict[str, object], expected: list[str], players: Cast
) -> None:
    found = players.things[name]
    assert isinstance(found, ProvisionFacts)
    who = players.members["csw" if found.controller == "csw" else "caseworker"]

    near = rule(who, replace(found, **differs), today=TODAY).nearest  # type: ignore[arg-type]

    assert near is not None
    assert [change.code for change in near.changes] == expected
    assert near.ja
    assert near.en


def test_nothing_is_proposed_where_nothing_helps(players: Cast) -> None:
    number = players.things["agreed_to_the_center"]
    assert isinstance(number, ProvisionFacts)

    ruling = rule(players.members["caseworker"], replace(number, category="my_number"), today=TODAY)

    assert ruling.nearest is None
    assert ruling.help is not None


def test_what_is_possible_needs_no_change(players: Cast) -> None:
    agreed = players.things["agreed_to_the_center"]
    assert isinstance(agreed, ProvisionFacts)

    assert rule(players.members["caseworker"], agreed, today=TODAY).nearest is None


@settings(max_examples=60)
@given(provisions)
def test_a_change_that_is_already_so_is_not_proposed(book: PolicyBook, provision: ProvisionFacts) -> None:
    for change in changes(book, provision):
        assert replace(provision, **change.facts) != provision
