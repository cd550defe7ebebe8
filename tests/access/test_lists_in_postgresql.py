"""The same over real rows: what the filter finds in PostgreSQL is what is decided row by row."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.access import ALWAYS, CaseFacts, LetterFacts, MemberFacts, PackageFacts, decide, visible_q
from backend.access.areas import Areas
from backend.access.columns import to_q
from backend.access.decisions import Cast
from backend.access.facts import attributes
from backend.access.filtering import Kind
from backend.access.residual import AllOf, Always, AnyOf, Compare, Condition, Not, holds
from backend.cases.models import Case
from backend.cases.reading import case_facts
from backend.letters.models import IssuedLetter
from backend.people.models import Area, Member, Organisation, Person
from backend.sharing.disclosures.models import Package
from tests.access.strategies import (
    ACCOUNTS,
    AREAS,
    CONSENTS,
    CONTROLLERS,
    MEMBER_IDS,
    ORGANISATIONS,
    STATES,
    TODAY,
    cases,
    letters,
    members,
    packages,
    persons,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = "2026-11-24T09:15:00+00:00"
numbers = count(1)
several = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def town(db: None, areas: Areas, players: Cast) -> None:
    for code in ("CITY", "D01", "D01-1", "D01-2", "D02", "D02-1"):
        above = areas.ancestors(code)
        Area.objects.create(code=code, name=code, kind="area", parent_id=above[0] if above else None)
    for code in ORGANISATIONS:
        Organisation.objects.create(code=code, name=code, type="csw", controller="city")
    for number, member_id in enumerate(MEMBER_IDS):
        Member.objects.create(
            id=member_id,
            name=f"会員{number}",
            role="caseworker",
            organisation_id="city-welfare",
            controller="city",
            valid_from=date(2025, 4, 1),
        )


def row(facts: CaseFacts, **changes: Any) -> Case:
    """The case as a row; the facts kept as `facts` are there or not, as real ones."""
    until = f"{facts.consent_until:08d}"
    found = {
        "consent": facts.consent,
        "consent_until": None if facts.consent_until == ALWAYS else f"{until[:4]}-{until[4:6]}-{until[6:]}",
        "consent_categories": list(facts.consent_categories),
        "legal_basis": facts.legal_basis,
        "basis_recipient": facts.basis_recipient,
        "basis_categories": list(facts.basis_categories),
        "abuse": facts.abuse,
        "requesters": list(facts.requesters),
        "glass": [{"member": who, "until": LATER} for who in facts.glass],
        "signed": list(facts.signed),
    }
    return Case(
        id=UUID(facts.id),
        number=f"R8-{next(numbers):06}",
        controller=facts.controller,
        workflow=facts.workflow,
        definition="0" * 64,
        state=facts.state,
        kind=facts.kind,
        head=bytes(32),
        area_id=facts.area,
        owner_role=facts.owner_role,
        assignee_id=facts.assignee or None,
        receiver_id=facts.receiver or None,
        reporter_id=facts.reporter or None,
        watchers=list(facts.watchers),
        urgency=facts.urgency,
        facts={name: value for name, value in found.items() if value not in ("", "unknown", "none", [])},
        protected=facts.protected,
        is_open=facts.open,
        opened_at=NOW,
        entered_at=NOW,
        **changes,
    )


def stored(things: Sequence[Any]) -> type[Case | Person | IssuedLetter | Package]:
    """Write things of one kind as rows; the model they are rows of."""
    if isinstance(things[0], CaseFacts):
        Case.objects.bulk_create([row(case) for case in things])
        return Case
    if isinstance(things[0], LetterFacts):
        Case.objects.bulk_create([row(letter.case) for letter in things])
        IssuedLetter.objects.bulk_create(letter_row(it, number) for number, it in enumerate(things, 1))
        return IssuedLetter
    if isinstance(things[0], PackageFacts):
        Package.objects.bulk_create(package_rows(things))
        return Package
    Person.objects.bulk_create(
        Person(
            id=UUID(it.id),
            controller=it.controller,
            name="髙田 ハナ",
            area_id=it.area or None,
            protected=it.protected,
        )
        for it in things
    )
    return Person


def letter_row(letter: LetterFacts, number: int) -> IssuedLetter:
    return IssuedLetter(
        id=UUID(letter.id),
        case_id=UUID(letter.case.id),
        seq=1,
        definition=letter.definition,
        definition_hash="0" * 64,
        controller=letter.case.controller,
        organisation="city-welfare",
        symbol="海福",
        fiscal_year=2026,
        number=number,
        dated_on=date(2026, 11, 24),
        addressee_kind="person",
        state=letter.status,
        inputs_salt=bytes(32),
        inputs_digest="0" * 64,
    )


def package_rows(some: Sequence[PackageFacts]) -> list[Package]:
    """Packages of one case, each with nothing in it."""
    person = Person.objects.create(controller="city", name="髙田 ハナ")
    case = Case.objects.create(
        number=f"R8-{next(numbers):06}",
        controller="city",
        workflow="disclosure",
        definition="0" * 64,
        state="disclosure.shared",
        kind="theirs",
        head=bytes(32),
        area_id="D01-1",
        owner_role="caseworker",
        opened_at=NOW,
        entered_at=NOW,
    )
    return [
        Package(
            id=UUID(it.id),
            case=case,
            seq=number,
            source=case,
            person=person,
            controller=it.controller,
            recipient_id=it.recipient or None,
            recipient_member_id=it.member or None,
            recipient_name="x",
            purpose="watch_over",
            basis="consent",
            content=b"{}",
            sha256=hashlib.sha256(b"{}").hexdigest(),
            frozen_at=NOW,
            frozen_by_id=UUID(MEMBER_IDS[0]),
            expires_on=date(2026, 12, 1),
        )
        for number, it in enumerate(some, 1)
    ]


def found_and_permitted(someone: MemberFacts, kind: Kind, some: Sequence[Any]) -> tuple[set[str], set[str]]:
    """The ids the filter finds among rows of the things, and those a decision about each permits."""
    with transaction.atomic():
        rows = stored(some)._default_manager.filter(visible_q(someone, kind, TODAY))
        found = set(map(str, rows.values_list("pk", flat=True)))
        transaction.set_rollback(True)
    return found, {it.id for it in some if decide(someone, "list", it, today=TODAY)}


@several
@given(someone=members, some=st.lists(cases, min_size=1, max_size=25, unique_by=lambda case: case.id))
def test_the_cases_found_are_those_permitted(town: None, someone: MemberFacts, some: list[CaseFacts]) -> None:
    found, permitted = found_and_permitted(someone, "case", some)

    assert found == permitted


@several
@given(someone=members, some=st.lists(packages, min_size=1, max_size=15, unique_by=lambda it: it.id))
def test_the_packages_found_are_those_permitted(
    town: None, someone: MemberFacts, some: list[PackageFacts]
) -> None:
    found, permitted = found_and_permitted(someone, "package", some)

    assert found == permitted


@several
@given(someone=members, some=st.lists(persons, min_size=1, max_size=15, unique_by=lambda person: person.id))
def test_the_persons_found_are_those_permitted(town: None, someone: MemberFacts, some: list[Any]) -> None:
    found, permitted = found_and_permitted(someone, "person", some)

    assert found == permitted


@several
@given(
    someone=members, some=st.lists(letters, min_size=1, max_size=15, unique_by=lambda letter: letter.case.id)
)
def test_the_letters_found_are_those_permitted(
    town: None, someone: MemberFacts, some: list[LetterFacts]
) -> None:
    found, permitted = found_and_permitted(someone, "letter", some)

    assert found == permitted


@several
@given(case=cases)
def test_a_row_read_back_is_the_case_that_was_decided(town: None, case: CaseFacts) -> None:
    with transaction.atomic():
        row(case).save(force_insert=True)

        assert case_facts(Case.objects.get(pk=case.id), NOW) == case
        transaction.set_rollback(True)


@pytest.mark.parametrize("until", ["2026-11-24T09:00:00+00:00", "2026-11-24T18:15:00", "soon", None, 7])
def test_an_emergency_window_that_is_over_or_unreadable_is_closed(until: Any, players: Cast) -> None:
    case = row(replace(players.things["case_in_support"], id=str(UUID(int=1)), assignee=""))
    case.facts["glass"] = [{"member": "m1", "until": LATER}, {"member": "m2", "until": until}]

    assert case_facts(case, NOW).glass == ("m1",)


comparisons = st.one_of(
    *(
        st.builds(Compare, st.just(name), st.just("eq"), st.sampled_from(values))
        for name, values in {
            "state": STATES,
            "controller": CONTROLLERS,
            "urgency": ("", "A"),
            "area": AREAS,
            "assignee": ("", "no-key", *MEMBER_IDS),
            "receiver": ("", *ORGANISATIONS),
            "consent": CONSENTS,
            "legal_basis": ("", "eapa_7"),
            "abuse": ("none", "elder"),
            "protected": (True, False),
        }.items()
    ),
    *(
        st.builds(Compare, st.just(name), st.just("one_of"), st.lists(st.sampled_from(values)).map(tuple))
        for name, values in {
            "state": STATES,
            "receiver": ("", *ORGANISATIONS),
            "reporter": ("", "no-key", *MEMBER_IDS),
            "consent": CONSENTS,
        }.items()
    ),
    st.builds(Compare, st.just("area"), st.just("within"), st.sampled_from(AREAS)),
    st.builds(Compare, st.just("watchers"), st.just("has"), st.sampled_from(("no-key", *MEMBER_IDS))),
    st.builds(Compare, st.just("requesters"), st.just("has"), st.sampled_from(("99", *ACCOUNTS))),
    st.builds(Compare, st.just("consent_until"), st.just("least"), st.integers(TODAY - 1, TODAY + 2)),
    st.builds(
        Compare,
        st.just("state"),
        st.just("like"),
        st.sampled_from(
            ((None, "entered_in_error"), ("referral.", None), (None, "_in_", None), ("referral.d",))
        ),
    ),
)
conditions = st.recursive(
    st.one_of(comparisons, st.booleans().map(Always)),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=5,
)


@several
@given(
    some=st.lists(cases, min_size=12, max_size=20, unique_by=lambda case: case.id),
    asked=st.lists(conditions, min_size=15, max_size=25),
)
def test_a_condition_means_in_sql_what_it_means_for_one_case(
    town: None, areas: Areas, some: list[CaseFacts], asked: list[Condition]
) -> None:
    def within(code: str, holder: str) -> bool:
        return code in areas.descendants(holder)

    with transaction.atomic():
        Case.objects.bulk_create([row(case) for case in some])

        for condition in asked:
            found = Case.objects.filter(to_q(condition, "Case", areas)).values_list("pk", flat=True)
            assert set(map(str, found)) == {c.id for c in some if holds(condition, attributes(c), within)}
        transaction.set_rollback(True)


def test_a_member_whose_id_is_no_key_finds_nothing_of_their_own(town: None, players: Cast) -> None:
    """The cast of the tables has names for ids; no row can belong to them, and no query fails."""
    case = replace(players.things["case_in_support"], id=str(UUID(int=1)), assignee="", watchers=())
    row(case).save(force_insert=True)

    for name in ("commissioner", "volunteer", "receiver", "outsider", "system"):
        assert not Case.objects.filter(visible_q(players.members[name], "case", TODAY)).exists()
    assert Case.objects.filter(visible_q(players.members["caseworker"], "case", TODAY)).exists()
