"""The tables bite: change a policy in any small way, and some row is decided otherwise."""

from dataclasses import replace
from pathlib import Path

import pytest

from backend.access import decisions
from backend.access.book import PolicyBook
from backend.access.decisions import Bench
from backend.access.mutants import Mutant, mutants
from backend.access.reading import Policy, read_policies
from backend.access.scoring import Scoring

POLICY = """
@id("try")
permit (principal, action in [Action::"view", Action::"list"], resource is Case)
when { ["a", "b"].contains(principal.id) && (context.today >= 5 || !resource.open) }
unless { resource.state like "*error" };
"""

CHANGES = [
    "takes the policy out",
    "makes it a forbid",
    "widens the scope to every action",
    "widens the scope to every resource",
    "drops the action view from the scope",
    "drops the action list from the scope",
    'drops `when`: (["a", "b"].contains(principal.id)) && ((context.today >= 5) || (!resource.open))',
    'negates: (["a", "b"].contains(principal.id)) && ((context.today >= 5) || (!resource.open))',
    "drops from `&&`: (context.today >= 5) || (!resource.open)",
    'drops from `&&`: ["a", "b"].contains(principal.id)',
    'makes an `||` of: (["a", "b"].contains(principal.id)) && ((context.today >= 5) || (!resource.open))',
    'negates: ["a", "b"].contains(principal.id)',
    'drops from a list: "a"',
    'drops from a list: "b"',
    "negates: (context.today >= 5) || (!resource.open)",
    "drops from `||`: !resource.open",
    "drops from `||`: context.today >= 5",
    "makes an `&&` of: (context.today >= 5) || (!resource.open)",
    "negates: context.today >= 5",
    "makes a `>` of: context.today >= 5",
    "shifts: 5 → 4",
    "shifts: 5 → 6",
    "drops `!` before: resource.open",
    "negates: resource.open",
    'drops `unless`: resource.state like "*error"',
    'negates: resource.state like "*error"',
    'drops a `*`: resource.state like "*error" → resource.state like "error"',
]


# Each has a condition that a hard stop or another forbid holds too (`tsunagu policy mutate` names which).
HELD_TWICE = {
    "keep-channel",
    "see-staff-special",
    "see-person",
    "see-person-privacy",
    "staff-person",
    "council-read",
}


@pytest.fixture(scope="module")
def benches() -> list[Bench]:
    return decisions.benches()


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    file = tmp_path / "try.cedar"
    file.write_text(POLICY)
    (found,), _ = read_policies(file, "try.cedar")
    return found


def every(policies: list[Policy], book: PolicyBook) -> list[Mutant]:
    return mutants(policies, book.vocabulary)


def test_a_sample_of_all_changes_is_noticed(book: PolicyBook, benches: list[Bench]) -> None:
    """All but what another policy holds as well."""
    sample = mutants(book.every, book.vocabulary)[::17]

    score = Scoring(book, benches, sample, attempts=0).score(jobs=1)

    assert {survivor.mutant.origin.id for survivor in score.survivors} <= HELD_TWICE


def test_a_survivor_comes_with_a_situation_that_would_notice_it(book: PolicyBook, policies: Path) -> None:
    """The rows about the council of social welfare alone do not say that it records visits."""
    few = [decisions.bench(policies / "csw.decisions.yaml")]
    less = "drops the action visit from the scope"
    mutant = next(it for it in every([book.policy("csw-assigned")], book) if str(it.change) == less)

    (survivor,) = Scoring(book, few, [mutant], attempts=300).score(jobs=1).survivors

    assert "to.assignee = 'csw'" in survivor.situation


def test_a_survivor_tells_which_policies_hold_it_as_well(book: PolicyBook, benches: list[Bench]) -> None:
    less = "drops from `&&`: principal.controller == resource.controller"
    mutant = next(it for it in every([book.policy("staff-person")], book) if str(it.change) == less)

    (survivor,) = Scoring(book, benches, [mutant], attempts=100).score(jobs=1).survivors

    assert "stop-other-controller" in survivor.held_by


def test_every_part_of_a_policy_is_changed(policy: Policy, book: PolicyBook) -> None:
    told = [str(mutant.change) for mutant in every([policy], book)]

    assert told == CHANGES


def test_a_scope_widened_to_what_the_schema_excludes_is_no_change(book: PolicyBook) -> None:
    told = {str(mutant.change) for mutant in every([book.policy("assignee-close")], book)}

    assert "widens the scope to every resource" not in told
    assert "widens the scope to every action" in told


def test_the_hard_stops_of_a_file_are_taken_out_together(book: PolicyBook) -> None:
    *_, last = mutants(book.every, book.vocabulary)

    assert len(last.removed) > 1
    assert all(not book.policy(name).permits for name in last.removed)


def test_policies_are_changed_in_their_dates_too(policy: Policy, book: PolicyBook) -> None:
    dated = replace(policy, since=20270401, until=20280331)

    assert {str(it.change) for it in every([dated], book)} >= {"drops @from", "drops @until"}


def test_outcomes_of_provisions_are_changed_too(book: PolicyBook) -> None:
    told = {str(it.change) for it in every([book.policy("duty-imminent-rescue")], book)}

    assert "makes the outcome approval" in told


def test_processes_come_to_the_same_score(book: PolicyBook, policies: Path) -> None:
    few = [decisions.bench(policies / "staff.decisions.yaml")]
    sample = every([book.policy("staff-view"), book.policy("staff-person")], book)

    alone, together = (Scoring(book, few, sample, attempts=20).score(jobs=jobs) for jobs in (1, 2))

    assert alone == together
    assert str(alone).startswith("mutation score ")


def test_tables_that_do_not_hold_are_not_measured(book: PolicyBook, policies: Path) -> None:
    table = decisions.bench(policies / "csw.decisions.yaml")
    wrong = [replace(table.rows[0], expected="deny"), *table.rows[1:]]

    with pytest.raises(ValueError, match=f"{wrong[0].situation}: expected deny"):
        Scoring(book, [Bench(wrong, table.areas)]).score(jobs=1)
