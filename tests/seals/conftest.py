"""A sealed history, and somebody with the database who means to re-write it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.cases.actions import Done
from backend.cases.verifying import prove_others, verify
from backend.config.scratch import owner_address
from backend.seals import sealing
from tests.cases.conftest import answers, do, report  # noqa: F401 - a fixture

TABLES = (
    "cases_step",
    "cases_blob",
    "cases_decisionlog",
    "definitions_published",
    "seals_seal",
    "seals_chain",
    "seals_leaf",
    "letters_lettercounter",
)


@pytest.fixture(autouse=True)
def key(tmp_path: Path, settings: Any) -> Path:
    """A place for a key of this test's own, outside the database."""
    settings.SEAL_KEY = str(tmp_path / "outside" / "key.pem")
    return Path(settings.SEAL_KEY)


@pytest.fixture
def life(committed_db: None, report: Callable[..., Done]) -> Done:  # noqa: F811
    """A committed case of three steps beside another one, sealed; a fourth step, sealed as well."""
    report()
    done = do(report(), "triage", answers("triage", urgency="C"))
    done = do(done, "note", answers("note"))
    sealing.make()
    done = do(done, "note", answers("note", body="二つ目"))
    sealing.make()
    return done


@pytest.fixture
def owner(committed_db: None) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """The owner of the tables, with the triggers off."""
    with psycopg.connect(owner_address(), autocommit=True) as opened:
        for table in TABLES:
            opened.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield opened
        for table in TABLES:
            opened.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found() -> list[str]:
    """Everything `tsunagu verify` names."""
    return [str(one) for one in verify().broken] + [one for proof in prove_others() for one in proof.broken]
