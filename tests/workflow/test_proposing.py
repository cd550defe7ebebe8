"""Terms of office and grants: what their guards hold, and when all commissioners are renewed."""

from datetime import date, datetime

import pytest

from backend.workflow import proposing
from backend.workflow.deadlines import term_end
from backend.workflow.guards import JST
from backend.workflow.situation import Situation

NOW = datetime(2026, 11, 24, 9, tzinfo=JST)


def situation(answers=None, **case):
    return Situation(case=case, answers=answers or {}, member={"account": "a"}, now=NOW)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2025, 11, 30), date(2025, 11, 30)),
        (date(2025, 12, 1), date(2028, 11, 30)),
        (date(2026, 11, 24), date(2028, 11, 30)),
        (date(2028, 11, 30), date(2028, 11, 30)),
        (date(2028, 12, 1), date(2031, 11, 30)),
    ],
)
def test_all_terms_of_commissioners_end_together(day, last):
    assert term_end(day) == last


@pytest.mark.parametrize(
    ("begins", "ends", "fits"),
    [
        ("2025-12-01", "2028-11-30", True),
        ("2026-12-01", "2026-12-01", True),
        ("2026-12-01", "2026-11-30", False),
        ("2025-12-01", "2028-12-01", False),
        ("2024-02-29", "2027-02-27", True),
        ("2024-02-29", "2027-02-28", False),
    ],
)
def test_a_term_is_at_most_three_years(begins, ends, fits):
    assert proposing.term_is_in_order(situation({"begins_on": begins, "ends_on": ends})) == fits


@pytest.mark.parametrize(("last", "over"), [("2026-11-24", True), ("2026-11-25", False)])
def test_a_term_is_over_on_its_last_day(last, over):
    assert proposing.term_is_over(situation(facts={"term_ends_on": last})) == over


@pytest.mark.parametrize(
    ("controller", "appealable", "fits"), [("csw", True, False), ("csw", False, True), ("city", True, True)]
)
def test_the_council_makes_no_disposition(controller, appealable, fits):
    assert (
        proposing.appeal_fits_controller(situation({"appealable": appealable}, controller=controller)) == fits
    )


def test_everybody_who_had_a_hand_in_it_is_remembered():
    assert proposing.set_proposer(situation(facts={"requesters": ["b"]})) == {"requesters": ["a", "b"]}
