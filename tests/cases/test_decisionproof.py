"""The decision a step was done by is part of its proof: edited, gone or added to, it is named."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from backend.cases import decisionproof
from backend.cases.actions import Done
from backend.cases.decisionlog import DecisionLog
from backend.cases.errors import DoorError
from backend.config.scratch import owner_address
from tests.cases.conftest import answers, do

TABLE = "cases_decisionlog"


@pytest.fixture
def life(committed_db: None, report: Callable[..., Done]) -> Done:
    """Two steps, and an action that was refused."""
    done = do(report(), "triage", answers("triage", urgency="C"))
    with pytest.raises(DoorError):
        do(done, "assign", answers("assign"), by="outsider")
    return done


@pytest.fixture
def owner(life: Done) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(owner_address(), autocommit=True) as opened:
        opened.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        yield opened
        opened.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


def test_every_step_commits_to_its_decision(life: Done) -> None:
    proof = decisionproof.decisions()

    assert (proof.count, proof.broken) == (2, ())
    assert DecisionLog.objects.filter(seq=None, outcome="deny").count() == 1


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            "UPDATE {0} SET inputs = inputs || '{{\"today\": 1}}' WHERE seq = 2",
            "what was committed to",
        ),
        ("UPDATE {0} SET salt = sha256(salt) WHERE seq = 2", "what was committed to"),
        ("UPDATE {0} SET rules = '[\"another\"]' WHERE seq = 2", "is not the one the step was done by"),
        ("UPDATE {0} SET outcome = 'deny' WHERE seq = 2", "is not the one the step was done by"),
        ("DELETE FROM {0} WHERE seq = 2", "the decision is gone"),
        ("UPDATE {0} SET seq = 3 WHERE seq = 2", "the step is not there"),
        (
            'INSERT INTO {0} (at, member, action, kind, "case", seq, inputs, outcome, rules, policies)'
            ' SELECT at, member, action, kind, "case", seq, inputs, outcome, rules, policies FROM {0}'
            " WHERE seq = 2",
            "a second decision",
        ),
    ],
)
def test_an_edit_of_a_decision_is_named(owner: Any, edit: str, told: str) -> None:
    owner.execute(edit.format(TABLE))

    assert any(told in one for one in decisionproof.decisions().broken)
