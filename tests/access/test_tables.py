"""The decision tables: every shipped row is decided as it says, by the policies it names."""

from functools import lru_cache
from pathlib import Path

import pytest

from backend.access import decisions
from backend.access.book import PolicyBook
from backend.access.decisions import RowResult
from backend.definitions.findings import DefinitionError
from backend.definitions.source import roots

TABLES = decisions.tables([roots()[0] / "policies"])


@lru_cache(maxsize=2)
def all_rows(book: PolicyBook) -> list[RowResult]:
    return [row for table in TABLES for row in decisions.run(book, table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_every_row_is_decided_as_the_table_says(book: PolicyBook, table: Path) -> None:
    results = decisions.run(book, table)

    assert [row.problem for row in results if row.problem] == []
    assert all(row.decision.errors == () for row in results)


def test_every_policy_decides_a_row(book: PolicyBook) -> None:
    decided = {rule for row in all_rows(book) for rule in row.decision.rules}

    assert {policy.id for policy in book.every} - decided == set()


def test_every_policy_has_a_near_miss_that_differs_in_one_fact(book: PolicyBook) -> None:
    assert decisions.lone_rules(all_rows(book), book) == []


def test_every_refusal_says_what_would_help_in_both_languages(book: PolicyBook) -> None:
    refused = [row.decision.help for row in all_rows(book) if row.found == "deny"]

    assert all(found is not None and found.ja and found.en for found in refused)


def test_a_permission_needs_no_help(book: PolicyBook) -> None:
    assert {row.decision.help for row in all_rows(book) if row.found == "allow"} == {None}


def test_a_row_decided_otherwise_is_a_finding(book: PolicyBook, tmp_path: Path) -> None:
    table = tmp_path / "wrong.decisions.yaml"
    table.write_text(
        "- {situation: 見られない, who: caseworker, does: view, to: case_in_support,"
        " decision: deny, reasons: []}"
    )

    (finding,) = decisions.findings_of(decisions.run(book, table))

    assert str(finding) == (
        "policies/wrong.decisions.yaml:1: 見られない: expected deny by [], decided allow by ['staff-view']; "
        "correct the policy, or the row if the rule has changed"
    )


def test_a_row_about_nobody_is_refused_with_its_line(book: PolicyBook, tmp_path: Path) -> None:
    table = tmp_path / "wrong.decisions.yaml"
    table.write_text("- {situation: だれか, who: nobody, does: view, decision: deny, reasons: []}")

    with pytest.raises(DefinitionError, match=r"1: the row names 'nobody', which is unknown"):
        decisions.run(book, table)


def test_a_row_with_an_unknown_attribute_is_refused(book: PolicyBook, tmp_path: Path) -> None:
    table = tmp_path / "wrong.decisions.yaml"
    row = "{situation: x, who: {as: caseworker, rank: 3}, does: view, decision: deny, reasons: []}"
    table.write_text(f"- {row}")

    with pytest.raises(DefinitionError, match=r"'rank', which is unknown"):
        decisions.run(book, table)


def test_the_cast_of_the_tables_is_the_cast_of_the_demo() -> None:
    from backend.demo.cast import BY_NAME

    players = decisions.cast().members

    assert set(players) == set(BY_NAME)
    for name, player in BY_NAME.items():
        own = players[name]
        assert (own.role, own.organisation, own.controller, own.area) == (
            player.role, player.organisation, player.controller, player.area,
        )  # fmt: skip
