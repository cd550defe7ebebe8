"""What a case learns from answers: codes, dates, yes or no."""

from datetime import datetime

from backend.definitions.canonical import canonical
from backend.workflow.guards import JST
from backend.workflow.registry import FUNCTIONS
from backend.workflow.situation import Situation

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JST)


def learn(name, answers=None, facts=None, **case):
    return FUNCTIONS[name].learn(Situation({"facts": facts or {}, **case}, answers or {}, {}, NOW))


def test_a_detection_tells_danger_abuse_and_who_wants_an_answer():
    report = {
        "imminent": True,
        "abuse_suspected": "child",
        "feedback_wanted": True,
        "reporter_type": "neighbor",
        "reporter_name": "山田 花子",
        "reporter_addr": "海鳴市中浜一丁目2番3号",
        "subject_name": "髙田 ハナ",
    }

    assert learn("set_detection", report) == {
        "imminent": True,
        "abuse": "child",
        "feedback_wanted": True,
        "reporter_type": "neighbor",
        "reporter_letter": True,
        "subject_known": False,  # a name without an address finds nobody
        "consent": "unknown",
        "legal_basis": "",
    }


def test_consent_the_reporter_heard_of_is_not_consent():
    assert learn("set_detection", {"consent_status": "given"})["consent"] == "unknown"


def test_a_person_on_record_is_known():
    assert learn("set_detection", {}, person="p")["subject_known"] is True


def test_no_fact_of_a_detection_is_a_name_or_an_address():
    names = ("reporter_name", "reporter_addr", "subject_name", "subject_addr", "facts_seen")
    report = dict.fromkeys(names, "髙田")

    assert "髙田".encode() not in canonical(learn("set_detection", report))


def test_triage_decides_danger_person_abuse_and_urgency():
    answers = {"imminent": False, "subject_known": True, "abuse_suspected": "none", "urgency": "B"}

    assert learn("set_triage", answers) == {
        "imminent": False,
        "subject_known": True,
        "abuse": "none",
        "urgency": "B",
    }


def test_a_reopening_sets_the_urgency_and_forgets_what_must_be_found_out_anew():
    assert learn("set_urgency", {"urgency": "A"}) == {"urgency": "A"}
    assert learn("clear_outcome", facts={"outcome": "resolved", "imminent": True})["imminent"] is False


def test_consent_reaches_as_far_as_the_person_said():
    answers = {"answer": "partial", "valid_until": "2028-03-31", "categories": ["identity", "area"]}

    assert learn("set_consent", answers) == {
        "consent": "partial",
        "consent_until": "2028-03-31",
        "consent_categories": ["area", "identity"],
    }


def test_a_refusal_takes_away_what_was_consented_to_before():
    answers = {"answer": "refused", "valid_until": "2028-03-31", "categories": ["identity"]}

    assert learn("set_consent", answers) == {
        "consent": "refused",
        "consent_until": None,
        "consent_categories": [],
    }


def test_asking_again_leaves_a_valid_consent_in_force():
    valid = {"consent": "given", "consent_until": "2028-03-31"}

    assert learn("set_consent_requested", facts=valid) == {"consent": "given"}
    assert learn("set_consent_requested", facts={"consent": "refused"}) == {"consent": "requested"}


def test_a_withdrawal_takes_consent_with_it_only_if_the_person_says_so():
    assert learn("set_withdrawal", {"consent_withdrawn": True})["consent"] == "withdrawn"
    assert learn("set_withdrawal", {"consent_withdrawn": False}) == {}


def test_an_approved_basis_is_for_these_items_and_this_recipient():
    answers = {"legal_basis": "pia_69_2_iii", "categories": ["identity", "contact"], "recipient": "csw"}

    assert learn("set_legal_basis", answers) == {
        "legal_basis": "pia_69_2_iii",
        "basis_categories": ["contact", "identity"],
        "basis_recipient": "csw",
    }


def test_a_referral_with_consent_sets_the_receiver_alone():
    assert learn("set_receiver", {"to_org": "csw", "basis": "consent"}) == {"receiver": "csw"}


def test_a_notification_of_abuse_becomes_the_recorded_basis():
    answers = {"to_org": "csw", "basis": "statutory", "legal_basis": "capa_6", "shared_items": ["abuse"]}

    assert learn("set_receiver", answers, {"abuse": "child"}) == {
        "receiver": "csw",
        "legal_basis": "capa_6",
        "basis_categories": ["abuse"],
        "basis_recipient": "csw",
    }


def test_an_agency_that_declined_no_longer_sees_the_case_and_is_remembered():
    learned = learn("set_rejection", facts={"rejected_by": ["a-center"]}, receiver="csw")

    assert learned["receiver"] == ""
    assert learned["rejected_by"] == ["a-center", "csw"]


def test_a_transfer_out_of_the_city_has_nobody_here_who_could_answer():
    assert learn("set_transfer", {"destination": "outside_city"}) == {
        "receiver": "",
        "transfer_outside": True,
    }
    assert learn("set_transfer", {"destination": "registered", "to_org": "csw"})["receiver"] == "csw"
    assert learn("clear_receiver") == {"receiver": "", "transfer_outside": False}


def test_the_first_contact_stays_the_first_and_a_call_is_not_a_sight():
    call = {"first_contact_at": "2026-12-02T23:30:00+00:00", "met": "phone_only"}
    visit = {"first_contact_at": "2026-12-05T10:00:00+09:00", "met": "met"}

    first = learn("set_first_contact", call)
    assert first == {"first_contact_on": "2026-12-03", "seen_on": None}
    assert learn("set_first_contact", visit, first) == {
        "first_contact_on": "2026-12-03",
        "seen_on": "2026-12-05",
    }


def test_an_ending_is_an_outcome_and_a_date_in_japan():
    assert learn("set_outcome", {"outcome": "resolved"}) == {"outcome": "resolved", "closed_on": "2026-11-24"}
    assert learn("set_transferred")["outcome"] == "handed_over"


def test_the_one_in_charge_is_kept_by_id():
    assert learn("set_assignee", {"assigned_to": "id"}) == {"assignee": "id"}


def test_whoever_is_entrusted_with_the_watch_replaces_those_before():
    assert learn("set_watchers", {"watcher": "a", "watcher_2": "b"}, watchers=["c"]) == {
        "watchers": ["a", "b"]
    }
    assert learn("set_watchers", {"watcher": "a"}) == {"watchers": ["a"]}


def test_something_wrong_at_the_door_is_danger_until_the_office_made_sure():
    assert learn("set_alarm", {"result": "alarm"}) == {"imminent": True}
