"""What policies about provisions must say: which rule, which outcome, who approves, and codes that exist."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from backend.access.book import PolicyBook
from backend.access.reading import APPROVERS, DISCLOSE, DUTY, FALLBACK, OUTCOMES, Policy
from backend.definitions.findings import Finding

_ONLY_ABOUT_PROVISIONS = ("rule", "outcome", "approver")
_WITH_APPROVER = ("approval", "refer")


def provision_findings(policies: Iterable[Policy]) -> Iterator[Finding]:
    """What is wrong with the policies about provisions, each by itself."""
    for policy in policies:
        if policy.actions != frozenset({DISCLOSE}):
            yield from _elsewhere(policy)
            continue
        if "rule" not in policy.annotations:
            yield policy.finding("@rule is missing", 'name its rule in DOMAIN 3.4, such as @rule("R06")')
        yield from _outcome(policy)
        if policy.file == FALLBACK and policy.permits:
            yield policy.finding("fallback.cedar may not permit", "it only explains; write a forbid")


def _elsewhere(policy: Policy) -> Iterator[Finding]:
    """Policies about something else say nothing of outcomes, and stand in no file of provisions."""
    for key in _ONLY_ABOUT_PROVISIONS:
        if key in policy.annotations:
            yield policy.finding(
                f"@{key} is only for policies about {DISCLOSE}",
                f'take it out, or write action in [Action::"{DISCLOSE}"]',
            )
    if policy.file in {DUTY, FALLBACK}:
        yield policy.finding(
            f"{policy.file}.cedar speaks of another action", f'write action in [Action::"{DISCLOSE}"]'
        )


def _outcome(policy: Policy) -> Iterator[Finding]:
    given, approver = policy.annotations.get("outcome"), policy.approver
    allowed = OUTCOMES if policy.permits else ("refer",)
    if policy.permits and given is None:
        yield policy.finding("@outcome is missing", f"use one of {', '.join(OUTCOMES)}")
    elif given is not None and given not in allowed:
        yield policy.finding(f"@outcome {given!r} is not an outcome here", f"use {', '.join(allowed)}")
    if given in _WITH_APPROVER and approver not in APPROVERS:
        yield policy.finding("@approver is missing", f"use one of {', '.join(APPROVERS)}")


def code_findings(book: PolicyBook) -> Iterator[Finding]:
    """Codes compared in policies about provisions that stand in no catalogue: they would never match."""
    catalogues: dict[str, Collection[str]] = {
        "basis": book.bases,
        "session_basis": book.bases,
        "category": book.categories,
        "purpose": book.purposes,
    }
    known = {
        name: {"", *codes} for name, codes in catalogues.items() if codes
    }  # one that failed to load: none
    for policy in book.every:
        if policy.actions == frozenset({DISCLOSE}):
            for attribute, code in sorted(set(_compared(policy.json["conditions"]))):
                if attribute in known and code not in known[attribute]:
                    yield policy.finding(
                        f"no {attribute} has the code {code!r}",
                        "correct it, or add it to the catalogue in policies/",
                    )


def obligation_findings(book: PolicyBook) -> Iterator[Finding]:
    """Obligations without words: nobody bound by one would read it."""
    if not book.obligations:  # it failed to load, and says so itself
        return
    for policy in book.every:
        for code in policy.obligations:
            if code not in book.obligations:
                yield policy.finding(
                    f"no obligation has the code {code!r}",
                    "correct it, or add it with its words to policies/obligations.yaml",
                )


def _compared(expression: Any) -> Iterator[tuple[str, str]]:
    """Each attribute of the resource with a text it is compared with."""
    if isinstance(expression, list):
        for item in expression:
            yield from _compared(item)
    elif isinstance(expression, Mapping):
        for op, body in expression.items():
            if op in {"==", "!=", "contains"}:
                yield from _pairs(body["left"], body["right"])
            yield from _compared(body)


def _pairs(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one, other in ((left, right), (right, left)):
        attribute = one.get(".", {})
        if attribute.get("left") == {"Var": "resource"}:
            values = other.get("Set", [other])
            yield from (
                (str(attribute["attr"]), value["Value"])
                for value in values
                if isinstance(value.get("Value"), str)
            )
