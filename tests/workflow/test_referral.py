"""The referral: nobody detected is lost, nothing leaves undecided, and the reporter hears back."""

import pytest

from backend.answers.load import load as load_forms
from backend.definitions.source import find
from backend.people.models import Role
from backend.workflow import webhooks
from backend.workflow.checks import check
from backend.workflow.durations import parse
from backend.workflow.graph import edges, reachable, turned
from backend.workflow.model import Workflow
from backend.workflow.reader import load
from backend.workflow.vocabulary import ABUSE, DISCLOSING, PHRASES, ROLES, URGENCIES

REFERRAL = load(find("workflow"))[0]["referral"]
FORMS = load_forms(find("form"))[0]
OPEN = [state for state in REFERRAL.states.values() if not state.final]
HOURS_48 = parse("48 hours")


def test_the_shipped_workflows_have_no_findings():
    workflows, findings = load(find("workflow"))
    for workflow in workflows.values():
        forms = {name: set(form.by_name) for name, form in FORMS.items()}
        findings += check(workflow, forms=forms, webhooks=webhooks.known())

    assert findings == []


def test_roles_are_the_roles_of_members():
    assert {role.value for role in Role} == ROLES


@pytest.mark.parametrize("state", OPEN, ids=lambda state: state.name)
def test_an_open_state_has_an_owner_a_deadline_reminders_and_a_ladder(state):
    assert state.owner in ROLES
    assert state.due
    assert state.remind
    assert state.escalate


@pytest.mark.parametrize("state", OPEN, ids=lambda state: state.name)
def test_from_an_open_state_every_kind_of_end_can_be_reached(state):
    found = reachable(edges(REFERRAL), [state.name])

    assert {"closed", "no_action", "withdrawn", "entered_in_error", "transferred"} <= found


def test_every_end_can_be_reopened():
    ends = {state.name for state in REFERRAL.states.values() if state.final}

    assert set(REFERRAL.actions["reopen"].from_) == ends


@pytest.mark.parametrize("state", OPEN, ids=lambda state: state.name)
def test_danger_and_mistakes_can_be_told_in_every_open_state(state):
    possible = {action.name for action in REFERRAL.leaving(state.name)}

    assert "enter_in_error" in possible
    assert state.name == "emergency" or possible & {"respond_to_emergency", "raise_emergency"}


@pytest.mark.parametrize(
    "state", [state for state in OPEN if state.kind == "theirs"], ids=lambda state: state.name
)
def test_the_office_can_always_take_back_what_waits_for_others(state):
    ways = {action.cls for action in REFERRAL.leaving(state.name) if action.to != state.name}

    assert ways & {"cancel", "consent", "handle"}
    assert ways & {"triage"}


@pytest.mark.parametrize("name", ["triaged", "consent_requested", "assigned", "referred", "accepted"])
def test_suspected_abuse_runs_48_hours_from_the_notice_until_the_person_was_seen(name):
    clocks = REFERRAL.states[name].due_by

    assert [(clocks[kind].within, clocks[kind].since) for kind in ABUSE if kind != "dv"] == [
        (HOURS_48, "opened")
    ] * 3


def test_urgency_has_the_clocks_of_the_domain():
    clocks = REFERRAL.states["triaged"].due_by

    assert [str(clocks[urgency].within) for urgency in URGENCIES] == [
        "1 hour",
        "same business day",
        "3 business days",
        "1 month",
    ]
    assert str(REFERRAL.states["detected"].due.within) == "same business day"
    assert str(REFERRAL.states["referred"].due.within) == "3 business days"
    assert str(REFERRAL.states["accepted"].due.within) == "7 days"


def test_an_urgent_case_escalates_within_the_day_not_within_two():
    quick = [state.due_by["A"] for state in OPEN if "A" in state.due_by]

    assert len(quick) >= 10
    assert all(deadline.escalate and deadline.escalate[0].after.by_the_clock for deadline in quick)


def test_whatever_first_happens_to_a_notice_the_reporter_hears_of_it():
    silent = [
        action.name
        for action in REFERRAL.leaving("detected")
        if not any(effect.to == "reporter" for effect in action.then)
    ]

    assert silent == ["enter_in_error"]


def test_the_reporter_hears_fixed_phrases_only():
    told = [
        (effect.kind, effect.name)
        for action in REFERRAL.every_action()
        for effect in action.then
        if effect.to == "reporter"
    ]

    assert {name for kind, name in told if kind == "notice"} == PHRASES
    assert {name for kind, name in told if kind == "letter"} == {"acknowledgement"}


def test_only_deciding_actions_open_the_case_to_somebody_outside():
    opening = {
        action.name: action.cls
        for action in REFERRAL.every_action()
        if {"set_receiver", "set_transfer"} & set(action.do)
        or any(effect.kind == "letter" and effect.to == "receiver" for effect in action.then)
    }

    assert opening == {"refer": "refer", "refer_at_once": "refer", "propose_transfer": "transfer"}
    assert set(opening.values()) <= DISCLOSING


def test_answers_of_the_agency_are_the_agencys_to_give():
    performer = {action.name for action in REFERRAL.actions.values() if action.cls == "respond"}

    assert performer == {
        "accept",
        "return_with_question",
        "reject",
        "hand_back",
        "announce_visit",
        "record_first_contact",
        "record_attempt",
        "begin_support",
        "report_progress",
        "report_plan",
        "report_review",
        "report_end",
        "support_again",
        "accept_transfer",
        "decline_transfer",
    }


def test_leaving_the_agency_behind_takes_the_case_away_from_it():
    """A receiver that stays set would go on seeing the case."""
    kept = {
        "emergency",
        "referred",
        "returned",
        "accepted",
        "contacted",
        "supporting",
        "support_ended",
        "rejected",
    }
    holders = {"referred", "returned", "accepted", "contacted", "supporting", "support_ended"}
    holders |= {"transfer_proposed"}
    left = [
        action.name
        for action in REFERRAL.actions.values()
        for source in action.from_
        if source in holders
        and action.to
        and action.to not in kept | {"transferred", "transfer_proposed"}
        and not REFERRAL.states[action.to].final
        and not {"clear_receiver", "set_receiver", "set_rejection"} & set(action.do)
    ]

    assert sorted(set(left)) == ["confirm_statutory_basis", "request_consent"]


def test_a_closed_case_is_opened_again_without_its_old_receiver():
    assert "clear_receiver" in REFERRAL.actions["reopen"].do


@pytest.mark.parametrize("name", ["respond_to_emergency", "raise_emergency"])
def test_an_emergency_says_119_and_110_before_anything_else(name):
    confirm = REFERRAL.actions[name].confirm

    assert "119" in confirm.ja.partition("。")[0]
    assert "110" in confirm.ja.partition("。")[0]
    assert confirm.en.startswith("Call 119")


def test_every_state_has_its_own_words_for_staff_citizen_and_not_yet():
    for words in ("title", "citizen", "not_yet"):
        texts = [getattr(state, words) for state in REFERRAL.states.values()]
        assert all(text.ja and text.en for text in texts)
    assert len({state.title.ja for state in REFERRAL.states.values()}) == len(REFERRAL.states)


def test_it_comes_back_from_the_store_as_it_was():
    pinned = REFERRAL.pinned(
        dict.fromkeys(REFERRAL.form_names(), "a" * 64),
        dict.fromkeys(REFERRAL.letter_names(), "b" * 64),
    )
    back = Workflow.from_content(pinned.to_content())

    assert back == pinned
    assert back.hash == pinned.hash != REFERRAL.hash


def test_no_state_is_a_dead_end():
    ends = [state.name for state in REFERRAL.states.values() if state.final]

    assert reachable(turned(edges(REFERRAL)), ends) == set(REFERRAL.states)
