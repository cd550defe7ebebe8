"""docs/reference/policies.md says what the policies say.

`python -m tests.access.test_reference` writes it anew.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from backend import access
from backend.access.book import PolicyBook
from backend.access.reading import Policy
from backend.definitions.source import find
from tests.access.conftest import ACTIONS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "policies.md"
RULES = [f"R{number:02}" for number in range(1, 41)] + ["R12b"]
HEAD = """# Policies

Written from `policies/` by `python -m tests.access.test_reference`; a test keeps it true. What the outcomes
mean and in which order the files are asked:
[how a provision is ruled on](../explanation/sharing-outcomes.md).
"""


def page(book: PolicyBook) -> str:
    """The page as the policies say it now."""
    return "\n".join([HEAD, *_files(book), *_bases(book), *_settings(book), ""])


def _files(book: PolicyBook) -> Iterator[str]:
    files: dict[str, list[Policy]] = {}
    for policy in book.every:
        files.setdefault(policy.path, []).append(policy)
    for path, policies in files.items():
        yield f"## {path}\n"
        yield "| policy | rule | gives | says | article |"
        yield "|---|---|---|---|---|"
        yield from (_line(policy) for policy in policies)
        yield ""


def _line(policy: Policy) -> str:
    gives = policy.annotations.get("outcome", "permit" if policy.permits else "stop")
    who = f" ({policy.approver})" if policy.approver else ""
    dates = [policy.annotations.get(key, "") for key in ("from", "until")]
    when = f" {dates[0]}–{dates[1]}" if any(dates) else ""
    words = policy.annotations
    return (
        f"| `{policy.id}` | {words.get('rule', '')} | {gives}{who}{when} | {words['reason_ja']}"
        f" {words['reason_en']} | {words['cite']} |"
    )


def _bases(book: PolicyBook) -> Iterator[str]:
    yield "## policies/bases.yaml\n"
    yield "| basis | called | article | who | recurring | rules |"
    yield "|---|---|---|---|---|---|"
    for basis in book.bases.values():
        called = f"{basis.title['ja']} {basis.title['en']}"
        recurring = "yes" if basis.recurring else "no"
        yield (
            f"| `{basis.code}` | {called} | {basis.cite} | {', '.join(basis.who)} | {recurring}"
            f" | {', '.join(basis.rules)} |"
        )
    yield ""


def _settings(book: PolicyBook) -> Iterator[str]:
    yield "## policies/settings.yaml\n"
    yield "| setting | shipped as |"
    yield "|---|---|"
    yield from (f"| `{name}` | {value} |" for name, value in book.settings.items())


def test_the_page_says_what_the_policies_say(book: PolicyBook) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(book)


def test_every_rule_of_the_catalogue_has_a_policy(book: PolicyBook) -> None:
    spoken = {policy.annotations.get("rule") for policy in book.every}

    assert [rule for rule in RULES if rule not in spoken] == []


def test_every_basis_names_rules_that_exist(book: PolicyBook) -> None:
    assert {rule for basis in book.bases.values() for rule in basis.rules} <= set(RULES)


def test_every_provision_policy_says_when_its_article_was_checked(book: PolicyBook) -> None:
    policies = [policy for policy in book.every if "rule" in policy.annotations]

    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", p.annotations["verified_on"]) for p in policies)
    assert len(policies) > 100


if __name__ == "__main__":
    import django

    django.setup()
    found, findings = access.load(find("policy"), ACTIONS)
    assert not findings, [str(finding) for finding in findings]
    PAGE.write_text(page(found), encoding="utf-8")
