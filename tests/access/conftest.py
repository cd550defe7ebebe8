"""The shipped policies, with the actions of a small workflow, and the cast of the decision tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import access
from backend.access import decisions
from backend.access.areas import Areas
from backend.access.book import PolicyBook
from backend.access.decisions import Cast
from backend.definitions.source import find, roots

# One action of each kind a workflow has; the shipped workflows are checked by the catalogue.
ACTIONS = {
    "referral.report": "report",
    "referral.triage": "triage",
    "referral.ask_consent": "consent",
    "referral.refer": "refer",
    "referral.accept": "respond",
    "referral.close": "close",
    "referral.reopen": "reopen",
}


@pytest.fixture(scope="session")
def book() -> PolicyBook:
    found, findings = access.load(find("policy"), ACTIONS)
    assert [str(finding) for finding in findings] == []
    return found


@pytest.fixture(scope="session")
def players() -> Cast:
    return decisions.cast()


@pytest.fixture(scope="session")
def areas(players: Cast) -> Areas:
    return players.areas


@pytest.fixture(scope="session")
def policies() -> Path:
    return roots()[0] / "policies"


@pytest.fixture(autouse=True)
def policies_in_use(book: PolicyBook, players: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test here asks the shipped book, over the areas of the tables."""
    from backend.access import areas as module

    monkeypatch.setattr(module, "_kept", None)
    module.use_areas(
        {code: (above[0] if above else None) for code, above in players.areas._ancestors.items()}
    )
    with access.using(book):
        yield
