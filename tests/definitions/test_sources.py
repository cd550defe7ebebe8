"""Where definitions are found, and how an overlay replaces them."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings

from backend.definitions.findings import Finding, errors
from backend.definitions.source import find, roots

SHIPPED = Path(django_settings.DEFINITION_ROOTS[0])


@pytest.fixture
def overlay(tmp_path, settings):
    (tmp_path / "workflows" / "referral").mkdir(parents=True)
    (tmp_path / "workflows" / "referral" / "workflow.yaml").write_text("workflow: referral\n")
    (tmp_path / "forms" / "questions").mkdir(parents=True)
    (tmp_path / "forms" / "questions" / "survey.yaml").write_text("$id: survey\n")
    settings.DEFINITION_ROOTS = [SHIPPED, tmp_path]
    return tmp_path


def test_the_shipped_definitions_are_found_by_kind_and_name():
    (referral,) = [source for source in find("workflow") if source.name == "referral"]

    assert referral.path == SHIPPED / "workflows" / "referral" / "workflow.yaml"
    assert referral.shown == "workflows/referral/workflow.yaml"
    assert "detection_report" in {source.name for source in find("form")}


def test_an_overlay_replaces_by_name_and_adds_the_rest(overlay):
    assert [source.root for source in find("workflow") if source.name == "referral"] == [overlay]
    names = {source.name for source in find("form")}
    assert {"survey", "triage"} <= names


def test_the_file_of_an_overlay_is_shown_in_full(overlay):
    (source,) = [source for source in find("workflow") if source.root == overlay]

    assert source.shown == f"{overlay}/workflows/referral/workflow.yaml"
    assert source.read().value == {"workflow": "referral"}


def test_of_two_overlays_the_later_one_wins(overlay, tmp_path_factory, settings):
    later = tmp_path_factory.mktemp("later")
    (later / "workflows" / "referral").mkdir(parents=True)
    (later / "workflows" / "referral" / "workflow.yaml").write_text("workflow: referral\n")
    settings.DEFINITION_ROOTS = [SHIPPED, overlay, later]

    assert roots() == (SHIPPED, overlay, later)
    assert [source.root for source in find("workflow") if source.name == "referral"] == [later]


def test_a_finding_reads_as_file_line_what_is_wrong_and_what_to_do():
    error = Finding("a.yaml", 3, "the key 'x' is not known", "take it out")
    warning = Finding("a.yaml", 4, "no walk does 'y'", "add one", "warning")

    assert str(error) == "a.yaml:3: the key 'x' is not known; take it out"
    assert str(warning) == "a.yaml:4: warning: no walk does 'y'; add one"
    assert errors([error, warning]) == [error]
