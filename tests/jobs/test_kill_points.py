"""Named points at which a worker is killed, stopped or cut off, and what must hold (TRUST: failure model)."""

import os
import signal
from collections.abc import Iterator

import pytest

from backend.cases.models import Effect, Notice
from backend.letters.models import IssuedLetter
from tests.cases.conftest import answers, do, report  # noqa: F401 - a fixture
from tests.jobs.conftest import ready, states, until
from tests.jobs.post import Post
from tests.operations import office

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    made.controller.start()
    yield made
    made.controller.stop()


def let_leases_end() -> None:
    over = office.timezone.now() - office.timedelta(seconds=1)
    Effect.objects.filter(lease_until__isnull=False).update(lease_until=over)


def told() -> Effect:
    """One notice to somebody without an address."""
    return office.effect("notice", "assignee", of=office.case(assignee=office.member(email="")))


def test_p10_a_worker_that_slept_past_its_lease_finishes_nothing(worker):
    told()
    asleep = worker(TSUNAGU_KILL_POINT="P9:stop")
    assert until(lambda: stopped(asleep.pid))
    assert states() == ["claimed"]

    let_leases_end()
    worker()
    assert until(lambda: states() == ["done"])
    os.kill(asleep.pid, signal.SIGCONT)

    assert until(lambda: not stopped(asleep.pid), 5)
    assert until(lambda: stopped(asleep.pid))  # at its next claim: it went on with the first one before
    assert (states(), Notice.objects.count()) == (["done"], 1)


def stopped(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize("point", ["P12", "P13"])
def test_p12_p13_killed_between_number_and_bytes_the_letter_keeps_its_number(worker, report, point):  # noqa: F811
    do(do(report(), "triage", answers("triage", urgency="C")), "request_consent", answers("consent_request"))
    Effect.objects.exclude(kind="letter", target="consent_request").delete()
    assert worker(TSUNAGU_KILL_POINT=point).wait(60) == 137
    [letter] = IssuedLetter.objects.all()
    number = letter.shown_number
    assert number

    let_leases_end()
    worker()

    assert until(lambda: states() == ["done"])
    [letter] = IssuedLetter.objects.all()
    assert (letter.shown_number, letter.pdf[:5]) == (number, b"%PDF-")


def mail(post: Post, worker, **extra: str):
    """A worker that mails through the server of the test."""
    return worker(TSUNAGU_SMTP_HOST="127.0.0.1", TSUNAGU_SMTP_PORT=str(post.port), **extra)


def mailed() -> Effect:
    return office.effect("mail", str(office.member(email="naoko@uminari.example").id))


@pytest.mark.parametrize(("point", "arrived"), [("sending", 0), ("P14", 1)])
def test_p14_a_mail_cut_off_while_being_sent_is_not_repeated_and_lies_in_the_inbox(
    worker, post, point, arrived
):
    effect = mailed()
    assert mail(post, worker, TSUNAGU_KILL_POINT=point).wait(60) == 137
    effect.refresh_from_db()
    assert effect.state == "sending"

    let_leases_end()
    ready(mail(post, worker))

    def unclear() -> bool:
        effect.refresh_from_db()
        return effect.state == "unclear"

    assert until(unclear)
    assert len(post.took) == arrived


def test_p15_what_kills_its_worker_every_time_is_dead_after_its_last_attempt(worker):
    told()
    Effect.objects.update(attempts=7)
    assert worker(TSUNAGU_KILL_POINT="P9").wait(60) == 137

    let_leases_end()
    ready(worker())

    assert until(lambda: states() == ["dead"])
    assert Effect.objects.get().last_error == "worker lost"
    assert Notice.objects.count() == 0


def test_p16_an_old_worker_does_what_it_knows_and_leaves_what_it_does_not(worker):
    told()
    late = office.timezone.now() - office.timedelta(minutes=5)
    office.effect("from_the_future", of=Effect.objects.get().case, ordinal=1, not_before=late)

    ready(worker())

    assert until(lambda: states() == ["done", "ready"])
    assert Effect.objects.get(kind="from_the_future").attempts == 0
