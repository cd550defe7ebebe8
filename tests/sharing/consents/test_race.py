"""A consent given in one case and taken back in another at the same moment: both settle as if in turn."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

from django.db import connections

from backend.cases.actions import Done
from backend.people.models import Person
from backend.sharing.consents.models import Consent
from backend.sharing.consents.standing import Statement, endings
from tests.sharing.consents.conftest import agreed, answers, do, taken_back

ROUNDS = 4


def at_once(*acts: Callable[[], Any]) -> None:
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_cases_of_one_person_never_settle_past_each_other(
    committed_db: None, hana: Person, case_of: Callable[[Person], Done]
) -> None:
    for _ in range(ROUNDS):
        first, second = (do(case_of(hana), "request_consent", answers("consent_request")) for _ in range(2))
        first = do(first, "record_consent", agreed())

        at_once(
            partial(do, first, "record_consent_withdrawal", taken_back()),
            partial(do, second, "record_consent", agreed()),
        )

    rows = list(Consent.objects.order_by("said_at", "seq"))
    due = endings(Statement(row.id, row.case_id, row.said, row.purposes) for row in rows)
    assert len(rows) == 3 * ROUNDS
    assert {row.id: row.ended_by_id for row in rows if row.ended_at} == {
        row: ending.by for row, ending in due.items()
    }
