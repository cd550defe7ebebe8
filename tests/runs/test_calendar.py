"""The calendar as a real process: Prefect plans the runs and finishes one."""

import json
import os
import re
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError

import pytest
from django.db import connection
from django.utils import timezone

from backend.cases.models import Notice
from tests.jobs.conftest import start, until
from tests.operations import office

pytestmark = pytest.mark.usefixtures("committed_db")
Ask = Callable[..., Any]
BUSY, MOST_TRIED = 503, 10


@pytest.fixture
def ask(tmp_path) -> Iterator[Ask]:
    """The calendar with a Prefect server of its own; asks that server."""
    calendar = start("calendar", TSUNAGU_VAR=str(tmp_path))
    try:
        line = next((line for line in calendar.stdout if "kept by" in line), "")
        api = re.search(r"kept by (\S+/api)", line)
        assert api, "the calendar did not start"

        def post(path: str, body: dict[str, Any]) -> Any:
            asked = urllib.request.Request(
                f"{api[1]}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            tried = 0
            while True:
                try:
                    with urllib.request.urlopen(asked, timeout=20) as answer:
                        return json.load(answer)
                except HTTPError as error:  # its database was busy; every client of Prefect asks again
                    tried += 1
                    if error.code != BUSY or tried == MOST_TRIED:
                        raise
                time.sleep(1)

        yield post
        calendar.send_signal(signal.SIGINT)
        assert calendar.wait(30) == 0
    finally:
        if calendar.poll() is None:
            os.killpg(calendar.pid, signal.SIGKILL)
        calendar.wait()
        calendar.stdout.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_prefect_plans_the_mornings_and_a_run_it_starts_tells_what_is_due(ask: Ask):
    office.timer(office.case(assignee=office.member(email="")), timezone.now() - timedelta(days=2), "due")
    deployment = next(found for found in ask("deployments/filter", {}) if found["name"] == "reminders")

    def states() -> list[str]:
        return [run["state_type"] for run in ask("flow_runs/filter", {})]

    assert until(lambda: "SCHEDULED" in states())
    ask(f"deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})
    assert until(lambda: {"COMPLETED", "FAILED", "CRASHED"} & {*states()}, 90)

    connection.close()
    assert "COMPLETED" in states()
    assert Notice.objects.count() == 1
