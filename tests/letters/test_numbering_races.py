"""Numbers under real concurrency: several connections, commits and rollbacks."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import pytest
from django.db import connections, transaction

from backend.letters import issue, numbering
from backend.letters.models import FrozenPdf, IssuedLetter
from backend.letters.numbering import Series
from tests.letters.conftest import TODAY, order
from tests.operations import office

pytestmark = pytest.mark.usefixtures("committed_db")
WORKERS = 6


def together(work, count=WORKERS):
    """Run `work(place)` in as many threads, all starting at once; the results, errors among them."""
    start = Barrier(count)

    def run(place):
        start.wait(timeout=30)
        try:
            return work(place)
        except Exception as error:
            return error
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_racing_letters_are_numbered_one_to_n():
    case = office.case().id

    letters = together(lambda place: issue.issue(order(case, ordinal=place)))

    assert sorted(one.number for one in letters) == list(range(1, WORKERS + 1))
    assert list(numbering.gaps()) == []
    assert FrozenPdf.objects.count() == WORKERS


def test_racing_for_the_same_letter_makes_one():
    case = office.case().id

    letters = together(lambda _place: issue.issue(order(case, "consent_request")))

    assert len({one.id for one in letters}) == 1
    assert IssuedLetter.objects.count() == FrozenPdf.objects.count() == 1
    assert numbering.last(Series("city", "海福", 2026)) == 1


def test_rolled_back_transactions_leave_no_gap():
    case = office.case()

    def issue_or_fail(place):
        chance = Random(place)
        for turn in range(12):
            try:
                with transaction.atomic():
                    (number,) = numbering.take(Series("city", "海福", 2026), TODAY)
                    row(case, place, turn, number)
                    if chance.random() < 0.4:
                        raise RuntimeError("killed before commit")
            except RuntimeError:
                continue
        return

    assert together(issue_or_fail) == [None] * WORKERS

    numbers = sorted(IssuedLetter.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) < WORKERS * 12
    assert list(numbering.gaps()) == []


def row(case, place, turn, number):
    IssuedLetter.objects.create(
        case=case,
        seq=1,
        ordinal=place * 100 + turn,
        definition="visit_notice",
        definition_hash="0" * 64,
        controller="city",
        organisation="city-welfare",
        symbol="海福",
        fiscal_year=2026,
        number=number,
        dated_on=TODAY,
        addressee_kind="resident",
        state="issued",
        inputs_salt=bytes(32),
        inputs_digest="0" * 64,
    )
