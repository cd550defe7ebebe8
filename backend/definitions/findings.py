"""What is wrong with a definition, where, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One thing wrong with one line of a definition.

    `path` is the file as a person would open it, `line` counts from 1, `message` says what is wrong,
    `remedy` what to do. An error stops the start; a warning is only shown.
    """

    path: str
    line: int
    message: str
    remedy: str
    severity: Severity = "error"

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.path}:{self.line}: {mark}{self.message}; {self.remedy}"


class DefinitionError(ValueError):
    """A definition cannot be used; `findings` names every reason."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that stop the start."""
    return [finding for finding in findings if finding.severity == "error"]
