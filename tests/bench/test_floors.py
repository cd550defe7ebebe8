"""What the benches compare is the same work: no ratio means anything otherwise."""

import pytest

from backend.access.book import PolicyBook
from backend.bench import byhand, decision, finding, listing, many, pages, reminding
from backend.cases.models import Notice
from backend.catalogue import loading
from backend.demo.cast import CAST


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return loading.use().book


@pytest.mark.django_db
def test_the_filters_written_by_hand_find_what_the_policies_find(cast: None, book: PolicyBook) -> None:
    many.make(4000)

    figures = listing.measure(rounds=1)

    assert [found.who for found in figures] == [player.username for player in CAST for _ in range(2)]
    assert all(found.rows for found in figures)


@pytest.mark.django_db
def test_every_page_of_the_bench_opens_and_keeps_to_its_queries(cast: None, book: PolicyBook) -> None:
    many.make(300)
    pages.ready()

    floor, figures = pages.measure(rounds=1)

    assert floor > 0
    assert [found.page.name for found in figures] == [page.name for page in pages.PAGES]
    assert {found.page.name: found.queries for found in figures if "queries" in found.over} == {}
    assert {found.page.name: found.code for found in figures if "css+js" in found.over} == {}


@pytest.mark.django_db
def test_filters_that_part_are_told(cast: None, book: PolicyBook, monkeypatch: pytest.MonkeyPatch) -> None:
    many.make(200)
    monkeypatch.setitem(byhand.CONDITIONS, "caseworker", "protected")

    with pytest.raises(ValueError, match="caseworker, newest: the policies list"):
        listing.measure(rounds=1)


def test_bare_cedar_answers_as_the_decision_does(book: PolicyBook) -> None:
    told = decision.answers(book)

    assert {len(set(answers)) for answers in told} == {1}
    assert {answers[0] for answers in told} == {True, False}


def test_every_contender_is_measured(book: PolicyBook) -> None:
    figures = decision.measure(book, rounds=1)

    assert [found.name for found in figures] == list(decision.NAMES)
    assert figures[0].ratio == 1


def test_the_reminder_run_and_bare_sql_tell_the_same(committed_db: None, cast: None) -> None:
    many.make(400)
    reminding.wait()

    figures = reminding.measure(due=30, rounds=1)

    assert (figures.due, Notice.objects.count()) == (30, 4 * 30)


@pytest.mark.django_db
def test_every_search_of_the_bench_is_understood_and_mostly_finds(cast: None, book: PolicyBook) -> None:
    finding.make(4000)

    figures = finding.measure(rounds=1)

    assert [found.what for found in figures] == list(finding.TYPED)
    assert sum(found.found > 0 for found in figures) >= 4
