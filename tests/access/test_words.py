"""A refusal is a route: it says why, with the article, and what would make it possible."""

import pytest

from backend.access import decide, explain, sentences
from backend.access.decisions import Cast
from tests.access.strategies import TODAY


@pytest.mark.parametrize(
    ("who", "does", "to", "helps"),
    [
        ("caseworker", "approve", "case_in_support", "supervisor-approve"),
        ("caseworker", "reopen", "closed_case", "supervisor-reopen"),
        ("caseworker", "respond", "case_referred_to_the_center", "receiver-respond"),
        ("commissioner", "triage", "detected_case", "staff-handle"),
        ("commissioner", "view", "case_in_support", "commissioner-own-area"),
        ("receiver", "close", "case_referred_to_the_center", "supervisor-close"),
        ("csw", "approve", "own_case_of_csw", "supervisor-approve"),
        ("volunteer", "note", "case_watched_by_the_volunteer", "staff-handle"),
        ("privacy", "handle", "case_in_support", "staff-handle"),
        ("caseworker", "audit", "case_in_support", "privacy-officer-view"),
        ("caseworker", "extend", "detected_case", "supervisor-extend"),
        ("outsider", "view", "watched_case_in_the_commissioners_area", "stop-other-area"),
    ],
)
def test_the_help_names_the_nearest_way(who: str, does: str, to: str, helps: str, players: Cast) -> None:
    decision = decide(players.members[who], does, players.things[to], today=TODAY)

    assert decision.help is not None
    assert decision.help.id == helps


def test_a_refusal_in_japanese(players: Cast) -> None:
    decision = decide(
        players.members["outsider"],
        "view",
        players.things["watched_case_in_the_commissioners_area"],
        today=TODAY,
    )

    assert sentences(decision, "ja")[:2] == [
        "いまはできません。",
        "担当区域の外です。（民生委員法13条（担当区域）、委嘱要綱（担当区域））",
    ]
    assert sentences(decision, "ja")[2].startswith("どうすればよいか：この区域の担当者か、市の福祉課に")


def test_a_refusal_in_english(players: Cast) -> None:
    decision = decide(
        players.members["caseworker"], "approve", players.things["case_in_support"], today=TODAY
    )

    assert sentences(decision, "en") == [
        "Not possible now.",
        "Your role and assignment do not permit this.",
        "What to do: The supervisor of the controller can approve it.",
    ]


def test_a_permission_says_why(players: Cast) -> None:
    decision = decide(players.members["caseworker"], "view", players.things["case_in_support"], today=TODAY)

    told = explain(decision, "en")

    assert told.allowed
    assert told.because == ("Staff of the controller may look at its cases as their work.",)
    assert told.cites == ("個人情報保護法61条・69条1項（利用目的の範囲）",)
    assert told.help == ""
    assert told.rules == ("staff-view",)


def test_a_failure_is_told_as_one_and_names_no_cause(players: Cast) -> None:
    decision = decide(
        players.members["caseworker"], "destroy", players.things["case_in_support"], today=TODAY
    )

    told = explain(decision, "ja")

    assert told.because == ("判定できなかったため、安全のため許可しませんでした。",)
    assert "destroy" not in "".join((*told.because, told.help))


def test_where_no_policy_comes_near_the_class_says_whom_to_turn_to(players: Cast) -> None:
    decision = decide(players.members["caseworker"], "issue", players.things["own_case_of_csw"], today=TODAY)

    assert decision.rules == ("stop-other-controller",)
    assert decision.help is not None
    assert decision.help.id == "stop-other-controller"
