"""Reporting what one has noticed is never blocked, not even by a mistake in our own data."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from backend import access
from backend.access import IF_REPORT_FAILS, MemberFacts, decide
from backend.access import deciding as module
from backend.access.decisions import Cast
from tests.access.strategies import TODAY, members


@given(members)
def test_every_open_account_may_report_whatever_else_is_wrong_with_it(member: MemberFacts) -> None:
    decision = decide(member, "referral.report", None, today=TODAY)

    assert decision.allowed == member.active
    assert decision.errors == ()


@pytest.mark.parametrize("value", ["", None, 3, "\ud800"])
@pytest.mark.parametrize("name", ["role", "organisation", "controller", "area", "valid_until", "pledge"])
def test_facts_that_could_not_be_decided_about_do_not_stop_a_report(
    name: str, value: Any, players: Cast
) -> None:
    odd = replace(players.members["volunteer"], **{name: value})

    assert decide(odd, "report", None, today=TODAY)


def test_a_report_is_recorded(players: Cast) -> None:
    decision = decide(players.members["volunteer"], "report", None, today=TODAY)

    assert decision.obligations == ("record_report",)


@pytest.mark.parametrize("action", ["report", "referral.report"])
def test_without_policies_a_report_goes_to_the_locked_inbox(action: str, players: Cast) -> None:
    with access.using(None):
        decision = decide(players.members["volunteer"], action, None, today=TODAY)

    assert not decision
    assert decision.obligations == IF_REPORT_FAILS


def test_when_the_engine_fails_a_report_goes_to_the_locked_inbox(
    players: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("the engine is broken")

    monkeypatch.setattr(module.cedarpy, "is_authorized_batch", fail)

    decision = decide(players.members["volunteer"], "report", None, today=TODAY)

    assert decision.obligations == IF_REPORT_FAILS


def test_a_closed_account_is_told_how_else_to_report(players: Cast) -> None:
    closed = replace(players.members["volunteer"], active=False)

    decision = decide(closed, "report", None, today=TODAY)

    assert decision.help is not None
    assert "電話" in decision.help.ja
