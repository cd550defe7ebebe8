"""The events workflows may tell other systems of: workflows/webhooks.yaml."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import conform
from backend.definitions.source import roots
from backend.definitions.yaml_text import read_yaml
from backend.workflow.model import Text

FILE = Path("workflows/webhooks.yaml")
SCHEMA = Path(__file__).with_name("webhooks.schema.json")


@lru_cache(maxsize=1)
def known() -> Mapping[str, Text]:
    """The events of this installation. Raises `DefinitionError`."""
    events, findings = load([root / FILE for root in roots()])
    if findings:
        raise DefinitionError(findings)
    return events


def load(paths: Iterable[Path]) -> tuple[Mapping[str, Text], list[Finding]]:
    """The events of the last of these files that exists, and what is wrong with it."""
    there = [path for path in paths if path.exists()]
    if not there:
        return {}, []
    try:
        located = read_yaml(there[-1])
    except DefinitionError as error:
        return {}, list(error.findings)
    findings = conform(located, SCHEMA)
    if findings:
        return {}, findings
    return {name: Text(**words) for name, words in located.value["events"].items()}, []
