"""What happens at the same moment: a recall and an opening, a protection and a step."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import Done
from backend.cases.models import Case
from backend.demo.cast import member_id
from backend.people.models import Person
from backend.sharing.disclosures import links
from backend.sharing.disclosures.links import NotReadable
from backend.sharing.disclosures.models import Link, Package, PackageEvent
from tests.cases.conftest import answers, do
from tests.sharing.disclosures.conftest import package_of
from tests.sharing.disclosures.test_protecting import protect


def test_of_a_recall_and_an_opening_at_once_exactly_one_is_first(committed_db: None, shared: Done) -> None:
    issued = links.issue(package_of(shared).package, by=member_id("caseworker"), now=timezone.now())
    start, found = Barrier(2), []

    def run(what: Any) -> None:
        start.wait()
        try:
            what()
            found.append("opened" if what is read else "recalled")
        except NotReadable:
            found.append("too late")
        finally:
            connections.close_all()

    def read() -> None:
        links.open_package(issued.token, issued.code, "田中", timezone.now())

    def recall() -> None:
        do(shared, "recall", answers("disclosure_recall"))

    threads = [Thread(target=run, args=(what,)) for what in (read, recall)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    events = list(PackageEvent.objects.order_by("id").values_list("kind", flat=True))
    assert sorted(found) in (["opened", "recalled"], ["recalled", "too late"])
    assert events.index("recalled") > events.index("opened") if "opened" in events else True
    assert Package.objects.count() == Link.objects.count() == 1


def begins(person: Person, _source: Done) -> Done:
    given: dict[str, Any] = {"answers": answers("detection_report"), "key": uuid4().hex}
    return actions.start("referral", actor=member_id("caseworker"), person=person.id, **given)


def goes_on(_person: Person, source: Done) -> Done:
    return do(source, "note", answers("note"))


@pytest.mark.parametrize("step", [begins, goes_on])
def test_a_step_written_at_the_same_moment_does_not_take_the_protection_away(
    committed_db: None, source: Done, resident: Person, step: Callable[..., Done]
) -> None:
    def run() -> Done:
        try:
            return step(resident, source)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            protect(resident)
            writing = pool.submit(run)  # it reads what stands, and waits for this transaction to write
            with pytest.raises(TimeoutError):
                writing.result(timeout=1.5)
        done = writing.result(timeout=30)

    assert Case.objects.get(pk=done.case).protected
