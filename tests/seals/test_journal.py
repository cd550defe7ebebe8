"""Rows that are no steps of a case: whatever is done to them behind the program's back is named."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.cases.actions import Done
from backend.cases.decisionlog import DecisionLog
from backend.cases.looks import Look
from backend.cases.mended import Mended
from backend.cases.models import Case
from backend.config.privileges import JOURNALED, JOURNALED_ROWS
from backend.config.scratch import owner_address
from backend.demo.cast import member_id
from backend.disposal.models import DisposalItem, DisposalList, Erasure, Hold
from backend.jobs.models import Subscription
from backend.papers.models import KeyedIn
from backend.passkeys.models import Ending, Event, Passkey
from backend.people import versions
from backend.people.models import Member, Person, ProtectedAddress
from backend.seals import sealing
from backend.seals.models import Entry, Journal
from backend.sharing.consents.models import Consent
from backend.sharing.councils.models import AgendaItem, Copy, Paper, PaperPart, Session, SessionMember
from backend.sharing.disclosures.models import Arrangement, NamedRecipient, Package, PackageEvent
from tests.cases.conftest import report  # noqa: F401 - a fixture
from tests.operations import office
from tests.seals.conftest import found

# A column of each table that somebody might want to say something else.
EDITS = {
    "cases_decisionlog": "outcome = 'allow'",
    "cases_look": "how = 'api'",
    "cases_mended": "reason = 'another'",
    "consents_consent": "said = 'given'",
    "councils_copy": "number = 9",
    "councils_paper": "title = 'another'",
    "councils_paperpart": "content = 'another'",
    "disclosures_arrangement": "reference = 'another'",
    "disclosures_package": "purpose = 'another'",
    "disclosures_packageevent": "reader = 'another'",
    "disclosures_namedrecipient": "valid_until = '2099-12-31'",
    "disposal_certificate": "cases = 9",
    "disposal_disposalitem": "cite = 'another'",
    "disposal_disposallist": "decline_reason = 'another'",
    "disposal_erasure": "reason = 'another'",
    "disposal_hold": "reason = 'another'",
    "jobs_subscription": "url = 'https://elsewhere.example/'",
    "papers_keyedin": "seq = 9",
    "passkeys_ending": "reason = 'another'",
    "passkeys_event": "kind = 'used'",
    "passkeys_passkey": "public_key = 'another'",
    "people_member": "role = 'supervisor'",
    "people_personchange": "seq = 9",
    "people_protectedaddress": "address = 'another'",
}
# What names an edit as well, by a proof of its own.
ALSO_NAMED = {"people_personchange": "person "}


@pytest.fixture
def rows(committed_db: None, report: Callable[..., Done]) -> None:  # noqa: F811
    """One row at least in each table of the journal."""
    case, now = Case.objects.get(pk=report().case), timezone.now()
    one, other = member_id("caseworker"), member_id("supervisor")
    person = Person.objects.create(name="髙田 ハナ", kana="たかだ はな", controller="city")
    until = (now + timedelta(days=90)).date()
    given = {"person": person, "organisation": office.organisation(), "valid_until": until}
    with transaction.atomic():
        Look.objects.create(member_id=one, kind="case", subject=case.id, case=case, how="page", at=now)
        effect = office.effect(of=case, state="dead")
        Mended.objects.create(effect=effect, how="retried", by_id=one, at=now, was="dead", attempts=8)
        ProtectedAddress.objects.create(person=person, address="海浜市みなと町1-2-3")
        NamedRecipient.objects.create(named_by_id=one, named_at=now, witness_id=other, **given)
        Arrangement.objects.create(
            kind="purpose", controller="city", reference="第1号", valid_from=now.date()
        )
        Subscription.objects.create(controller="city", url="https://hooks.example/", events=[], made_at=now)
        KeyedIn.objects.create(token_hash="0" * 64, case=case, seq=1, by_id=one, at=now)
        owner = Member.objects.get(pk=one).user
        key = Passkey.objects.create(
            user=owner, credential=b"one", public_key=b"key", counted=0, name="PC", made_at=now
        )
        Ending.objects.create(user=owner, controller="city", reason="紛失", asked_by_id=other, asked_at=now)
        Event.objects.create(passkey=key, kind="added", at=now, by=owner)
    shared_and_decided(case, person, one)
    certified(case, one, other)


def shared_and_decided(case: Case, person: Person, one: UUID) -> None:
    """A consent, a package that was opened, a meeting's paper and its copy, a refusal, a person's version."""
    now = timezone.now()
    until = (now + timedelta(days=90)).date()
    Consent.objects.create(
        case=case, seq=9, controller="city", said="refused", said_at=now, asked_by_id=one, method="oral",
        by="self", wording="", language="ja", valid_from=now.date(),
    )  # fmt: skip
    package = Package.objects.create(
        case=case, seq=9, source=case, person=person, controller="city", purpose="service_linkage",
        basis="consent", content=b"{}", sha256=sha256(b"{}").hexdigest(), frozen_at=now, frozen_by_id=one,
        expires_on=until,
    )  # fmt: skip
    PackageEvent.objects.create(package=package, kind="opened", key="1", at=now, reader="田中")
    session = Session.objects.create(
        case=case, title="会議", basis="support", held_on=until, starts="10:00", venue="市役所", chair_id=one
    )
    listed = SessionMember.objects.create(
        session=session, member_id=one, organisation=office.organisation(), part="chair", listed_at=now
    )
    item = AgendaItem.objects.create(
        session=session, symbol="A", case=case, controller="city", brought_by_id=one
    )
    paper = Paper.objects.create(item=item, title="資料", made_at=now, made_by_id=one, sha256="")
    PaperPart.objects.create(paper=paper, category="identity", content=b"[]")
    Copy.objects.create(paper=paper, holder=listed, number=1, shared_at=now)
    DecisionLog.objects.create(
        at=now, member=one, action="referral.close", kind="case", case=case.id, inputs={}, outcome="deny",
        policies="",
    )  # fmt: skip
    versions.append(
        person, versions.Kind.REGISTERED, before={}, by=Member.objects.get(pk=one), now=now, reason="新規"
    )


def certified(case: Case, one: UUID, other: UUID) -> None:
    """An erasure asked for, a case held back, a disposal list of nothing, and its certificate, which only the
    owner may write.
    """
    now = timezone.now()
    Erasure.objects.create(
        case=case, controller="city", basis="stop", reason="停止の請求", contents=[], asked_by_id=one,
        asked_account="one", asked_at=now,
    )  # fmt: skip
    Hold.objects.create(
        case=case, controller="city", why="audit", reason="監査", placed_by_id=one, placed_at=now
    )
    made = DisposalList.objects.create(
        controller="city", made_by_id=one, made_account="one", made_at=now,
        approved_by_id=other, approved_account="other", approved_at=now, done_at=now,
    )  # fmt: skip
    DisposalItem.objects.create(list=made, kind="case", number="R8-0009", outcome="kept")
    empty = sha256().digest()
    with psycopg.connect(owner_address()) as owner:
        owner.execute(
            "INSERT INTO disposal_certificate (list_id, controller, number, at, cases, persons, steps,"
            " contents, letters, slips, packages, events, leaves, digest)"
            " VALUES (%s, 'city', 1, now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, %s)",
            [made.pk, empty],
        )


@pytest.fixture
def owner(rows: None) -> Iterator["psycopg.Connection[Any]"]:
    """The owner of the tables, with the triggers off."""
    tables = [*JOURNALED, "seals_entry", "seals_journal"]
    with psycopg.connect(owner_address(), autocommit=True) as opened:
        for table in tables:
            opened.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield opened
        for table in tables:
            opened.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_rows_nobody_touched_are_proved(rows: None) -> None:
    assert found() == []
    assert Entry.objects.exists()


def test_every_table_of_the_journal_is_tried() -> None:
    assert set(EDITS) == set(JOURNALED)


@pytest.mark.parametrize("table", JOURNALED)
def test_an_edit_of_a_row_is_named(owner: Any, table: str) -> None:
    if not owner.execute(f"SELECT 1 FROM {table}").fetchone():
        pytest.fail(f"no row of {table} to edit")
    rows = JOURNALED_ROWS.get(table, "true").format(row=table)
    owner.execute(f"UPDATE {table} SET {EDITS[table]} WHERE {rows}")

    told = [one for one in found() if not one.startswith(ALSO_NAMED.get(table, "-"))]

    assert told
    assert all(
        one.startswith(f"{table} ") and one.endswith("changed behind the program's back") for one in told
    )


def test_a_row_taken_out_is_named(owner: Any) -> None:
    owner.execute("DELETE FROM disclosures_namedrecipient")

    assert [one.partition(": ")[2] for one in found()] == ["deleted behind the program's back"]


def test_a_row_slipped_in_is_named(owner: Any) -> None:
    owner.execute(
        "INSERT INTO papers_keyedin (token_hash, case_id, seq, by_id, at)"
        " SELECT repeat('1', 64), case_id, seq, by_id, at FROM papers_keyedin LIMIT 1"
    )

    assert found() == [
        f"papers_keyedin {'1' * 64}: written behind the program's back, the journal does not know it"
    ]


def test_what_the_program_changes_is_no_edit(rows: None) -> None:
    Subscription.objects.update(ended_at=timezone.now())
    ProtectedAddress.objects.all().delete()

    assert found() == []
    assert Entry.objects.filter(table="jobs_subscription").count() == 2


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE seals_entry SET prev = set_byte(prev, 5, 90)",
        "UPDATE seals_entry SET body = set_byte(body, 5, 90)",
        "DELETE FROM seals_entry",
    ],
)
def test_an_entry_edited_or_gone_is_named(owner: Any, edit: str) -> None:
    journal = Journal.objects.get(name="city")
    owner.execute(f"{edit} WHERE journal = %s AND seq = %s", [journal.id, journal.seq])

    assert any(one.startswith(f"journal city entry {journal.seq}") for one in found())


def test_a_journal_written_anew_is_caught_by_the_seal(owner: Any) -> None:
    sealing.make()
    journal = Journal.objects.get(name="office")
    owner.execute("UPDATE seals_entry SET hash = sha256(hash) WHERE journal = %s AND seq = %s",
                  [journal.id, journal.seq])  # fmt: skip
    owner.execute("UPDATE seals_journal SET head = sha256(head) WHERE id = %s", [journal.id])

    assert f"journal office step {journal.seq}: not the one that was sealed, says seal 1" in found()


def test_the_application_writes_no_entry_of_its_own(rows: None) -> None:
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("UPDATE seals_journal SET seq = 0")
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO seals_entry SELECT * FROM seals_entry LIMIT 1")
