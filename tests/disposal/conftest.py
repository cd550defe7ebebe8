"""Records of a resident that ended long ago, and two people who may let them go."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from backend.cases import effects
from backend.cases.actions import Done
from backend.cases.models import Case
from backend.config.scratch import owner_address
from backend.demo.cast import member_id
from backend.disposal import carrying_out, listing
from backend.disposal.models import Certificate, DisposalList
from backend.people.models import Member, Person, ProtectedAddress
from backend.runs import letters as print_run
from backend.runs import retention
from backend.runs.models import Proposal
from backend.seals import sealing
from tests.cases.conftest import report  # noqa: F401 - a fixture
from tests.sharing.disclosures.conftest import (  # noqa: F401 - fixtures
    agreed,
    approved,
    ask,
    asked,
    resident,
    shared,
    source,
)

LONG_AGO = datetime(2015, 6, 1, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
CANARY = "うみねこ七号"


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, settings: Any) -> Path:
    """A key, print files and a ledger of each test's own."""
    settings.SEAL_KEY = str(tmp_path / "outside" / "key.pem")
    settings.VAR = tmp_path
    settings.ERASURES = tmp_path / "apart" / "erasures.jsonl"
    return tmp_path


def member(username: str) -> Member:
    return Member.objects.select_related("user", "organisation", "area").get(pk=member_id(username))


def end_long_ago(*cases: Done) -> None:
    """What was in the cases ended years ago; the seal of that night saw it."""
    effects.run_due()
    own = Case.objects.filter(pk__in=[case.case for case in cases]) if cases else Case.objects.all()
    own.update(is_open=False, closed_at=LONG_AGO)
    sealing.make()


@pytest.fixture
def ended(committed_db: None, shared: Done, source: Done, resident: Person) -> list[Case]:  # noqa: F811
    """Her referral with its consent, and the disclosure that followed; letters were printed."""
    ProtectedAddress.objects.create(person=resident, address=f"{CANARY}の里")
    effects.run_due()
    print_run.run(timezone.localdate())
    end_long_ago()
    return list(Case.objects.order_by("number"))


def proposed() -> list[Proposal]:
    """What the retention run proposes today."""
    retention.run(timezone.localdate())
    return list(Proposal.objects.select_related("case").order_by("id"))


def listed(by: str = "privacy") -> DisposalList:
    return listing.make(proposed(), by=member(by), now=timezone.now())


def approved_list() -> DisposalList:
    return listing.approve(listed().pk, by=member("supervisor"), now=timezone.now())


def destroyed() -> Certificate:
    """What is proposed, listed by one, approved by another and destroyed."""
    made = carrying_out.carry_out(approved_list().pk)
    assert made is not None
    return made


def tables_holding(*words: str) -> list[str]:
    """Every table with a row in which one of the words stands, as text or in bytes.

    Not the published definitions, whose samples have the same names.
    """
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'definitions_published' ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            patterns = [f"%{form}%" for word in words for form in (word, word.encode().hex())]
            cursor.execute(f'SELECT FROM "{table}" t WHERE t::text LIKE ANY(%s) LIMIT 1', [patterns])
            found += [table] if cursor.fetchone() is not None else []
    return found


@pytest.fixture
def owner(committed_db: None) -> Iterator["psycopg.Connection[Any]"]:
    """The owner of the tables, with every trigger off."""
    with psycopg.connect(owner_address(), autocommit=True) as opened:
        rows = opened.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in rows:
            opened.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield opened
        for (table,) in rows:
            opened.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
