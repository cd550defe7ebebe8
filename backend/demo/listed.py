"""Reading the lists of the demo city: `[heading]` lines, and the lines beneath each."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("data")


@cache
def sections(name: str) -> Mapping[str, tuple[str, ...]]:
    """The lines under each heading of `data/<name>.txt`; blank lines and lines with # fall away."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(heading, []).append(line)
    return {heading: tuple(lines) for heading, lines in found.items()}
