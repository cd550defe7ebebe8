"""The way from a notice to help, as it is counted: workflows/board.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import conform
from backend.definitions.source import roots
from backend.definitions.yaml_text import read_yaml
from backend.workflow.model import Text, Workflow

FILE = Path("workflows/board.yaml")
SCHEMA = Path(__file__).with_name("board.schema.json")
OPEN = "open"  # beside the endings: a case that is still on its way


@dataclass(frozen=True)
class Group:
    """States that count as one: a stage of the way, or an ending."""

    name: str
    title: Text
    states: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """The stages of one workflow in their order, its endings, and the states nobody counts."""

    workflow: str
    stages: tuple[Group, ...]
    endings: tuple[Group, ...]
    left_out: tuple[str, ...]

    def counted(self) -> list[str]:
        """Every state that stands in the file."""
        groups = (*self.stages, *self.endings)
        return [*(state for group in groups for state in group.states), *self.left_out]


@lru_cache(maxsize=1)
def way() -> Way:
    """The way of this installation. Raises `DefinitionError`."""
    found, findings = load([root / FILE for root in roots()])
    if found is None:
        raise DefinitionError(findings)
    return found


def load(paths: Iterable[Path]) -> tuple[Way | None, list[Finding]]:
    """The way in the last of these files that exists, and what is wrong with it."""
    there = [path for path in paths if path.exists()]
    if not there:
        return None, [Finding(str(FILE), 1, "the file is missing", "restore the shipped one")]
    try:
        located = read_yaml(there[-1])
    except DefinitionError as error:
        return None, list(error.findings)
    findings = conform(located, SCHEMA)
    if findings:
        return None, findings
    value = located.value
    stages, endings = (tuple(_group(row) for row in value[name]) for name in ("stages", "endings"))
    return Way(value["workflow"], stages, endings, tuple(value.get("left_out", ()))), []


def unfitting(way: Way, workflows: Mapping[str, Workflow]) -> list[Finding]:
    """Where the way and the workflow it counts differ: a state forgotten is a case lost between two bars."""
    if way.workflow not in workflows:
        return [Finding(str(FILE), 1, f"there is no workflow {way.workflow!r}", "name one that is there")]
    states, counted = workflows[way.workflow].states, way.counted()
    wrong = [(name, "does not exist") for name in sorted(set(counted) - set(states))]
    wrong += [(name, "stands in no list") for name in states if name not in counted]
    wrong += [(name, "stands in two lists") for name in states if counted.count(name) > 1]
    remedy = "let every state of the workflow stand in one list"
    return [Finding(str(FILE), 1, f"the state {name!r} {what}", remedy) for name, what in wrong]


def _group(row: dict[str, Any]) -> Group:
    return Group(row["name"], Text(**row["title"]), tuple(row["states"]))
