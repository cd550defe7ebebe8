"""How effects of each kind are tried: how often, after which waits, how many at once.

The data are in workflows/effects.yaml.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from backend.definitions.findings import DefinitionError, Finding
from backend.definitions.shapes import conform
from backend.definitions.source import roots
from backend.definitions.yaml_text import read_yaml
from backend.workflow.model import Text

FILE = Path("workflows/effects.yaml")
SCHEMA = Path(__file__).with_name("limits.schema.json")


@dataclass(frozen=True, slots=True)
class Limits:
    """How effects of one kind are tried; None where nothing is limited."""

    title: Text
    attempts: int = 8
    first_wait: int = 10
    longest_wait: int = 3600
    longest: int = 120
    at_once: int | None = None
    per_minute: int | None = None

    @property
    def limited(self) -> bool:
        return self.at_once is not None or self.per_minute is not None

    def wait(self, attempts: int) -> int:
        """Seconds before the next attempt, before jitter."""
        return int(min(self.first_wait * 2 ** min(attempts - 1, 30), self.longest_wait))


def of(kind: str) -> Limits:
    """The limits of a kind; a kind the file does not name is tried as usual, under its own name."""
    usual, kinds = _known()
    return kinds.get(kind) or replace(usual, title=Text(kind, kind))


def limited(kinds: Iterable[str]) -> list[str]:
    """Those of the kinds that may not run without limit."""
    return [kind for kind in kinds if of(kind).limited]


@lru_cache(maxsize=1)
def _known() -> tuple[Limits, Mapping[str, Limits]]:
    found, findings = load([root / FILE for root in roots()])
    if findings:
        raise DefinitionError(findings)
    return found


def load(paths: Iterable[Path]) -> tuple[tuple[Limits, Mapping[str, Limits]], list[Finding]]:
    """What is usual and what holds for each kind, of the last of these files that exists; what is wrong."""
    usual = Limits(Text("", ""))
    there = [path for path in paths if path.exists()]
    if not there:
        return (usual, {}), []
    try:
        located = read_yaml(there[-1])
    except DefinitionError as error:
        return (usual, {}), list(error.findings)
    findings = conform(located, SCHEMA)
    if findings:
        return (usual, {}), findings
    common = located.value["usual"]
    kinds = {
        kind: Limits(**{**common, **given, "title": Text(**given["title"])})
        for kind, given in located.value["kinds"].items()
    }
    return (Limits(Text("", ""), **common), kinds), []
