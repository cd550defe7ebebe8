"""The shipped workflow folder: editors find their schemas, the calendar names flows that exist."""

import ast
import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from backend.config.environment import ROOT
from backend.definitions.yaml_text import read_yaml

FOLDER = ROOT / "workflows"
SCHEMAS = sorted([*ROOT.glob("backend/workflow/*.schema.json"), *ROOT.glob("backend/cases/*.schema.json")])
FILES = [path for path in sorted(FOLDER.rglob("*.yaml")) if path.name != "prefect.yaml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_editor_finds_the_schema_of_a_shipped_file(path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)

    assert found
    assert (path.parent / found.group(1)).resolve() in SCHEMAS


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_a_schema_of_2020_12(path):
    schema = json.loads(path.read_text(encoding="utf-8"))

    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_run_of_the_calendar_starts_a_flow_that_exists():
    for deployment in read_yaml(FOLDER / "prefect.yaml").value["deployments"]:
        file, _, flow = deployment["entrypoint"].partition(":")
        module = ast.parse((ROOT / Path(file)).read_text(encoding="utf-8"))

        assert flow in {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
        assert all(schedule["timezone"] == "Asia/Tokyo" for schedule in deployment["schedules"])


def test_reminders_run_on_working_mornings_at_six():
    (reminders,) = [
        found
        for found in read_yaml(FOLDER / "prefect.yaml").value["deployments"]
        if found["name"] == "reminders"
    ]

    assert "0 6 * * 1-5" in {schedule["cron"] for schedule in reminders["schedules"]}
