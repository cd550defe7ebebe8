"""`tsunagu bench every-page` opens what there is and leaves nothing behind."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from backend.bench import everypage
from backend.bench.everypage import Opened
from backend.cases.looks import Look
from tests.cases.conftest import detected, report, triaged

__all__ = ("detected", "report", "triaged")
pytestmark = pytest.mark.django_db


def test_page_after_page_is_opened_by_links_and_leaves_no_trace(triaged):
    floor, found = everypage.measure(1, ["receiver", "volunteer"])

    opened = {(page.who, page.address) for page in found}
    assert {("volunteer", "/field/"), ("receiver", "/received/"), ("receiver", "/rules/")} <= opened
    assert not any(address.endswith(".pdf") for _who, address in opened)
    assert [page.median for page in found] == sorted((page.median for page in found), reverse=True)
    assert 0 < floor < found[0].median
    assert len(opened) == len(found) > 20
    assert not Look.objects.exists()


def test_without_a_demo_city_it_says_how_to_make_one(cast):
    with pytest.raises(CommandError, match="make demo SERVE=0"):
        call_command("bench", "every-page")


def test_the_slowest_are_told_with_how_many_are_over_the_budget(cast, settings, monkeypatch):
    settings.DEMO, told = True, StringIO()
    pages = [Opened("caseworker", "/", 90.0, 61.0), Opened("privacy", "/councils/", 80.0, 59.0)]
    monkeypatch.setattr(everypage, "measure", lambda rounds: (0.5, pages))

    call_command("bench", "every-page", stdout=told)

    assert "61.0      90.0    122.0  caseworker /" in told.getvalue()
    assert told.getvalue().splitlines()[-1] == "2 pages opened, floor 0.5 ms, 1 over the budget"
