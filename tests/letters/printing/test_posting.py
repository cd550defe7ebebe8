"""Counted, posted, come back, answered: each once, by whom, and by two where two are asked for."""

import pytest
from django.db import IntegrityError, transaction

from backend.cases.models import Notice
from backend.letters import life
from backend.letters.models import IssuedLetter, LetterEvent
from backend.letters.printing import posting
from backend.letters.printing.models import PrintFile
from backend.people.models import User
from backend.runs import letters
from tests.letters.printing.post import DAY, waiting
from tests.operations import office

pytestmark = pytest.mark.django_db


def printed(**values):
    waiting(2, **values)
    letters.run(DAY)
    return PrintFile.objects.get()


def states():
    return set(IssuedLetter.objects.values_list("state", flat=True))


def test_posting_a_file_posts_every_letter_by_whoever_did():
    file, clerk = printed(), office.member()

    assert posting.post(file, by=clerk.id) == 2
    assert states() == {"posted"}
    assert set(LetterEvent.objects.filter(kind="posted").values_list("by", flat=True)) == {clerk.id}


def test_a_file_is_posted_once():
    file, clerk = printed(), office.member()
    posting.post(file, by=clerk.id)

    with pytest.raises(life.NotNow) as again:
        posting.post(file, by=clerk.id)

    assert again.value.code == "nothing_left"


def test_the_database_refuses_a_second_posting():
    file, clerk = printed(), office.member()
    posting.post(file, by=clerk.id)
    letter = IssuedLetter.objects.first()

    with pytest.raises(IntegrityError, match="letter_posted_once"), transaction.atomic():
        life.record(letter, LetterEvent.Kind.POSTED, by=clerk.id)


def test_a_sensitive_file_needs_a_count():
    file = printed(two_person=True)

    with pytest.raises(life.NotNow) as refused:
        posting.post(file, by=office.member().id)

    assert refused.value.code == "not_counted"


@pytest.mark.parametrize("sheets", [1, 3])
def test_a_wrong_count_does_not_do(sheets):
    file = printed(two_person=True)

    assert not posting.count(file, by=office.member().id, sheets=sheets)
    with pytest.raises(life.NotNow):
        posting.post(file, by=office.member().id)


def test_the_right_count_of_another_person_does_and_is_kept_as_witness():
    file, clerk, other = printed(two_person=True), office.member(), office.member()

    assert posting.count(file, by=other.id, sheets=2)
    posting.post(file, by=clerk.id)

    assert set(LetterEvent.objects.filter(kind="posted").values_list("witness", flat=True)) == {other.id}


def test_ones_own_count_does_not_do_nor_that_of_ones_second_office():
    user = User.objects.create(username="both")
    file, clerk, second = printed(two_person=True), office.member(user=user), office.member(user=user)

    posting.count(file, by=clerk.id, sheets=2)
    assert posting.counted_by_another(file, clerk.id) is None
    posting.count(file, by=second.id, sheets=2)
    assert posting.counted_by_another(file, clerk.id) is None


def test_a_wrong_count_after_a_right_one_undoes_it():
    file, clerk, other = printed(two_person=True), office.member(), office.member()
    posting.count(file, by=other.id, sheets=2)
    posting.count(file, by=other.id, sheets=3)

    assert posting.counted_by_another(file, clerk.id) is None


@pytest.mark.parametrize("changed", [{"state": "void"}, {"held": "protected_address"}])
def test_what_was_stopped_after_printing_is_not_posted_with_the_others(changed):
    file = printed()
    stopped = IssuedLetter.objects.order_by("number").first()
    IssuedLetter.objects.filter(id=stopped.id).update(**changed)

    assert posting.post(file, by=office.member().id) == 1


def test_a_letter_that_came_back_is_told_to_whoever_is_in_charge():
    case = office.case(assignee=office.member(email=""))
    office.effect("letter", "visit_notice", of=case)
    (letter,) = waiting(case=case, state="posted", addressee="p1")
    IssuedLetter.objects.update(ordinal=0)

    posting.came_back(letter.id, by=office.member().id, reason="宛所不明")

    assert Notice.objects.filter(kind="letter_returned").count() == 1
    assert posting.unchecked("city") == [letter]


def test_a_checked_address_leaves_the_list_and_the_letter_stays_returned():
    (letter,) = waiting(state="returned")

    life.check_address(letter.id, by=office.member().id, reason="転居先を確認")

    assert (posting.unchecked("city"), states()) == ([], {"returned"})


def test_checking_an_address_says_what_was_found():
    (letter,) = waiting(state="returned")

    with pytest.raises(life.NotNow) as refused:
        life.check_address(letter.id, by=office.member().id, reason=" ")

    assert refused.value.code == "reason_missing"


def test_an_answer_is_recorded_once():
    (letter,) = waiting(state="posted")
    life.answer(letter.id, by=office.member().id)

    with pytest.raises(life.NotNow) as again:
        life.answer(letter.id, by=office.member().id)

    assert again.value.code == "answered"
