"""A change of policies tried out: what it changes in words, in the tables, and in what was decided so far."""

import json
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.access import comparing
from backend.cases.actions import Done
from backend.cases.decisionlog import DecisionLog
from backend.cases.errors import Refused
from backend.cases.models import Case
from backend.catalogue import loading
from backend.definitions.source import roots
from tests.cases.conftest import answers, detected, do, report, triaged

__all__ = ["detected", "report", "triaged"]

Change = Callable[[str, str, str], Path]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """A folder of definitions in which one text of one policy file is another."""
    (tmp_path / "policies").mkdir()

    def written(file: str, before: str, after: str) -> Path:
        text = (roots()[0] / "policies" / file).read_text(encoding="utf-8")
        assert before in text
        (tmp_path / "policies" / file).write_text(text.replace(before, after), encoding="utf-8")
        return tmp_path

    return written


WIDER = ("staff.cedar", '["C", "D"].contains(resource.urgency)', '["B", "C", "D"].contains(resource.urgency)')
NARROWER = ("staff.cedar", 'Action::"note", Action::"correct"', 'Action::"correct"')


def told(*arguments: Any) -> list[str]:
    out = StringIO()
    call_command("policy", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def test_a_wider_condition_is_told_with_the_rows_it_turns(change: Change) -> None:
    lines = told("diff", "--with", change(*WIDER))

    assert any(line.startswith("changed: staff-extend (") for line in lines)
    assert any(line.startswith("      + when ") and '"B"' in line for line in lines)
    assert any("deny by no rule → allow by staff-extend" in line for line in lines)
    assert lines[-1].startswith("0 added, 0 removed, 1 changed; ")


def test_the_same_policies_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()

    assert told("diff", "--with", tmp_path) == [
        "0 added, 0 removed, 0 changed; 0 rows change their outcome, 0 only their reasons"
    ]


def test_a_policy_taken_out_and_one_added_are_told(change: Change) -> None:
    folder = change("staff.cedar", '@id("supervisor-reopen")', '@id("chief-reopen")')

    found = json.loads(told("diff", "--json", "--with", folder / "policies")[0])

    assert [(it["kind"], it["what"]) for it in found["policies"]] == [
        ("removed", "supervisor-reopen"),
        ("added", "chief-reopen"),
    ]
    assert found["rows"] == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            '@id("staff-view")',
            '@id("staff-view")\n@from("2027-04-01")',
            "in force from: none → 2027-04-01",
        ),
        (
            '@obligation("record_view")',
            '@obligation("record_report")',
            "the obligations: record_view → record_report",
        ),
        ("自分の課の仕事として見られます", "見られます", "the words of @reason_ja"),
    ],
)
def test_dates_obligations_and_words_are_told(change: Change, before: str, after: str, words: str) -> None:
    book, _ = loading.tried(change("staff.cedar", before, after))

    found = {it.what: it.parts for it in comparing.differences(loading.use().book, book)}

    assert words in found["staff-view"]


def test_policies_that_cannot_be_used_are_not_tried(change: Change, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"staff-extend: .*\nMend these"):
        told("diff", "--with", change("staff.cedar", "resource.urgency", "resource.urgencies"))
    with pytest.raises(CommandError, match="has no folder policies/"):
        told("diff", "--with", tmp_path / "policies" / "nowhere")


@pytest.mark.django_db
def test_a_wider_policy_shows_what_was_refused_and_would_not_be(triaged: Done, change: Change) -> None:
    Case.objects.filter(pk=triaged.case).update(urgency="B")
    with suppress(Refused):
        do(triaged, "extend", answers("extend"))
    number = Case.objects.get(pk=triaged.case).number

    lines = told("replay", "--with", change(*WIDER))

    assert lines[0] == "1 × deny → allow: + staff-extend"
    assert lines[1].split()[1:] == ["extend", number]
    assert lines[-1] == (
        "3 decisions, 2 as they were, 1 would differ (0 of them already under the policies in use), "
        "0 could not be decided again"
    )


@pytest.mark.django_db
def test_a_narrower_policy_shows_what_was_allowed_and_would_not_be(triaged: Done, change: Change) -> None:
    done = do(triaged, "note", answers("note"))
    do(done, "note", answers("note"))

    found = json.loads(told("replay", "--json", "--with", change(*NARROWER))[0])

    (group,) = found["groups"]
    assert (group["was"], group["would"], group["lost"], group["count"]) == (
        "allow", "deny", ["staff-handle"], 2,
    )  # fmt: skip
    assert found["decided"] == found["same"] + 2


@pytest.mark.django_db
def test_no_name_is_printed(triaged: Done, change: Change) -> None:
    do(triaged, "note", answers("note"))

    text = "\n".join(told("replay", "--with", change(*NARROWER)))

    assert "佐藤" not in text
    assert str(DecisionLog.objects.latest("id").member) not in text


@pytest.mark.django_db
def test_facts_that_are_asked_no_more_and_facts_that_are_missing_are_counted(
    triaged: Done, change: Change
) -> None:
    first, second = DecisionLog.objects.order_by("id")
    first.inputs["resource"]["colour"] = "red"
    del second.inputs["resource"]["area"]
    add(first, second)

    lines = told("replay", "--with", change(*WIDER))

    assert "1 × Case.colour was kept, and is no fact of policies any more" in lines
    assert any(
        line.startswith("1 × could not be decided again: TypeError: ") and "area" in line for line in lines
    )
    assert lines[-1].startswith("4 decisions, 3 as they were, 0 would differ")


@pytest.mark.django_db
def test_what_todays_policies_decide_otherwise_already_is_not_laid_at_the_changes_door(
    triaged: Done, change: Change
) -> None:
    last = DecisionLog.objects.latest("id")
    last.outcome, last.rules = "deny", []
    add(last)

    lines = told("replay", "--with", change(*WIDER))

    assert lines[0] == "1 × deny → allow: + staff-handle (1 already so today)"


@pytest.mark.django_db
def test_only_the_decisions_of_the_days_asked_for_are_decided_again(triaged: Done, change: Change) -> None:
    folder = change(*WIDER)

    assert told("replay", "--with", folder, "--until", "2001-01-01")[-1].startswith("0 decisions")
    assert told("replay", "--with", folder, "--since", "2001-01-01")[-1].startswith("2 decisions")


@pytest.mark.django_db
def test_a_policy_of_next_year_is_tried_as_of_next_year(triaged: Done, change: Change) -> None:
    folder = change("staff.cedar", '@id("staff-handle")', '@id("staff-handle")\n@until("2030-03-31")')

    assert "0 would differ" in told("replay", "--with", folder)[-1]
    assert "1 would differ" in told("replay", "--with", folder, "--as-of", "2030-04-01")[-1]


def add(*rows: DecisionLog) -> None:
    """Keep changed copies: the log itself can only be added to."""
    for row in rows:
        row.pk = None
        row.save(force_insert=True)
