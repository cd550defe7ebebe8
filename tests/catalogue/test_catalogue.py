"""All definitions together: shipped ones are right, a broken overlay is told whole and never used."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from backend.cases.actions import Done
from backend.cases.models import Case, Step
from backend.catalogue import loading, walking
from backend.definitions.findings import DefinitionError
from backend.definitions.models import Published
from backend.definitions.source import find
from backend.letters import fonts
from tests.cases.conftest import answers, do, report  # noqa: F401 - a fixture

SHIPPED = Path(settings.ROOT)


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An overlay with a copy of the referral."""
    for name in ("workflows/referral", "forms/questions", "policies"):
        (tmp_path / name).mkdir(parents=True)
    text = (SHIPPED / "workflows/referral/workflow.yaml").read_text(encoding="utf-8")
    (tmp_path / "workflows/referral/workflow.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(settings, "DEFINITION_ROOTS", [SHIPPED, tmp_path])
    return tmp_path


def change(overlay: Path, before: str, after: str) -> None:
    path = overlay / "workflows/referral/workflow.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def tsunagu(*words: str, definitions: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [Path(sys.executable).with_name("tsunagu"), *words],
        env={**os.environ, "TSUNAGU_DEFINITIONS": str(definitions)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_what_is_shipped_has_nothing_wrong() -> None:
    assert [str(finding) for finding in loading.read().findings] == []


def test_every_finding_of_a_broken_overlay_is_told_at_once(overlay: Path) -> None:
    change(overlay, "form: triage", "form: no_such_form")
    change(overlay, "owner: caseworker", "owner: no_such_role")

    found = loading.read()

    told = "\n".join(map(str, found.findings))
    assert "no_such_form" in told
    assert "no_such_role" in told
    assert not found.usable


def test_a_broken_catalogue_is_not_published(overlay: Path) -> None:
    change(overlay, "form: triage", "form: no_such_form")

    with pytest.raises(DefinitionError):
        loading.publish(loading.read())


def test_the_command_exits_with_1_and_names_file_and_line(overlay: Path) -> None:
    change(overlay, "form: triage", "form: no_such_form")

    said = tsunagu("check", definitions=overlay)

    assert said.returncode == 1
    assert "workflow.yaml:" in said.stdout
    assert "no_such_form" in said.stdout


@pytest.fixture
def long_address(overlay: Path) -> Path:
    """An overlay whose visit notice goes to an address no window holds."""
    folder = overlay / "forms/letters"
    folder.mkdir(parents=True)
    for name in ("visit_notice.yaml", "visit_notice.html"):
        text = (SHIPPED / "forms/letters" / name).read_text(encoding="utf-8")
        text = text.replace("海鳴市中浜一丁目2番3号", "海鳴市中浜一丁目" * 40)
        (folder / name).write_text(text, encoding="utf-8")
    return overlay


def test_the_check_prints_every_letter_for_a_trial(
    long_address: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loading.read().usable

    with pytest.raises(CommandError, match="1 to mend"):
        call_command("check")

    [line] = [line for line in capsys.readouterr().out.splitlines() if "visit_notice" in line]
    assert line.startswith(f"{long_address}/forms/letters/visit_notice.yaml:")
    assert "does not fit into the window" in line


def test_without_fonts_the_check_says_that_no_letter_was_printed(
    long_address: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "fonts", lambda: fonts.FontHealth({}, ("IPAex Mincho",)))

    call_command("check")

    said = capsys.readouterr().out
    assert "The letters were not printed for a trial, fonts: IPAex Mincho not found; run:" in said
    assert "nothing wrong" in said


def test_the_server_refuses_to_start_on_a_broken_overlay(overlay: Path) -> None:
    change(overlay, "form: triage", "form: no_such_form")

    said = tsunagu("web", "--port", "8199", definitions=overlay)

    assert said.returncode != 0
    assert "tsunagu check" in said.stderr


@pytest.mark.django_db
def test_publishing_the_same_again_adds_nothing() -> None:
    before = Published.objects.count()

    loading.publish(loading.use())

    assert Published.objects.count() == before


@pytest.mark.django_db
def test_a_running_case_goes_on_under_the_version_it_began_with(
    overlay: Path,
    report: Callable[..., Done],  # noqa: F811
) -> None:
    begun = report()
    change(overlay, "to: triaged", "to: emergency")
    loading.publish(loading.read())

    old, new = do(begun, "triage", answers("triage")), do(report(), "triage", answers("triage"))

    assert (old.target, new.target) == ("referral.triaged", "referral.emergency")
    assert Case.objects.get(pk=old.case).definition != Case.objects.get(pk=new.case).definition


@pytest.mark.django_db
def test_a_step_tells_the_version_of_the_form_it_was_answered_in(report: Callable[..., Done]) -> None:  # noqa: F811
    begun = report()

    step = Step.objects.get(case=begun.case, seq=1)

    assert step.form_hash == loading.use().forms["detection_report"].hash


WALKS = {source.name: walking.read_walks(source.name)[0] for source in find("workflow")}
LIVES = [(workflow, name) for workflow, found in WALKS.items() if found for name in found.walks]


@pytest.mark.django_db
@pytest.mark.parametrize(("workflow", "name"), LIVES)
def test_every_example_life_comes_out_as_written(cast: None, workflow: str, name: str) -> None:
    walks = WALKS[workflow]
    assert walks is not None

    walked = list(walking.walk(loading.use(), workflow, walks.walks[name]))

    assert [found.wrong for found in walked if found.wrong] == []
    assert walked
    assert not Case.objects.exists()
