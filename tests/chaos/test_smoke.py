"""Half a minute of it in every run of the suite; `make chaos` goes on for minutes, on servers too."""

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_an_office_whose_processes_die_loses_and_doubles_nothing() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--on", "embedded", "--seconds", "14", "--every", "2"]
    done = subprocess.run(
        [*command, "--clients", "1", "--seed", "11", "--json"], check=False, capture_output=True, text=True
    )
    found = json.loads(done.stdout)

    assert (found["wrong"], done.returncode) == ([], 0)
    assert found["steps"] >= 6
    assert sum(found["killed"].values()) >= 2
