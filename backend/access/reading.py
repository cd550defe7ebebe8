"""Policy files → `Policy`: one statement each, with its line, annotations and the actions it speaks of."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import cedarpy

from backend.access.facts import ALWAYS, day
from backend.definitions.findings import Finding

REPORT = "report"  # policies/report.cedar: decided apart, never blocked
DUTY = "duty"  # policies/duty.cedar: asked first about a provision; what it allows, nothing else stops
FALLBACK = "fallback"  # policies/fallback.cedar: asked last about a provision, says why nothing permits it
DISCLOSE = "disclose"
LARGEST_FILE = 1_000_000  # bytes
REQUIRED = ("id", "cite", "reason_ja", "reason_en", "help_ja", "help_en")
OPTIONAL = ("obligation", "from", "until", "verified_on", "rule", "outcome", "approver")
OUTCOMES = ("allow", "review_later", "approval", "refer")
APPROVERS = ("supervisor", "privacy_officer")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
# A string, a comment, the end of a statement, or anything else.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|;|[^"/;]+|.', re.DOTALL)

_HEADING = re.compile(r"^//(ja|en) (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence with its source: the policy (`id`, "" where none speaks), Japanese, English, article."""

    id: str
    ja: str
    en: str
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a Cedar file, without the comments before it, and the line it begins on."""

    text: str
    line: int


@dataclass(frozen=True)
class Policy:
    """One policy. `actions` are the names its scope speaks of, None for every action; dates are YYYYMMDD."""

    id: str
    path: str
    line: int
    file: str
    text: str
    effect: str
    actions: frozenset[str] | None
    annotations: dict[str, str]
    json: dict[str, Any]
    since: int = 0
    until: int = ALWAYS

    @property
    def permits(self) -> bool:
        return self.effect == "permit"

    @cached_property
    def obligations(self) -> tuple[str, ...]:
        return tuple(word for word in re.split(r"[,\s]+", self.annotations.get("obligation", "")) if word)

    def speaks_of(self, family: set[str], entity_type: str) -> bool:
        """Whether the scope can match an action of this family on this type of entity."""
        kind = self.json["resource"].get("entity_type", entity_type)
        return kind == entity_type and (self.actions is None or bool(self.actions & family))

    @property
    def outcome(self) -> str:
        """What a permit about a provision gives ("allow" unless it says so); "" for a forbid that stops."""
        return self.annotations.get("outcome", "allow" if self.permits else "")

    @property
    def approver(self) -> str:
        """The role that has to approve."""
        return self.annotations.get("approver", "")

    @cached_property
    def reads(self) -> frozenset[str]:
        """The name of every attribute its conditions read, whosever it is."""
        return frozenset(_attributes_read(self.json["conditions"]))

    @cached_property
    def json_text(self) -> str:
        """Cedar's JSON form as text."""
        return json.dumps(self.json)

    @cached_property
    def roles(self) -> frozenset[str] | None:
        """The roles of a member it can hold for, as its conditions name them; None where they name none."""
        named: frozenset[str] | None = None
        for clause in self.json["conditions"]:
            for part in _joined(clause["body"]) if clause["kind"] == "when" else ():
                roles = _roles_of(part)
                named = named if roles is None else roles if named is None else named & roles
        return named

    def finding(self, message: str, remedy: str) -> Finding:
        return Finding(self.path, self.line, f"{self.id}: {message}", remedy)


def statements(text: str) -> Iterator[Statement]:
    """Split Cedar text (policies or schema) at the semicolons that end a statement."""
    line, start = 1, 0
    parts: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        comment = token.startswith("//")
        if not start and not comment and not token.isspace():
            start = line + token[: len(token) - len(token.lstrip())].count("\n")
        if start and not comment:
            parts.append(token)
        line += token.count("\n")
        if token == ";":  # noqa: S105 - the end of a statement
            yield Statement("".join(parts).strip(), start)
            start, parts = 0, []
    if "".join(parts).strip():
        yield Statement("".join(parts).strip(), start)


def read_text(path: Path, shown: str) -> tuple[str, list[Finding]]:
    """The text of a file, or what is wrong with it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return "", [Finding(shown, 1, f"cannot be read ({error.strerror})", "make the file readable")]
    if len(raw) > LARGEST_FILE:
        return "", [Finding(shown, 1, f"is larger than {LARGEST_FILE} bytes", "split it by subject")]
    try:
        return raw.decode(), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return "", [Finding(shown, line, "is not UTF-8", "save the file as UTF-8")]


def heading(path: Path) -> dict[str, str]:
    """What a file of policies is about, by language: its lines `//ja …` and `//en …`."""
    return dict(_HEADING.findall(read_text(path, path.name)[0]))


def read_policies(path: Path, shown: str) -> tuple[list[Policy], list[Finding]]:
    """Every policy of one file, and what is wrong with the others."""
    text, findings = read_text(path, shown)
    policies = []
    for statement in statements(text):
        policy, wrong = _policy(statement, path.stem, shown)
        findings += wrong
        if policy is not None:
            policies.append(policy)
    return policies, findings


def _policy(statement: Statement, file: str, shown: str) -> tuple[Policy | None, list[Finding]]:
    def finding(message: str, remedy: str) -> Finding:
        return Finding(shown, statement.line, message, remedy)

    try:
        parsed = json.loads(cedarpy.policies_to_json_str(statement.text))
    except ValueError as error:
        return None, [finding(f"is not Cedar: {error}", "correct the policy that begins here")]
    if parsed["templates"]:
        return None, [
            finding("a slot (?principal, ?resource) is never filled here", "write the condition out")
        ]
    (body,) = parsed["staticPolicies"].values()
    annotations = {key: value or "" for key, value in body.get("annotations", {}).items()}
    wrong = list(_annotation_findings(annotations, finding))
    since, until = (_date(annotations.get(key), finding, key, wrong) for key in ("from", "until"))
    _date(annotations.get("verified_on"), finding, "verified_on", wrong)
    if since and until and since > until:
        wrong.append(
            finding(
                f"@from {annotations['from']} is after @until {annotations['until']}", "correct the dates"
            )
        )
    if "id" not in annotations:
        return None, wrong
    policy = Policy(
        id=annotations["id"],
        path=shown,
        line=statement.line,
        file=file,
        text=statement.text,
        effect=body["effect"],
        actions=_actions(body["action"]),
        annotations=annotations,
        json=body,
        since=since or 0,
        until=until or ALWAYS,
    )
    return policy, wrong


def _annotation_findings(annotations: dict[str, str], finding: Any) -> Iterator[Finding]:
    name = annotations.get("id", "a policy")
    for key in REQUIRED:
        if not annotations.get(key, "").strip():
            yield finding(f"{name}: @{key} is missing", f"add @{key}(…) above the policy")
    for key in sorted(set(annotations) - {*REQUIRED, *OPTIONAL}):
        known = ", ".join(f"@{k}" for k in (*REQUIRED, *OPTIONAL))
        yield finding(f"{name}: @{key} is not an annotation we read", f"use one of {known}")
    if annotations.get("id") and not _ID.match(name):
        yield finding(f"@id {name!r} is not lower-case words joined by hyphens", "write it like staff-view")


def _date(text: str | None, finding: Any, key: str, wrong: list[Finding]) -> int | None:
    if text is None:
        return None
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        wrong.append(finding(f"@{key} {text!r} is not a date", "write it like 2027-04-01"))
        return None


def _attributes_read(expression: Any) -> Iterator[str]:
    """Every `x.attr` and `x has attr` in Cedar's JSON form."""
    if isinstance(expression, list):
        for item in expression:
            yield from _attributes_read(item)
    elif isinstance(expression, dict):
        if isinstance(expression.get("attr"), str):
            yield expression["attr"]
        for item in expression.values():
            yield from _attributes_read(item)


def _joined(expression: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of an `&&` of any length."""
    body = expression.get("&&")
    if body is None:
        yield expression
        return
    yield from _joined(body["left"])
    yield from _joined(body["right"])


_ROLE = {".": {"left": {"Var": "principal"}, "attr": "role"}}


def _roles_of(expression: dict[str, Any]) -> frozenset[str] | None:
    """The roles of `principal.role == "…"` and `["…"].contains(principal.role)`; None for anything else."""
    ((op, body),) = expression.items()
    if op == "==" and _ROLE in (body["left"], body["right"]):
        named = [body["left"] if body["right"] == _ROLE else body["right"]]
    elif op == "contains" and body["right"] == _ROLE and "Set" in body["left"]:
        named = body["left"]["Set"]
    else:
        return None
    words = [item.get("Value") for item in named]
    return frozenset(words) if all(isinstance(word, str) for word in words) else None


def _actions(scope: dict[str, Any]) -> frozenset[str] | None:
    """The action names of a scope as Cedar's JSON form has it; None when it names none."""
    if scope["op"] == "All":
        return None
    named = scope["entities"] if "entities" in scope else [scope["entity"]]
    return frozenset(item["id"] for item in named)
