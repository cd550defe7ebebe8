"""`tsunagu verify` names the print file that is not what it was."""

import pytest

from backend.letters.printing import proof
from backend.runs import letters
from tests.letters.printing.post import DAY, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(monkeypatch):
    waiting(2)
    letters.run(DAY)
    return lambda: proof.print_files().broken


def test_files_in_order_are_verified(broken):
    assert broken() == ()


def test_a_letter_under_another_hash_is_named(broken, monkeypatch):
    told = []
    real = proof.json.loads

    def other(text):
        found = real(text)
        found["letters"][0]["sha256"] = "0" * 64
        told.append(found)
        return found

    monkeypatch.setattr(proof.json, "loads", other)

    assert broken() == ("print file 20261124-city-welfare-001: its letters are not those of its manifest",)
