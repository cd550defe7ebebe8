"""What two people agreed to destroy is gone from everywhere, and everything else still proves itself."""

from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from backend.cases.decisionlog import DecisionLog
from backend.cases.looks import Look
from backend.cases.models import Blob, Case, Step
from backend.demo.cast import member_id
from backend.disposal import carrying_out, listing
from backend.disposal.models import DisposalItem, DisposalList
from backend.letters.models import DisposedLetter, IssuedLetter
from backend.letters.printing import files
from backend.letters.printing.models import PrintFile
from backend.people.models import Person
from backend.seals import sealing
from backend.seals.models import Chain, Leaf, Seal
from tests.disposal.conftest import (
    CANARY,
    approved_list,
    destroyed,
    end_long_ago,
    listed,
    member,
    proposed,
    tables_holding,
)
from tests.seals.conftest import found


def test_nothing_of_it_is_left(ended: list[Case], resident: Person) -> None:
    Look.objects.create(
        member_id=member_id("supervisor"), kind="case", subject=ended[0].id, case=ended[0],
        person=resident, how="page", at=timezone.now(),
    )  # fmt: skip
    ids = [str(own.id) for own in ended] + [str(resident.id)]
    assert "cases_blob" in tables_holding(CANARY)

    destroyed()

    assert tables_holding(CANARY, "髙田", "たかだ") == []
    # The journal names the rows it knew; nothing leads from their ids to anybody any more.
    assert set(tables_holding(*ids)) <= {"seals_entry"}
    assert not Case.objects.exists()
    assert not Person.objects.filter(pk=resident.pk).exists()


def test_everything_still_proves_itself(ended: list[Case]) -> None:
    places = set(Chain.objects.filter(chain__in=[own.id for own in ended]).values_list("place", flat=True))

    made = destroyed()

    assert found() == []
    assert made.leaves == len(ended) == made.cases
    assert set(Leaf.objects.filter(place__in=places).values_list("place", flat=True)) == places
    assert set(Chain.objects.filter(chain=None).values_list("place", flat=True)) == places


def test_the_seals_after_it_go_on(ended: list[Case], source: Any) -> None:
    before = Seal.objects.count()
    destroyed()

    sealing.make()

    assert Seal.objects.count() == before + 1
    assert found() == []


def test_the_certificate_counts_what_was_destroyed(ended: list[Case]) -> None:
    expected = {
        "cases": len(ended),
        "persons": 1,
        "steps": Step.objects.count(),
        "contents": Blob.objects.count(),
        "letters": IssuedLetter.objects.count(),
        "packages": 1,
    }

    made = destroyed()

    assert {name: getattr(made, name) for name in expected} == expected
    assert made.letters > 0
    assert made.number == 1


def test_numbers_of_letters_stay_without_gaps(ended: list[Case]) -> None:
    numbered = IssuedLetter.objects.exclude(number=None).count()
    file = PrintFile.objects.get()
    assert files.path_of(file.id).exists()

    destroyed()

    assert DisposedLetter.objects.count() == numbered > 0
    assert not files.path_of(file.id).exists()
    assert found() == []


def test_what_is_needed_elsewhere_stays(ended: list[Case], resident: Person, report: Any) -> None:
    other = report(person=resident.id)
    Case.objects.filter(pk=other.case).update(is_open=False, closed_at=timezone.now())
    sealing.make()

    made = destroyed()

    assert (made.cases, made.persons) == (len(ended), 0)
    assert Person.objects.filter(pk=resident.pk).exists()
    assert list(Case.objects.values_list("pk", flat=True)) == [other.case]


def test_decisions_about_it_are_forgotten(ended: list[Case]) -> None:
    assert DecisionLog.objects.filter(case__in=[own.id for own in ended]).exists()

    destroyed()

    assert not DecisionLog.objects.exclude(case=None).exists()


def test_the_list_keeps_numbers_and_rules_and_no_id(ended: list[Case]) -> None:
    destroyed()

    items = DisposalItem.objects.filter(kind="case").order_by("number")
    assert [one.number for one in items] == [own.number for own in ended]
    assert {one.outcome for one in DisposalItem.objects.all()} == {"destroyed"}
    assert not DisposalItem.objects.exclude(subject=None).exists()


def test_a_second_list_gets_the_next_number(ended: list[Case], report: Any) -> None:
    destroyed()
    end_long_ago(report())

    assert destroyed().number == 2
    assert found() == []


@pytest.mark.parametrize("what", ["cases_step", "cases_blob", "letters_frozenpdf", "seals_chain"])
def test_the_application_can_still_delete_nothing(ended: list[Case], what: str) -> None:
    approved_list()

    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {what}")


def ask_for(row: DisposalList, cases: list[Any], persons: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsunagu_dispose(%s, %s::uuid[], %s::uuid[])", [row.pk, cases, persons])


def test_the_database_destroys_no_list_one_person_alone_made(ended: list[Case]) -> None:
    row = listed()

    with pytest.raises(ProgrammingError, match="not approved"):
        ask_for(row, [own.id for own in ended], [])


def test_the_database_destroys_nothing_the_list_does_not_name(ended: list[Case], report: Any) -> None:
    row = approved_list()
    other = report().case
    end_long_ago()
    proposed()

    with pytest.raises(ProgrammingError, match="a case is not on the list"):
        ask_for(row, [other], [])
    with pytest.raises(ProgrammingError, match="a person is not on the list"):
        ask_for(row, [], [Person.objects.create(name="別の人", controller="city").pk])


def test_the_database_destroys_nothing_that_is_held_back(ended: list[Case]) -> None:
    row = approved_list()
    listing.hold(ended[0].id, why="lawsuit", reason="係争中", by=member("privacy"), now=timezone.now())

    with pytest.raises(ProgrammingError, match="held back"):
        ask_for(row, [own.id for own in ended], [])


def test_the_database_destroys_nothing_before_its_time(ended: list[Case]) -> None:
    row = approved_list()
    Case.objects.filter(pk=ended[0].pk).update(closed_at=timezone.now())

    with pytest.raises(ProgrammingError, match="not at its end"):
        ask_for(row, [own.id for own in ended], [])


def test_a_list_is_carried_out_once(ended: list[Case]) -> None:
    row = approved_list()
    assert carrying_out.carry_out(row.pk) is not None

    assert carrying_out.carry_out(row.pk) is None
    with pytest.raises(ProgrammingError, match="was carried out"):
        ask_for(row, [], [])
