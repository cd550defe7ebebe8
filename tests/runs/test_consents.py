"""The consent run tells of an end 60 days before, and once it has come; each once."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from backend.cases.models import Effect, Notice
from backend.runs import consents, digests, ledger
from backend.runs.models import Digest, Run
from backend.sharing.consents.models import Consent
from tests.operations import office

pytestmark = pytest.mark.django_db
LAST = date(2027, 3, 31)
SOON = LAST - timedelta(days=60)


def standing(workflow="consent", **values):
    """A consent until the end of March, in an open case of one caseworker."""
    worker = office.member()
    case = office.case(assignee=worker, workflow=workflow, **values)
    row = Consent.objects.create(
        controller="city", case=case, seq=1, said="given", said_at=case.opened_at, asked_by=worker,
        method="written", by="self", own=True, wording="0" * 64, language="ja", purposes=["watch_over"],
        recipients=["csw"], categories=["identity"], valid_from=date(2026, 11, 25), valid_until=LAST,
    )  # fmt: skip
    return row, worker


def test_sixty_days_before_the_end_the_assignee_is_told_and_the_person_written_to():
    row, worker = standing()

    assert consents.run(SOON - timedelta(days=1)).counts["sent"] == 0
    report = consents.run(SOON)

    assert report.line == "consents 2027-01-30: 1 sent, 0 skipped, 0 failed"
    notice = Notice.objects.get()
    assert (notice.member, notice.case_id, notice.kind) == (worker, row.case_id, "consent_due")
    letter = Effect.objects.get(kind="letter")
    assert (letter.target, letter.seq) == ("consent_renewal", row.seq)
    assert letter.payload == {"to": "person", "dated_on": "2027-01-30"}


def test_run_again_on_any_later_day_it_tells_nothing_more():
    standing()

    for days in (0, 0, 1, 30, 60):
        consents.run(SOON + timedelta(days=days))

    assert (Notice.objects.count(), Effect.objects.filter(kind="letter").count()) == (1, 1)


def test_once_it_has_run_out_the_assignee_is_told_that():
    standing()
    consents.run(SOON)

    consents.run(LAST + timedelta(days=1))
    consents.run(LAST + timedelta(days=2))

    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["consent_due", "consent_over"]


def test_an_end_that_moved_is_told_anew():
    row, _worker = standing()
    consents.run(SOON)
    Consent.objects.filter(id=row.id).update(valid_until=LAST + timedelta(days=5))

    consents.run(SOON + timedelta(days=5))

    assert Notice.objects.count() == 2


def test_in_a_referral_the_person_is_spoken_with_and_not_written_to():
    standing(workflow="referral")

    consents.run(SOON)

    assert (Notice.objects.count(), Effect.objects.filter(kind="letter").count()) == (1, 0)


@pytest.mark.parametrize(
    "over", [{"ended_at": "2027-01-01T00:00:00Z"}, {"said": "refused"}, {"valid_until": None}]
)
def test_what_holds_no_longer_or_never_ends_reminds_nobody(over):
    row, _worker = standing()
    Consent.objects.filter(id=row.id).update(**over)

    assert consents.run(SOON).counts["sent"] == 0


def test_a_closed_case_reminds_nobody():
    standing(is_open=False)

    assert consents.run(SOON).counts["sent"] == 0


def test_nobody_in_charge_is_counted_and_tried_again():
    _row, worker = standing()
    type(worker).objects.filter(id=worker.id).update(valid_until=date(2026, 12, 31))

    assert consents.run(SOON).counts["skipped"] == 1
    office.member("supervisor")
    assert consents.run(SOON).counts["sent"] == 1


def test_many_go_in_chunks_and_all_are_told():
    for _number in range(5):
        standing()

    assert consents.run(SOON, chunk=2).counts["sent"] == 5


def test_while_one_run_is_at_work_another_does_nothing():
    standing()
    ledger.take("consents", SOON)

    report = consents.run(SOON)

    assert (report.at_work, Notice.objects.count()) == (True, 0)


def test_a_run_whose_lease_was_taken_over_writes_nothing(monkeypatch):
    standing()
    honest = consents._read

    def slow(*arguments, **options):
        Run.objects.update(token=None)
        return honest(*arguments, **options)

    monkeypatch.setattr(consents, "_read", slow)

    with pytest.raises(ledger.RunLost):
        consents.run(SOON)
    assert not Notice.objects.exists()


def test_it_is_counted_in_the_mail_of_the_morning():
    _row, worker = standing()
    consents.run(SOON)

    assert Digest.objects.get().member == worker
    assert "1件" in digests.compose(worker)[1]


def test_the_command_previews_without_writing_and_runs():
    row, _worker = standing()

    shown, done = StringIO(), StringIO()
    call_command("run", "consents", "--date", "2027-01-30", "--preview", stdout=shown)
    assert (
        f"{row.case.number}  consent_due 2027-03-31  to assignee (1), letter consent_renewal"
        in shown.getvalue()
    )
    assert not Notice.objects.exists()

    call_command("run", "consents", "--date", "2027-01-30", "--json", stdout=done)
    assert json.loads(done.getvalue())["sent"] == 1
