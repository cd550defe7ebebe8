"""How far an answer reaches, and which consents hold beside each other."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sharing.consents.models import Said
from backend.sharing.consents.scope import is_own, scope_of
from backend.sharing.consents.standing import Statement, endings

GIVEN = {
    "answer": "given",
    "purposes": ["watch_over", "emergency_rescue"],
    "recipients": ["welfare_commissioner", "welfare_volunteer", "life_supporter", "fire_ems", "other"],
    "categories": ["identity", "health"],
    "valid_until": "2028-03-31",
}


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ("emergency_only", {"fire_ems"}),
        ("up_to_commissioner", {"fire_ems", "welfare_commissioner"}),
        ("up_to_volunteer", {"fire_ems", "welfare_commissioner", "welfare_volunteer"}),
        ("life_support", {"fire_ems", "welfare_commissioner", "welfare_volunteer", "life_supporter"}),
    ],
)
def test_a_layer_takes_off_whoever_is_beyond_it(layer: str, told: set[str]) -> None:
    assert set(scope_of({**GIVEN, "layer": layer}).recipients) == told


def test_for_an_emergency_only_is_for_nothing_else() -> None:
    assert scope_of({**GIVEN, "layer": "emergency_only"}).purposes == ("emergency_rescue",)


def test_who_is_excluded_is_not_told_even_if_ticked() -> None:
    found = scope_of({**GIVEN, "excluded_recipients": ["fire_ems", "family"], "excluded_organisation": "csw"})

    assert "fire_ems" not in found.recipients
    assert found.excluded == ("csw", "family", "fire_ems")


def test_an_organisation_is_agreed_to_by_name() -> None:
    assert "center-nakahama" in scope_of({**GIVEN, "recipient_organisation": "center-nakahama"}).recipients


@pytest.mark.parametrize(
    "category", ["protected_address", "reporter_identity", "council_material", "my_number"]
)
def test_no_form_of_consent_opens_what_is_specially_protected(category: str) -> None:
    assert scope_of({**GIVEN, "categories": ["identity", category]}).categories == ("identity",)


def test_what_was_refused_reaches_nobody() -> None:
    found = scope_of({"answer": "refused", "refused_purposes": ["watch_over"]})

    assert (found.purposes, found.recipients, found.categories) == (("watch_over",), (), ())


@pytest.mark.parametrize(
    ("answers", "own"),
    [
        ({"by": "self"}, True),
        ({"by": "guardian", "proof": "register_certificate"}, True),
        ({"by": "guardian"}, False),
        ({"by": "family", "proof": "other"}, False),
    ],
)
def test_only_the_person_or_a_proven_representative_agrees(answers: dict[str, str], own: bool) -> None:
    assert is_own(answers) is own


PURPOSES = ["watch_over", "service_linkage", "event_notice"]
statements = st.lists(
    st.builds(
        Statement,
        id=st.uuids(),
        case=st.sampled_from("ABC"),
        said=st.sampled_from([said.value for said in Said]),
        purposes=st.sets(st.sampled_from(PURPOSES)),
    ),
    max_size=12,
    unique_by=lambda statement: statement.id,
)


@given(statements)
def test_nothing_taken_back_or_refused_holds_until_it_is_given_again(said: list[Statement]) -> None:
    ended = endings(said)

    for place, new in enumerate(said):
        if new.said in ("refused", "withdrawn"):
            reached = [
                old for old in said[:place] if not new.purposes or set(new.purposes) & set(old.purposes)
            ]
            assert all(old.id in ended for old in reached if old.said in ("given", "partial"))


@given(statements)
def test_what_was_said_later_never_changes_how_an_earlier_consent_ended(said: list[Statement]) -> None:
    before = endings(said[:-1])

    assert {**endings(said), **before} == endings(said)


def test_the_last_day_is_a_day() -> None:
    assert scope_of(GIVEN).valid_until == date(2028, 3, 31)
