"""A recall races an opening: whoever locks the case first is first, and both know it."""

from threading import Barrier, Thread
from typing import Any

from django.db import connections
from django.utils import timezone

from backend.cases.actions import Done
from backend.demo.cast import member_id
from backend.sharing.disclosures import links
from backend.sharing.disclosures.links import NotReadable
from backend.sharing.disclosures.models import Link, Package, PackageEvent
from tests.cases.conftest import answers, do
from tests.sharing.disclosures.conftest import package_of


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
