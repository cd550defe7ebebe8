"""Each guard in a table: a situation in which it holds, and its near miss."""

from datetime import datetime

import pytest

from backend.workflow.guards import JST
from backend.workflow.registry import FUNCTIONS, GUARDS, guard, in_transaction
from backend.workflow.situation import Situation

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JST)


def situation(facts=None, answers=None, **case):
    return Situation({"facts": facts or {}, **case}, answers or {}, {}, NOW)


CONSENT = {"consent": "given", "consent_until": "2028-03-31", "consent_categories": ["contact", "identity"]}
APPROVED = {"legal_basis": "pia_69_2_iii", "basis_categories": ["identity"], "basis_recipient": "csw"}
LAW = {"basis": "statutory", "legal_basis": "pia_69_2_iii", "to_org": "csw"}

# guard, then facts, answers and case columns with which it holds, then the same for a near miss
TABLE = [
    ("subject_is_identified", ({"subject_known": True}, {}, {}), ({"subject_known": False}, {}, {})),
    ("subject_is_identified", ({}, {}, {"person": "p"}), ({}, {}, {"person": ""})),
    ("assignee_is_set", ({}, {}, {"assignee": "m"}), ({}, {}, {"assignee": ""})),
    ("answer_is_imminent", ({}, {"imminent": True}, {}), ({}, {"imminent": False}, {})),
    ("answer_is_not_imminent", ({}, {"imminent": False}, {}), ({}, {"imminent": True}, {})),
    ("danger_or_abuse", ({"imminent": True}, {}, {}), ({"imminent": False}, {}, {})),
    ("danger_or_abuse", ({"abuse": "elder"}, {}, {}), ({"abuse": "none"}, {}, {})),
    ("abuse_is_not_suspected", ({"abuse": "none"}, {}, {}), ({"abuse": "dv"}, {}, {})),
    (
        "safety_is_confirmed",
        ({"abuse": "child"}, {"safety_confirmed": True}, {}),
        ({"abuse": "child"}, {}, {}),
    ),
    ("safety_is_confirmed", ({}, {"safety_confirmed": False}, {}), ({"imminent": True}, {}, {})),
    ("consent_answer_is_full", ({}, {"answer": "given"}, {}), ({}, {"answer": "partial"}, {})),
    ("consent_answer_is_partial", ({}, {"answer": "partial"}, {}), ({}, {"answer": "given"}, {})),
    ("consent_answer_is_refused", ({}, {"answer": "refused"}, {}), ({}, {"answer": "pending"}, {})),
    ("consent_answer_is_pending", ({}, {"answer": "pending"}, {}), ({}, {"answer": "refused"}, {})),
    ("consent_is_withdrawn", ({}, {"consent_withdrawn": True}, {}), ({}, {"consent_withdrawn": False}, {})),
    ("person_is_known", ({}, {}, {"person": "hana"}), ({"subject_known": True}, {}, {})),
    ("consent_still_holds", (CONSENT, {}, {}), ({**CONSENT, "consent_until": "2026-11-23"}, {}, {})),
    ("consent_has_run_out", ({**CONSENT, "consent_until": "2026-11-23"}, {}, {}), (CONSENT, {}, {})),
    ("disclosure_is_decided", ({}, {"decision": "partial"}, {}), ({}, {"decision": "none"}, {})),
    ("has_basis_to_share", (CONSENT, {}, {}), ({**CONSENT, "consent": "withdrawn"}, {}, {})),
    ("has_basis_to_share", ({"abuse": "child"}, {}, {}), ({"consent": "refused"}, {}, {})),
    ("basis_is_recorded", (CONSENT, {}, {}), ({**CONSENT, "consent_until": "2026-11-23"}, {}, {})),
    ("basis_is_recorded", (APPROVED, {}, {}), ({"imminent": True}, {}, {})),
    ("sheet_matches_basis", (CONSENT, {"basis": "consent"}, {}), (APPROVED, {"basis": "consent"}, {})),
    ("sheet_matches_basis", (APPROVED, LAW, {}), (APPROVED, {**LAW, "to_org": "center-nakahama"}, {})),
    ("sheet_matches_basis", (APPROVED, LAW, {}), (APPROVED, {**LAW, "legal_basis": "pia_69_2_ii"}, {})),
    ("sheet_matches_basis", (APPROVED, LAW, {}), ({}, LAW, {})),
    (
        "sheet_matches_basis",
        ({"abuse": "child"}, {**LAW, "legal_basis": "capa_6"}, {}),
        ({"abuse": "elder"}, {**LAW, "legal_basis": "capa_6"}, {}),
    ),
    (
        "sheet_matches_basis",
        ({"imminent": True}, {**LAW, "legal_basis": "pia_27_1_ii"}, {}),
        ({"imminent": False}, {**LAW, "legal_basis": "pia_27_1_ii"}, {}),
    ),
    (
        "items_within_basis",
        (CONSENT, {"basis": "consent", "shared_items": ["identity"]}, {}),
        (CONSENT, {"basis": "consent", "shared_items": ["identity", "health"]}, {}),
    ),
    (
        "items_within_basis",
        (APPROVED, {**LAW, "shared_items": ["identity"]}, {}),
        (APPROVED, {**LAW, "shared_items": ["contact"]}, {}),
    ),
    (
        "items_within_basis",
        ({"abuse": "elder"}, {"basis": "statutory", "legal_basis": "eapa_7", "shared_items": ["abuse"]}, {}),
        ({"abuse": "elder"}, {"basis": "consent", "legal_basis": "eapa_7", "shared_items": ["abuse"]}, {}),
    ),
    ("shared_without_consent", ({}, {"basis": "statutory"}, {}), ({}, {"basis": "consent"}, {})),
    ("transfer_is_agreed", ({}, {"person_informed": True}, {}), ({}, {"person_informed": False}, {})),
    ("transfer_is_agreed", ({"abuse": "dv"}, {"person_informed": False}, {}), ({}, {}, {})),
    ("receiver_is_chosen", ({}, {"to_org": "csw"}, {}), ({}, {}, {})),
    ("receiver_is_chosen", ({}, {}, {"receiver": "csw"}), ({}, {}, {"receiver": ""})),
    (
        "receiver_did_not_reject",
        ({"rejected_by": ["csw"]}, {"to_org": "center-nakahama"}, {}),
        ({"rejected_by": ["csw"]}, {"to_org": "csw"}, {}),
    ),
    (
        "receiver_was_supporting",
        ({"first_contact_on": "2026-12-02"}, {}, {"receiver": "csw"}),
        ({}, {}, {"receiver": "csw"}),
    ),
    ("transfer_is_outside", ({"transfer_outside": True}, {}, {}), ({"transfer_outside": False}, {}, {})),
    ("consent_goes_on", ({}, {"answer": "partial"}, {}), ({}, {"answer": "refused"}, {})),
    ("review_goes_on", ({}, {"outcome": "continue"}, {}), ({}, {"outcome": "suspend"}, {})),
    ("review_ends", ({}, {"outcome": "suspend"}, {}), ({}, {"outcome": "continue"}, {})),
    ("contact_was_made", ({}, {"met": "phone_only"}, {}), ({}, {"met": "absent"}, {})),
    ("contact_was_not_made", ({}, {"met": "refused"}, {}), ({}, {"met": "met"}, {})),
    ("first_contact_recorded", ({"first_contact_on": "2026-12-02"}, {}, {}), ({}, {}, {})),
    (
        "contact_made_or_not_needed",
        ({"first_contact_on": "2026-12-02"}, {"outcome": "resolved"}, {}),
        ({}, {"outcome": "resolved"}, {}),
    ),
    ("contact_made_or_not_needed", ({}, {"outcome": "deceased"}, {}), ({}, {"outcome": "watching"}, {})),
    ("reporter_wants_answer", ({"feedback_wanted": True}, {}, {}), ({"feedback_wanted": False}, {}, {})),
    (
        "reporter_wants_letter",
        ({"feedback_wanted": True, "reporter_letter": True}, {}, {}),
        ({"feedback_wanted": True, "reporter_letter": False}, {}, {}),
    ),
    ("visit_is_worrying", ({}, {"result": "worried"}, {}), ({}, {"result": "no_change"}, {})),
    ("visit_is_alarming", ({}, {"result": "alarm"}, {}), ({}, {"result": "worried"}, {})),
    ("visit_is_not_alarming", ({}, {"result": "absent"}, {}), ({}, {"result": "alarm"}, {})),
    ("asked_by_letter", ({}, {"method": "letter"}, {}), ({}, {"method": "phone"}, {})),
    (
        "term_is_in_order",
        ({}, {"begins_on": "2025-12-01", "ends_on": "2028-11-30"}, {}),
        ({}, {"begins_on": "2025-12-01", "ends_on": "2028-12-01"}, {}),
    ),
    (
        "term_is_in_order",
        ({}, {"begins_on": "2025-12-01", "ends_on": "2025-12-01"}, {}),
        ({}, {"begins_on": "2025-12-01", "ends_on": "2025-11-30"}, {}),
    ),
    ("term_is_over", ({"term_ends_on": "2026-11-24"}, {}, {}), ({"term_ends_on": "2026-11-25"}, {}, {})),
    ("applicant_is_recorded", ({"applicant": "npo-hidamari"}, {}, {}), ({}, {}, {})),
    (
        "appeal_fits_controller",
        ({}, {"appealable": True}, {"controller": "city"}),
        ({}, {"appealable": True}, {"controller": "csw"}),
    ),
]


@pytest.mark.parametrize(
    ("name", "near", "miss"), TABLE, ids=[f"{n}-{row[0]}" for n, row in enumerate(TABLE)]
)
def test_a_guard_holds_and_its_near_miss_does_not(name, near, miss):
    facts, answers, case = near
    other_facts, other_answers, other_case = miss

    assert GUARDS[name].holds(situation(facts, answers, **case)) is True
    assert GUARDS[name].holds(situation(other_facts, other_answers, **other_case)) is False


def test_every_guard_stands_in_the_table():
    engines = {
        name for name, found in GUARDS.items() if found.holds.__module__.startswith("backend.workflow")
    }

    assert engines == {row[0] for row in TABLE}


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_a_guard_says_why_not_and_what_to_do_in_both_languages(name):
    says = GUARDS[name].says

    assert says.ja.endswith("。")
    assert says.en.endswith(".")


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_a_guard_holds_or_not_for_a_case_about_which_nothing_is_known(name):
    assert GUARDS[name].holds(situation()) in (True, False)


def test_consent_lasts_through_its_last_day_in_japan():
    last = {**CONSENT, "consent_until": "2026-11-24"}
    late = datetime(2026, 11, 24, 23, 59, 59, tzinfo=JST)

    assert GUARDS["basis_is_recorded"].holds(Situation({"facts": last}, {}, {}, late))


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="registered twice"):
        guard("assignee_is_set", ja="あ", en="a")(bool)
    with pytest.raises(ValueError, match="registered twice"):
        in_transaction("set_triage", sets=())(dict)


def test_a_function_sets_only_the_facts_it_declares():
    answers = {"first_contact_at": "2026-12-02T10:30:00+09:00", "met": "met", "basis": "statutory"}
    learned = {
        name: set(found.learn(situation({"consent": "given"}, answers))) for name, found in FUNCTIONS.items()
    }

    assert all(facts <= set(FUNCTIONS[name].sets) for name, facts in learned.items())
