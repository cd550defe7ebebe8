"""`tsunagu decide`: an office runs its own tables and asks why."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.definitions.source import roots


def decide(*args: Any, **options: Any) -> list[str]:
    out = io.StringIO()
    call_command("decide", *args, stdout=out, **options)
    return out.getvalue().splitlines()


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_a_shipped_table_is_told_row_by_row() -> None:
    lines = decide(roots()[0] / "policies" / "sharing-golden.decisions.yaml")

    assert lines[-1].endswith(" rows, 0 not as expected")
    assert "◎ 17 台風。断っていた方のことも、避難支援等関係者とその他の人に伝えられる" in lines
    assert "    個人情報保護の担当が決めます。" in lines


def test_a_row_that_differs_ends_with_1(tmp_path: Path) -> None:
    table = tmp_path / "own.decisions.yaml"
    table.write_text(
        "- {situation: 伝えられる, who: caseworker, to: to_the_center, decision: allow, reasons: []}\n"
        "- {situation: 係長, who: caseworker, to: {as: agreed_to_the_center, category: health},"
        " decision: approval, approver: privacy_officer, reasons: [consent-covers-sensitive]}\n"
        "- {situation: 回収, who: caseworker, to: agreed_to_the_center, decision: allow,"
        " reasons: [consent-covers], obligations: [collect_after_meeting]}\n"
    )
    out = io.StringIO()

    with pytest.raises(CommandError, match="Mend the rows") as stopped:
        call_command("decide", table, stdout=out)

    assert stopped.value.returncode == 1
    told = out.getvalue()
    assert "expected allow by [], decided deny by ['why-no-consent']" in told
    assert "expected approver privacy_officer, found supervisor" in told
    assert "does not oblige to collect_after_meeting" in told


def test_a_refused_situation_is_explained_with_the_nearest_way() -> None:
    lines = decide(
        explain=True, who="caseworker", to="once_to_another_section", set=["necessity=false"], language="en"
    )

    assert lines == [
        "－ deny",
        "    Not possible now.",
        "    The reason why it is needed is missing. (個人情報保護法69条2項・27条1項（相当の理由）)",
        "    What to do: Write down why it is needed.",
        "    The nearest way: write down why it is needed.",
        "    Then: Possible when the supervisor approves. A one-off use inside the city: with the"
        " written reason it is possible when the supervisor approves."
        " (個人情報保護法69条2項2号（市の中での臨時の利用）)",
        f"    why-reason-missing  R03  policies/fallback.cedar:{line_of('why-reason-missing')}",
    ]


def line_of(policy: str) -> int:
    text = (roots()[0] / "policies" / "fallback.cedar").read_text(encoding="utf-8")
    return text[: text.index(f'@id("{policy}")')].count("\n") + 1


def test_a_situation_may_be_typed_as_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "who: csw\ndoes: view\nto: case_in_support\nwith: {to: {assignee: csw}}\n")

    lines = decide(explain=True)

    assert lines[:2] == ["○ allow", "    できます。"]
    assert lines[-1].startswith("    csw-assigned  policies/csw.cedar:")


def test_flags_reach_the_member_the_thing_and_the_category() -> None:
    lines = decide(
        explain=True, who="caseworker", does="see", to="case_in_support",
        set=["category=health", "who.role=supervisor", "to.assignee=csw"],
    )  # fmt: skip

    assert lines[0] == "○ allow"
    assert any(line.startswith("    see-staff") for line in lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a list\n", "this is not a situation; write who, to"),
        ("who: caseworker\n", "this is not a situation"),
        ("who: nobody\nto: to_the_center\n", "the situation names 'nobody', which is unknown"),
        ("who: caseworker\nto: {as: to_the_center, colour: red}\n", "names 'colour', which is unknown"),
        ("who: [unclosed\n", "this is not YAML"),
        ("who: caseworker\nto: case_in_support\n", "names 'does', which is unknown"),
    ],
)
def test_a_situation_that_cannot_be_asked_says_what_to_write(
    text: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, text)

    with pytest.raises(CommandError, match=message):
        decide(explain=True)


@pytest.mark.parametrize("change", ["necessity", "to.necessity"])
def test_a_change_without_a_value_says_how_to_write_it(change: str) -> None:
    with pytest.raises(CommandError, match=r"has no value; write it like --set to\.purpose=watch_over"):
        decide(explain=True, who="caseworker", to="to_the_center", set=[change])


def test_tables_and_one_situation_are_not_asked_together() -> None:
    with pytest.raises(CommandError, match="not both"):
        decide()
    with pytest.raises(CommandError, match="not both"):
        decide("x.decisions.yaml", explain=True)
