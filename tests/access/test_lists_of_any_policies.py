"""Whatever a city writes: a policy is refused at load, or its list is its decisions, both ways."""

from pathlib import Path
from typing import Any

import cedarpy
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.access import MemberFacts, decide, filtering, visible_q
from backend.access.areas import Areas
from backend.access.book import PolicyBook
from backend.access.facts import KINDS, attributes
from backend.access.filtering import list_findings
from backend.access.reading import Policy, read_policies
from backend.access.residual import holds
from tests.access import policies_at_random
from tests.access.strategies import TODAY, cases, letters, members, persons
from tests.access.test_lists_in_postgresql import stored, town

__all__ = ["town"]

THINGS = {"case": cases, "person": persons, "letter": letters}
WORDS = '@cite("c") @reason_ja("r") @reason_en("r") @help_ja("h") @help_en("h")'
fixtures = {"suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


def some(kind: str, least: int = 2) -> st.SearchStrategy[Any]:
    """Random policies about a kind of thing, a member and things."""
    key = {"letter": lambda it: it.case.id}.get(kind, lambda it: it.id)
    entity = KINDS[kind].entity
    return st.tuples(
        st.lists(policies_at_random.policies(entity), min_size=1, max_size=4),
        members,
        st.lists(THINGS[kind], min_size=least, max_size=12, unique_by=key),
    )


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("policies") / "random.cedar"


def accepted(texts: list[str], file: Path, book: PolicyBook) -> PolicyBook | None:
    """The policies as a book when `tsunagu check` accepts them, else None."""
    file.write_text("\n".join(f'@id("p{n}") {WORDS} {text}' for n, text in enumerate(texts)))
    found, findings = read_policies(file, "random.cedar")
    assert findings == []
    schema = cedarpy.Schema.from_str(book.vocabulary.text((*book.vocabulary.family("list"), "view")))
    typed = cedarpy.validate_policies("\n".join(it.text for it in found), schema)
    if typed.errors or any(list_findings(policy) for policy in found):
        return None
    ordered: tuple[Policy, ...] = tuple(sorted(found, key=lambda policy: policy.permits))
    return PolicyBook(policies=ordered, report=(), vocabulary=book.vocabulary)


def may_list(member: MemberFacts, thing: Any, book: PolicyBook, areas: Areas) -> bool:
    decision = decide(member, "list", thing, today=TODAY, book=book, areas=areas)
    assert decision.errors == ()
    return decision.allowed


@pytest.mark.parametrize("kind", THINGS)
def test_a_list_is_its_decisions_whatever_the_policies(
    kind: str, book: PolicyBook, areas: Areas, file: Path
) -> None:
    told = {True: 0, False: 0, None: 0}

    @settings(max_examples=150, **fixtures)
    @given(some(kind))
    def check(given_: Any) -> None:
        texts, member, things = given_
        changed = accepted(texts, file, book)
        if changed is None:
            told[None] += 1
            return
        seen = filtering.visible(member, kind, TODAY, areas=areas, book=changed)
        for thing in things:
            listed = holds(seen, attributes(thing), lambda code, holder: code in areas.descendants(holder))
            assert listed == may_list(member, thing, changed, areas)
            told[listed] += 1

    check()

    assert min(told.values()) > 0, told


@pytest.mark.django_db
@pytest.mark.parametrize("kind", THINGS)
def test_the_database_finds_what_is_decided_whatever_the_policies(
    kind: str, town: None, book: PolicyBook, areas: Areas, file: Path
) -> None:
    @settings(max_examples=40, **fixtures)
    @given(some(kind, least=5))
    def check(given_: Any) -> None:
        texts, member, things = given_
        changed = accepted(texts, file, book)
        if changed is None:
            return
        with transaction.atomic():
            rows = stored(things)._default_manager.filter(visible_q(member, kind, TODAY, book=changed))
            found = set(map(str, rows.values_list("pk", flat=True)))
            transaction.set_rollback(True)
        assert found == {thing.id for thing in things if may_list(member, thing, changed, areas)}

    check()
