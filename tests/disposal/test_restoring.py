"""A backup from before a disposal is restored: what was destroyed is destroyed again before it is opened."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as installed
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from psycopg import sql

from backend.cases.models import Case
from backend.config import health, scratch
from backend.config.scratch import owner_address
from backend.disposal import carrying_out, erasures, listing, paper
from backend.disposal.models import Certificate, DisposalItem, DisposalList
from backend.people.models import Member, User
from backend.runs import disposal
from backend.runs.models import Run
from tests.disposal.conftest import CANARY, approved_list, destroyed, listed, member, proposed, tables_holding
from tests.runs.test_killed_runs import tsunagu
from tests.seals.conftest import found

BACKUP = f"tsunagu_backup_of_a_test_{os.getpid()}"


def back_up() -> None:
    """A copy of the whole database as it is now. No other session may be in it meanwhile."""
    connections.close_all()
    name = str(installed.DATABASES["owner"]["NAME"])
    with psycopg.connect(owner_address("postgres"), autocommit=True) as server:
        scratch.end_sessions(server, name)
        scratch.drop(server, BACKUP)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copy.format(sql.Identifier(BACKUP), sql.Identifier(name)))


@contextmanager
def restored() -> Iterator[None]:
    """The office works with the backup."""
    before = str(installed.DATABASES["owner"]["NAME"])
    scratch._use(BACKUP)
    try:
        yield
    finally:
        scratch._use(before)
        with psycopg.connect(owner_address("postgres"), autocommit=True) as server:
            scratch.drop(server, BACKUP)


@pytest.fixture(params=["before it was listed", "once it was listed", "once it was approved"])
def backed_up(request: pytest.FixtureRequest, ended: list[Case]) -> Certificate:
    """A disposal, and a backup from some time before it."""
    if request.param == "before it was listed":
        back_up()
        return destroyed()
    row = listed() if request.param == "once it was listed" else approved_list()
    back_up()
    if row.approved_at is None:
        listing.approve(row.pk, by=member("supervisor"), now=timezone.now())
    made = carrying_out.carry_out(row.pk)
    assert made is not None
    return made


def test_what_was_destroyed_stays_gone(backed_up: Certificate, capsys: Any) -> None:
    with restored():
        assert "cases_blob" in tables_holding(CANARY)
        assert "restore-check" in health.erasures()
        with pytest.raises(CommandError):
            call_command("restore_check", "--look")

        call_command("restore_check")

        assert "1 entries in the erasure ledger, 1 had come back" in capsys.readouterr().out
        assert tables_holding(CANARY, "たかだ") == []
        assert health.erasures() == ""
        assert (Certificate.objects.get().number, found()) == (backed_up.number, [])
        assert set(DisposalItem.objects.values_list("outcome", flat=True)) == {"destroyed"}


def test_who_decided_may_be_younger_than_the_backup(ended: list[Case], capsys: Any) -> None:
    back_up()
    younger = {role: _joined(role) for role in ("privacy_officer", "supervisor")}
    row = listing.make(proposed(), by=younger["privacy_officer"], now=timezone.now())
    row = listing.approve(row.pk, by=younger["supervisor"], now=timezone.now())
    carrying_out.carry_out(row.pk)

    with restored():
        call_command("restore_check")

        assert tables_holding(CANARY, "たかだ") == []
        again = DisposalList.objects.get()
        assert (again.made_by, again.approved_by) == (None, None)
        assert (again.made_account, again.approved_account) == (row.made_account, row.approved_account)
        assert again.restored_at is not None
        assert row.approved_account in paper.who(again.approved_by, again.approved_account)
        assert paper.record(Certificate.objects.get()).startswith(b"%PDF-")
        assert (found(), health.erasures()) == ([], "")


def _joined(role: str) -> Member:
    """Somebody who joins the city today."""
    like = Member.objects.filter(controller="city", role=role, organisation__type="city_section").first()
    assert like is not None
    user = User.objects.create(username=f"new_{role}")
    fresh = Member.objects.create(
        user=user, name="新任", role=role, organisation=like.organisation, controller="city",
        area=like.area, valid_from=timezone.localdate(), pledge_signed_on=like.pledge_signed_on,
        trained_until=like.trained_until,
    )  # fmt: skip
    return Member.objects.select_related("user", "organisation", "area").get(pk=fresh.pk)


def test_doing_it_again_changes_nothing(ended: list[Case]) -> None:
    back_up()
    destroyed()

    with restored():
        call_command("restore_check")
        call_command("restore_check")

        assert Certificate.objects.count() == 1
        assert found() == []


def test_without_a_backup_nothing_came_back(ended: list[Case]) -> None:
    destroyed()

    assert len(erasures.erased()) == 1
    assert erasures.come_back() == []
    assert health.erasures() == ""


def test_the_ledger_holds_ids_alone(ended: list[Case], resident: Any, apart: Path) -> None:
    destroyed()

    text = Path(installed.ERASURES).read_text()
    assert str(ended[0].id) in text
    assert all(word not in text for word in (resident.name, resident.address, ended[0].number))
    assert Path(installed.ERASURES).stat().st_mode & 0o777 == 0o600


def test_what_was_only_meant_to_be_destroyed_is_not_destroyed_on_a_backup(ended: list[Case]) -> None:
    row = approved_list()
    erasures.intend(erasures.of_list(row, [own.id for own in ended], []))

    assert erasures.erased() == erasures.come_back() == []


def test_a_line_cut_off_spoils_no_other(ended: list[Case]) -> None:
    path = Path(installed.ERASURES)
    path.parent.mkdir(parents=True)
    path.write_text('{"list": "3f0')

    destroyed()

    assert len(erasures.erased()) == 1


def test_without_the_ledger_nothing_is_destroyed(ended: list[Case], settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    settings.ERASURES = tmp_path / "a file" / "ledger"
    approved_list()

    report = disposal.run(timezone.localdate())

    assert report.counts["failed"] == 1
    assert Case.objects.count() == len(ended)


def test_a_disposal_killed_before_its_last_line_is_told_by_the_next_run(
    ended: list[Case], tmp_path: Path
) -> None:
    approved_list()
    path = str(installed.ERASURES)
    killed = tsunagu("run", "disposal", TSUNAGU_KILL_POINT="D3", TSUNAGU_ERASURES=path)
    assert killed.returncode == 137
    assert erasures.erased() == []
    assert [json.loads(line)["list"] for line in Path(path).read_text().splitlines()]

    Run.objects.update(lease_until=None)
    disposal.run(timezone.localdate())

    assert [one.number for one in erasures.erased()] == [1]
