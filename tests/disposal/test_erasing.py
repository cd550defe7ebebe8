"""消去: contents of a case that goes on are erased by two people; the history still proves itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as installed
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from backend.cases import actions, effects, reading
from backend.cases.actions import Done
from backend.cases.errors import NotFound, NotPossible, Refused
from backend.cases.models import Blob, Case, Notice, Step
from backend.config import health
from backend.demo.cast import member_id
from backend.disposal import contents, erasures
from backend.disposal.contents import Wish
from backend.disposal.models import Erasure
from backend.people.models import Member
from tests.cases.conftest import answers, do
from tests.disposal.conftest import CANARY, member, tables_holding
from tests.disposal.test_restoring import back_up, restored
from tests.jobs.conftest import python
from tests.pages.conftest import browser
from tests.seals.conftest import found

__all__ = ["browser"]
SAID = ((1, "consultation"),)


@pytest.fixture
def told(committed_db: None, report: Callable[..., Done]) -> Done:
    """A referral whose report says what should not be there, and a note that does not."""
    done = report(answers=answers("detection_report", facts_heard=CANARY))
    done = do(done, "note", answers("note"))
    effects.run_due()
    return done


def case_of(done: Done) -> Case:
    return Case.objects.get(pk=done.case)


def asked(done: Done, *, by: str = "privacy", parts: Any = SAID) -> Erasure:
    wish = Wish(parts, "stop", "本人の請求による")
    return contents.ask(case_of(done), wish, by=member(by), now=timezone.now())


def erased(done: Done) -> Erasure:
    return contents.approve(asked(done).pk, by=member("supervisor"), now=timezone.now())


def test_what_two_people_erase_is_gone_and_the_history_still_proves_itself(told: Done) -> None:
    assert "cases_blob" in tables_holding(CANARY)

    row = erased(told)

    assert tables_holding(CANARY) == []
    assert not Blob.objects.filter(case=told.case, seq=1, category="consultation").exists()
    assert Blob.objects.filter(case=told.case, seq=1, category="identity").exists()
    step = Step.objects.get(case=told.case, seq=told.seq + 1)
    assert (step.action, row.seq, row.done_at is not None) == ("erase", step.seq, True)
    assert found() == []


def test_a_case_goes_on_after_an_erasure(told: Done) -> None:
    row = erased(told)

    done = actions.perform(
        told.case,
        "triage",
        actor=member_id("caseworker"),
        answers=answers("triage", urgency="C"),
        revision=row.seq,
        key=uuid4().hex,
    )

    assert done.seq == (row.seq or 0) + 1
    assert reading.latest(case_of(told), "detection_report")["subject_name"] == "髙田 ハナ"
    assert found() == []


def test_the_supervisors_are_told_that_one_waits(told: Done) -> None:
    row = asked(told, by="supervisor")

    tellings = Notice.objects.filter(kind="erasure", case=told.case)
    assert not tellings.filter(member=row.asked_by).exists()
    assert asked(told).pk != row.pk
    assert tellings.filter(member=member_id("supervisor")).exists()


def test_who_asked_does_not_approve(told: Done) -> None:
    row = asked(told, by="supervisor")

    with pytest.raises(Refused):
        contents.approve(row.pk, by=member("supervisor"), now=timezone.now())

    assert "cases_blob" in tables_holding(CANARY)


def test_nor_does_the_deputy_of_who_asked(told: Done) -> None:
    row = asked(told)
    Member.objects.filter(pk=member_id("privacy")).update(
        deputy=member_id("supervisor"), deputy_from=timezone.localdate(), deputy_until=timezone.localdate()
    )

    with pytest.raises(NotPossible, match="ほかの人"):
        contents.approve(row.pk, by=member("supervisor"), now=timezone.now())


@pytest.mark.parametrize("who", ["caseworker", "csw"])
def test_nobody_else_asks(told: Done, who: str) -> None:
    with pytest.raises(Refused):
        asked(told, by=who)


def test_what_is_not_there_cannot_be_asked_for(told: Done) -> None:
    with pytest.raises(NotPossible):
        asked(told, parts=((1, "health"),))


def test_given_up_nothing_is_erased_and_it_can_be_asked_for_again(told: Done) -> None:
    row = asked(told)
    contents.decline(row.pk, by=member("supervisor"), reason="確認中", now=timezone.now())

    with pytest.raises(NotPossible):
        contents.approve(row.pk, by=member("supervisor"), now=timezone.now())
    assert erased(told).done_at is not None


def test_the_door_erases_nothing_that_nobody_asked_for(told: Done) -> None:
    row = asked(told)
    more = {"erasure": str(row.pk), "asked_by": str(row.asked_by_id), "contents": [[1, 0], [2, 0]]}
    other = {"erasure": str(uuid4()), "asked_by": str(row.asked_by_id), "contents": [[1, 0]]}

    for given in (more, other, {}, {"contents": [[9, 9]]}, {**more, "contents": ["x"]}):
        with pytest.raises((NotPossible, NotFound)):
            do(told, "erase", given, by="supervisor")
    assert "cases_blob" in tables_holding(CANARY)


def test_the_application_alone_can_erase_nothing(told: Done) -> None:
    row = asked(told)
    attempts = (
        "SELECT tsunagu_erase_contents(%s)",
        "SELECT tsunagu_forget(%s, now())",
        "DELETE FROM cases_blob WHERE case_id = (SELECT case_id FROM disposal_erasure WHERE id = %s)",
    )
    for statement in attempts:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row.pk])
    forged = {"approved_by": member("supervisor"), "approved_account": "x", "approved_at": timezone.now()}
    Erasure.objects.filter(pk=row.pk).update(**forged, seq=told.seq)

    with pytest.raises(DatabaseError, match="no step of a second person"), transaction.atomic():
        connection.cursor().execute("SELECT tsunagu_erase_contents(%s)", [row.pk])


@pytest.mark.parametrize("point", ["D1", "D2"])
def test_killed_on_the_way_nothing_is_erased(told: Done, tmp_path: Path, point: str) -> None:
    row = asked(told)
    code = (
        "from backend.catalogue import loading; loading.use();"
        "from backend.disposal import contents; from backend.people.models import Member;"
        "from django.utils import timezone;"
        "by = Member.objects.select_related('user', 'organisation', 'area').get(pk='{}');"
        "contents.approve('{}', by=by, now=timezone.now())"
    ).format(member_id("supervisor"), row.pk)
    status = python(code, TSUNAGU_KILL_POINT=point, TSUNAGU_ERASURES=str(installed.ERASURES))

    assert status in (137, -9)
    assert "cases_blob" in tables_holding(CANARY)
    assert (erasures.erased(), found()) == ([], [])
    assert contents.approve(row.pk, by=member("supervisor"), now=timezone.now()).done_at is not None


def test_on_a_restored_backup_it_is_erased_again(told: Done, capsys: Any) -> None:
    back_up()
    erased(told)

    with restored():
        assert "cases_blob" in tables_holding(CANARY)
        assert "restore-check" in health.erasures()

        call_command("restore_check")

        assert "contents of a case destroyed again" in capsys.readouterr().out
        assert (tables_holding(CANARY), health.erasures(), found()) == ([], "", [])
        assert Erasure.objects.get().restored_at is not None
        call_command("restore_check")
        assert (Erasure.objects.count(), found()) == (1, [])


def test_a_content_taken_out_without_a_step_is_named(told: Done, owner: Any) -> None:
    owner.execute("DELETE FROM cases_blob WHERE seq = 1 AND category = 'consultation'")

    assert any("(consultation) is missing" in one for one in found())


def test_a_content_put_back_after_its_erasure_is_named(told: Done, owner: Any) -> None:
    kept = owner.execute("SELECT * FROM cases_blob WHERE seq = 1 AND category = 'consultation'").fetchone()
    erased(told)
    owner.execute(f"INSERT INTO cases_blob VALUES ({', '.join(['%s'] * len(kept))})", list(kept))

    assert any("was erased, and is still there" in one for one in found())


def test_an_erasure_edited_afterwards_is_named(told: Done, owner: Any) -> None:
    owner.execute("ALTER TABLE disposal_erasure ENABLE TRIGGER USER")
    row = erased(told)
    owner.execute("ALTER TABLE disposal_erasure DISABLE TRIGGER USER")
    owner.execute("UPDATE disposal_erasure SET asked_account = 'x' WHERE id = %s", [row.pk])

    assert any("disposal_erasure" in one for one in found())


def test_the_pages_lead_from_the_request_to_the_erased_step(told: Done, browser: Any) -> None:
    case, privacy, head = f"/cases/{told.case}/", browser("privacy"), browser("supervisor")
    assert f'href="{case}erase/"' in privacy.get(case).content.decode()
    assert CANARY not in privacy.get(f"{case}erase/").content.decode()  # and yet they may ask for it
    assert CANARY in head.get(f"{case}erase/").content.decode()

    given = {"parts": ["1/consultation"], "basis": "stop", "reason": "本人の請求による"}
    answer = privacy.post(f"{case}erase/", given)
    here = answer.headers["Location"]

    assert "2人目として消去する" not in privacy.get(here).content.decode()
    assert here in head.get(case).content.decode()
    page = head.get(here).content.decode()
    assert "2人目として消去する" in page
    assert CANARY in page
    assert head.post(here, {"approve": "yes"}).headers["Location"] == case
    shown = head.get(case).content.decode()
    assert "法により消去：" in shown
    assert CANARY not in shown
    assert "消去したもの" in head.get(here).content.decode()


def test_nothing_chosen_and_no_reason_are_asked_for(told: Done, browser: Any) -> None:
    client, here = browser("privacy"), f"/cases/{told.case}/erase/"

    assert client.post(here, {"basis": "stop"}).status_code == 422
    row = asked(told)
    assert client.post(f"{here}{row.pk}/", {"reason": ""}).status_code == 422
    client.post(f"{here}{row.pk}/", {"reason": "取り下げ"})
    assert Erasure.objects.get(pk=row.pk).declined_at is not None


def test_who_may_not_ask_finds_no_way_to_it(told: Done, browser: Any) -> None:
    client = browser("caseworker")

    assert "/erase/" not in client.get(f"/cases/{told.case}/").content.decode()
    assert client.get(f"/cases/{told.case}/erase/").status_code == 403
