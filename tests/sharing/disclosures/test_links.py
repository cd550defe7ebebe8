"""The link of a recipient: what opens it, what does not, and what a recall does to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from backend.cases.actions import Done
from backend.demo.cast import member_id
from backend.sharing.disclosures import links
from backend.sharing.disclosures.links import Issued, LinkRefused, NotReadable
from backend.sharing.disclosures.models import PackageEvent
from backend.sharing.disclosures.packages import Standing
from tests.cases.conftest import answers, do
from tests.sharing.disclosures.conftest import package_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(shared: Done) -> Issued:
    package = package_of(shared).package
    return links.issue(package, by=member_id("caseworker"), now=timezone.now())


def opened(issued: Issued, **changed: Any) -> PackageEvent:
    given = {"token": issued.token, "code": issued.code, "reader": "田中", "now": timezone.now(), **changed}
    return links.open_package(**given)


def test_link_and_code_open_the_package_and_it_is_written_down_once(issued: Issued) -> None:
    opened(issued)

    (event,) = PackageEvent.objects.filter(kind="opened")
    assert event.reader == "田中"


def test_the_code_is_understood_as_it_is_read_out(issued: Issued) -> None:
    opened(
        issued, code=f"　{issued.shown_code.translate(str.maketrans('0123456789', '０１２３４５６７８９'))}-"
    )


@pytest.mark.parametrize("part", ["token", "code"])
def test_a_wrong_link_and_a_wrong_code_are_told_the_same(issued: Issued, part: str) -> None:
    wrong = {"token": "x" * 32, "code": f"{(int(issued.code) + 1) % 10**8:08d}"}[part]

    with pytest.raises(LinkRefused) as refused:
        opened(issued, **{part: wrong})

    assert str(refused.value) == str(LinkRefused())
    assert not PackageEvent.objects.filter(kind="opened").exists()


def test_after_five_wrong_codes_the_right_one_opens_nothing(issued: Issued) -> None:
    for _ in range(links.MOST_ATTEMPTS):
        with pytest.raises(LinkRefused):
            opened(issued, code="1")

    with pytest.raises(LinkRefused):
        opened(issued)


def test_a_link_opens_three_times(issued: Issued) -> None:
    for _ in range(links.MOST_OPENINGS):
        opened(issued)

    with pytest.raises(LinkRefused):
        opened(issued)
    assert PackageEvent.objects.filter(kind="opened").count() == links.MOST_OPENINGS


def test_a_new_link_ends_the_one_before(issued: Issued, shared: Done) -> None:
    newer = links.issue(package_of(shared).package, by=member_id("caseworker"), now=timezone.now())

    with pytest.raises(LinkRefused):
        opened(issued)
    opened(newer)


def test_a_link_lives_two_weeks_at_most(issued: Issued) -> None:
    with pytest.raises(LinkRefused):
        opened(issued, now=timezone.now() + links.LONGEST_LIFE)


def test_a_recalled_package_is_not_opened(issued: Issued, shared: Done) -> None:
    do(shared, "recall", answers("disclosure_recall"))

    with pytest.raises(NotReadable) as refused:
        opened(issued)
    assert refused.value.standing is Standing.RECALLED


def test_no_link_is_made_for_what_is_not_handed_over(approved: Done) -> None:
    with pytest.raises(NotReadable):
        links.issue(package_of(approved).package, by=member_id("caseworker"), now=timezone.now())


def test_the_last_day_is_the_last_day(issued: Issued, shared: Done) -> None:
    last = package_of(shared).package.expires_on

    assert package_of(shared).standing(last) is Standing.OPEN
    assert package_of(shared).standing(last + timedelta(days=1)) is Standing.EXPIRED


def test_a_dump_of_the_database_holds_neither_link_nor_code(issued: Issued) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(l)::text FROM disclosures_link l")
        (row,) = cursor.fetchone()

    assert issued.token not in row
    assert issued.code not in row
    assert issued.token not in repr(issued)
