"""Reads workflow files into the model, with every finding about their shape."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import Difference, differences
from backend.definitions.source import Source
from backend.definitions.yaml_text import Located, Step
from backend.workflow.content import read
from backend.workflow.model import Workflow

SCHEMA = Path(__file__).with_name("workflow.schema.json")


def load(sources: Iterable[Source]) -> tuple[dict[str, Workflow], list[Finding]]:
    """Every workflow that could be read, by name, and what is wrong with the shape of the files.

    What the words mean together is checked by `backend.workflow.checks.check`.
    """
    workflows: dict[str, Workflow] = {}
    findings: list[Finding] = []
    for source in sources:
        try:
            located = source.read()
        except DefinitionError as error:
            findings += error.findings
            continue
        workflow, wrong = understand(located)
        findings += wrong
        if workflow:
            findings += _naming(workflow, source, located)
            workflows[workflow.name] = workflow
    return workflows, findings


def understand(located: Located) -> tuple[Workflow | None, list[Finding]]:
    """The workflow a file describes, as far as it can be understood, and what is wrong with its shape.

    A forgotten translation or an unknown key does not hide what else is wrong: the workflow is still built.
    """
    wrong = differences(located, SCHEMA)
    findings = sorted({difference.finding for difference in wrong})
    if not all(map(_harmless, wrong)):
        return None, findings
    unknown = [difference.path for difference in wrong if difference.keyword == "additionalProperties"]
    known = Located(_without(located.value, unknown), located.lines, located.shown)
    return replace(read(known.value), origin=known), findings


def _without(value: Any, paths: Iterable[tuple[Step, ...]]) -> Any:
    """The value without the parts at these paths."""
    value = deepcopy(value)
    for *before, last in paths:
        here = value
        for step in before:
            here = here[step]
        here.pop(last, None)
    return value


def _harmless(difference: Difference) -> bool:
    return difference.keyword == "additionalProperties" or difference.schema_path[:2] == ("$defs", "text")


def _naming(workflow: Workflow, source: Source, located: Located) -> list[Finding]:
    if workflow.name == source.name:
        return []
    message = f"the workflow is called {workflow.name!r} but its folder {source.name!r}"
    return [located.finding(("workflow",), message, "give both the same name")]
