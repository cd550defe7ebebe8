"""Where definitions lie: the shipped folders, then each overlay; a later one wins by name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from backend.definitions.yaml_text import Located, parse_yaml, read_yaml

__all__ = ["Kind", "Located", "Source", "catalogue", "find", "parse_yaml", "read_yaml", "roots"]

Kind = Literal["workflow", "form", "letter", "policy"]

_PATTERNS: dict[Kind, str] = {
    "workflow": "workflows/*/workflow.yaml",
    "form": "forms/questions/*.yaml",
    "letter": "forms/letters/*.yaml",
    "policy": "policies/*.cedar",
}
_PACKAGED = Path(__file__).resolve().parents[1] / "_definitions"


@dataclass(frozen=True, slots=True)
class Source:
    """One definition file and the root it was found under."""

    kind: Kind
    name: str
    path: Path
    root: Path

    @property
    def shown(self) -> str:
        """The file as findings name it: relative to the shipped root; an overlay's file in full."""
        if self.root == roots()[0]:
            return self.path.relative_to(self.root).as_posix()
        return str(self.path)

    def read(self) -> Located:
        """Read it as strict YAML. Raises `DefinitionError`."""
        return read_yaml(self.path, self.shown)


def roots() -> tuple[Path, ...]:
    """The shipped root, then the overlays of TSUNAGU_DEFINITIONS in order."""
    shipped, *overlays = settings.DEFINITION_ROOTS
    if not (shipped / "workflows").is_dir() and _PACKAGED.is_dir():
        shipped = _PACKAGED  # installed from a wheel, which carries the folders inside the package
    return (Path(shipped), *map(Path, overlays))


def find(kind: Kind) -> list[Source]:
    """Every definition of a kind, by name; an overlay replaces the shipped one of the same name."""
    found: dict[str, Source] = {}
    for root in roots():
        for path in sorted(root.glob(_PATTERNS[kind])):
            name = path.parent.name if kind == "workflow" else path.stem
            found[name] = Source(kind, name, path, root)
    return [found[name] for name in sorted(found)]


def catalogue(name: str) -> dict[str, Any]:
    """A catalogue of the policies, such as `categories`: the last root's that has one, {} where none has.

    Raises `DefinitionError`.
    """
    paths = [path for root in roots() if (path := root / "policies" / f"{name}.yaml").is_file()]
    found = read_yaml(paths[-1]).value if paths else {}
    return found if isinstance(found, dict) else {}
