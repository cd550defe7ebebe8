"""Daily mails that did not arrive: who decides, what happens then, and that it is kept."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from backend.cases.errors import NotFound, NotPossible
from backend.cases.models import Notice
from backend.runs import reminders, unsent
from backend.runs.models import Decided, Digest
from backend.runs.unsent import Choice
from tests.operations import office

pytestmark = pytest.mark.django_db
How = Decided.How


def now():
    return timezone.now()


@pytest.fixture
def head():
    """The supervisor of the city, as policies see them."""
    return office.member("supervisor", email="").facts()


@pytest.fixture
def refused():
    """Yesterday's mail to a caseworker, refused by the server."""
    member = office.member()
    Notice.objects.create(member=member, case=office.case(), kind="remind", key="one", created_at=now())
    given = {"state": "refused", "last_error": "the mail server refuses it (550)"}
    return Digest.objects.create(
        member=member, business_date=timezone.localdate() - timedelta(days=1), **given
    )


def choose(digest, by, how=How.RETRIED, reason=""):
    unsent.decide(Choice(digest.id, how, by, now(), reason))


def test_whoever_looks_after_the_runs_of_the_controller_finds_it(refused, head):
    csw = office.organisation("csw", "csw")
    other = office.member("supervisor", organisation=csw, controller="csw")
    worker = office.member("caseworker")

    assert [list(unsent.listed(one, now())) for one in (head, other.facts(), worker.facts())] == [
        [refused], [], [],
    ]  # fmt: skip


def test_tried_again_it_goes_out_with_the_next_run_of_the_day(refused, head):
    choose(refused, head)

    at_noon = timezone.localtime().replace(hour=12)
    reminders.run(at_noon.date(), now=at_noon)

    assert [sent.to for sent in mail.outbox] == [[refused.member.email]]
    assert Decided.objects.values_list("how", "was", "by").get() == ("retried", "refused", uuid_of(head))


def test_left_out_it_and_those_before_it_are_nobodys_to_decide(refused, head):
    earlier = Digest.objects.create(
        member=refused.member, business_date=refused.business_date - timedelta(days=1), state="unclear"
    )
    Digest.objects.filter(id=refused.id).delete()
    newest = Digest.objects.create(
        member=refused.member, business_date=refused.business_date, state="refused"
    )
    assert list(unsent.listed(head, now())) == [newest]

    choose(newest, head, How.SKIPPED, "異動した")

    earlier.refresh_from_db()
    assert earlier.state == "skipped"
    assert not unsent.listed(head, now()).exists()


def test_what_a_later_mail_told_is_nobodys_to_decide(refused, head):
    Digest.objects.create(member=refused.member, business_date=timezone.localdate(), state="sent")

    assert not unsent.listed(head, now()).exists()
    with pytest.raises(NotPossible):
        choose(refused, head)


@pytest.mark.parametrize(("state", "how"), [("unclear", How.RETRIED), ("refused", How.SKIPPED)])
def test_what_may_have_arrived_and_what_is_left_out_need_a_reason(refused, head, state, how):
    Digest.objects.update(state=state)

    with pytest.raises(NotPossible):
        choose(refused, head, how, " ")
    assert not Decided.objects.exists()


def test_nobody_else_decides(refused):
    with pytest.raises(NotFound):
        choose(refused, office.member("caseworker").facts())


def test_of_two_who_decide_one_is_heard(refused, head):
    choose(refused, head)

    with pytest.raises(NotPossible):
        choose(refused, head)
    assert Decided.objects.count() == 1


def uuid_of(facts):
    return unsent.UUID(facts.id)
