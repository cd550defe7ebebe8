"""Whose record a case is belongs to its proof: moved to another behind the program's back, it is named."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.cases import actions, subjectproof, verifying
from backend.cases.actions import Done
from backend.cases.models import Blob, Case
from backend.config.scratch import owner_address
from backend.demo.cast import member_id
from backend.people.models import Person
from tests.cases.conftest import answers, do


def person(name: str) -> UUID:
    return Person.objects.create(name=name, kana="", controller="city").pk


def begin(of: UUID | None = None) -> Done:
    given = {"actor": member_id("caseworker"), "answers": answers("detection_report"), "key": uuid4().hex}
    return actions.start("referral", person=of, **given)


def say_who(case: Done, of: UUID) -> None:
    do(case, "identify", {"person": str(of), "body": "本人に会って確かめた"})


def by_the_owner(statement: str, *values: Any) -> None:
    """As somebody would who has the database and knows of no step."""
    with psycopg.connect(owner_address(), autocommit=True) as opened:
        opened.execute(statement, values)


@pytest.fixture
def city(committed_db: None, cast: None) -> None:
    """Committed, as the owner has to see it."""


def broken() -> tuple[str, ...]:
    return subjectproof.subjects().broken


def test_a_case_begun_with_a_person_or_put_to_one_later_commits_to_it(city: None) -> None:
    begin(person("髙田 ハナ"))
    later, nobody = begin(), begin()
    say_who(later, person("村上 ツネ"))

    proof = subjectproof.subjects()

    assert (proof.count, proof.broken) == (2, ())
    assert not Blob.objects.filter(case=nobody.case, kind="subject").exists()
    assert verifying.verify().broken == ()


def test_a_case_put_to_another_record_without_a_step_is_named(city: None) -> None:
    case = begin(person("髙田 ハナ"))

    by_the_owner("UPDATE cases_case SET person_id = %s WHERE id = %s", person("村上 ツネ"), case.case)

    assert broken() == (f"case {case.number}: it is not the record its steps name",)


def test_a_case_that_lost_its_record_or_gained_one_without_a_step_is_named(city: None) -> None:
    known, nobody = begin(person("髙田 ハナ")), begin()

    by_the_owner("UPDATE cases_case SET person_id = NULL WHERE id = %s", known.case)
    by_the_owner("UPDATE cases_case SET person_id = %s WHERE id = %s", person("村上 ツネ"), nobody.case)

    assert sorted(broken()) == sorted(
        [
            f"case {known.number}: it is not the record its steps name",
            f"case {nobody.number}: no step says whose record it is",
        ]
    )


def test_records_that_were_merged_are_one(city: None) -> None:
    merged, kept = person("高田 はな"), person("髙田 ハナ")
    case = begin(merged)

    by_the_owner("UPDATE people_person SET merged_into_id = %s WHERE id = %s", kept, merged)
    by_the_owner("UPDATE cases_case SET person_id = %s WHERE id = %s", kept, case.case)

    assert Case.objects.get(pk=case.case).person_id == kept
    assert broken() == ()
