"""Numbers, rows and bytes: what stays after every way of failing."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.definitions import store
from backend.letters import definition, issue, life, numbering, slips, tokens
from backend.letters.glyphs import MissingGlyph
from backend.letters.house import HouseError
from backend.letters.inputs import LetterInputError
from backend.letters.models import FrozenPdf, IssuedLetter, LetterEvent, LetterState, ReplySlip
from backend.letters.numbering import BackDated, Series
from backend.letters.render import DoesNotFit
from tests.letters.conftest import TODAY, context, order, text_of
from tests.operations import office

SERIES = Series("city", "海福", 2026)


def events(letter):
    return list(letter.events.order_by("nth").values_list("kind", flat=True))


def fails(error):
    def raise_it(*_args, **_kwargs):
        raise error

    return raise_it


def test_a_letter_is_numbered_and_frozen_with_its_number_printed(case_id):
    letter = issue.issue(order(case_id))

    assert (letter.shown_number, letter.state, letter.fiscal_year) == ("海福第1号", "issued", 2026)
    assert "海福第1号" in text_of(letter.pdf)
    assert letter.sha256 == sha256(letter.pdf).hexdigest()
    assert letter.frozen.pages == 1


def test_the_same_order_twice_is_one_letter(case_id):
    first, second = issue.issue(order(case_id)), issue.issue(order(case_id))

    assert first.id == second.id
    assert numbering.last(SERIES) == 1
    assert events(first) == ["issued"]


def test_numbers_go_on_by_one_within_a_series_and_begin_anew_with_the_fiscal_year(case_id):
    dates = [date(2027, 3, 30), date(2027, 3, 31), date(2027, 4, 1)]

    numbers = [
        issue.issue(order(case_id, ordinal=place, context=context(dated_on=day))).shown_number
        for place, day in enumerate(dates)
    ]

    assert numbers == ["海福第1号", "海福第2号", "海福第1号"]
    assert list(numbering.gaps()) == []


def test_a_new_number_never_goes_back_in_time_without_leave(case_id):
    issue.issue(order(case_id))
    yesterday = context(dated_on=TODAY - timedelta(days=1))

    with pytest.raises(BackDated, match="supervisor"):
        issue.issue(order(case_id, ordinal=1, context=yesterday))
    allowed = issue.issue(order(case_id, ordinal=1, context=yesterday, allow_back_dating=True))

    assert allowed.number == 2
    assert list(numbering.gaps()) == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"context": context(resident=None)}, LetterInputError),
        ({"context": context(resident=replace(context().resident, name="髙田\ue000"))}, MissingGlyph),
        ({"context": context(sender=replace(context().sender, code="nobody"))}, HouseError),
    ],
)
def test_a_letter_that_cannot_be_written_takes_no_number(case_id, changed, error):
    with pytest.raises(error):
        issue.issue(order(case_id, **changed))

    assert numbering.last(SERIES) == 0
    assert not IssuedLetter.objects.exists()


def test_a_failure_in_the_issuing_transaction_gives_the_number_back(case_id, monkeypatch):
    monkeypatch.setattr(issue, "record", fails(RuntimeError("killed")))

    with pytest.raises(RuntimeError):
        issue.issue(order(case_id))
    monkeypatch.undo()

    assert issue.issue(order(case_id)).number == 1


def test_killed_between_number_and_bytes_the_letter_is_printed_from_what_was_stored(case_id, monkeypatch):
    monkeypatch.setattr(issue.render, "render", fails(MemoryError()))
    with pytest.raises(MemoryError):
        issue.issue(order(case_id))
    monkeypatch.undo()
    (left,) = issue.unfinished()

    letter = issue.finish(left)

    assert letter.number == 1
    assert "髙田ハナ様" in text_of(letter.pdf)
    assert issue.unfinished() == []


def test_after_printing_the_inputs_are_gone_and_their_digest_stays(case_id):
    letter = issue.issue(order(case_id))

    assert letter.inputs is None
    assert len(letter.inputs_digest) == 64


def test_the_digest_proves_the_inputs_and_cannot_be_guessed_without_its_salt(case_id):
    one, other = issue.issue(order(case_id)), issue.issue(order(case_id, ordinal=1))

    assert one.inputs_digest != other.inputs_digest


def test_a_letter_that_cannot_be_printed_is_void_and_keeps_its_number(case_id, monkeypatch):
    monkeypatch.setattr(issue.render, "render", fails(DoesNotFit("髙田 ハナ does not fit")))
    void = issue.issue(order(case_id))
    monkeypatch.undo()

    following = issue.issue(order(case_id, ordinal=1))

    assert (void.state, void.number, following.number) == (LetterState.VOID, 1, 2)
    assert events(void) == ["issued", "voided"]
    assert "髙田" not in void.events.last().reason
    assert void.inputs is None
    assert list(numbering.gaps()) == []


def test_two_who_print_the_same_letter_keep_the_first_bytes(case_id, monkeypatch):
    real = issue.render.render

    def printed_meanwhile(letter, stored, token=None):
        monkeypatch.setattr(issue.render, "render", real)
        issue.finish(issue.unfinished()[0])
        return real(letter, stored, token)

    monkeypatch.setattr(issue.render, "render", printed_meanwhile)
    letter = issue.issue(order(case_id, "consent_request"))

    assert FrozenPdf.objects.count() == ReplySlip.objects.count() == 1
    assert letter.slip.token_hash == tokens.read(_code(letter.pdf)).hash


def _code(pdf):
    text = text_of(pdf)
    return text[text.rindex("回答番号") + 4 :][:34]


def test_a_reprint_is_the_same_bytes_and_is_recorded(case_id):
    letter = issue.issue(order(case_id))

    first, again = issue.reprint(letter.id), issue.reprint(letter.id)

    assert first == again == letter.pdf
    assert events(letter) == ["issued", "printed", "reprinted"]


def test_the_database_refuses_bytes_that_are_not_whole(case_id):
    letter = issue.issue(order(case_id))

    with pytest.raises(IntegrityError, match="frozen_pdf_is_whole"), transaction.atomic():
        FrozenPdf(letter=letter, pdf=letter.pdf[:-1], sha256=letter.sha256, pages=1).save(force_insert=True)


def test_the_database_refuses_a_number_twice_and_an_issued_letter_without(case_id):
    issue.issue(order(case_id))
    other = issue.issue(order(case_id, ordinal=1))

    with pytest.raises(IntegrityError, match="letter_number_once"), transaction.atomic():
        IssuedLetter.objects.filter(id=other.id).update(number=1)
    with pytest.raises(IntegrityError, match="letter_issued_has_number"), transaction.atomic():
        IssuedLetter.objects.filter(id=other.id).update(number=None)


def test_the_fence_keeps_a_worker_out_that_lost_its_lease(case_id):
    class LostError(Exception):
        pass

    with pytest.raises(LostError):
        issue.issue(order(case_id), fence=fails(LostError()))

    assert numbering.last(SERIES) == 0


def test_a_case_keeps_the_letter_it_was_begun_with(case_id, monkeypatch):
    letter = definition.current()["visit_notice"]
    digest = store.publish("letter", letter.name, letter.to_content())
    monkeypatch.setattr(definition, "current", dict)

    issued = issue.issue(order(case_id, definition=digest))

    assert issued.definition_hash == digest == letter.hash


def test_a_correction_gets_the_same_number_with_a_branch(case_id):
    first = issue.issue(order(case_id))

    second = issue.correct(order(case_id), first.id)
    third = issue.correct(order(case_id), second.id)

    assert [one.shown_number for one in (first, second, third)] == [
        "海福第1号",
        "海福第1号の2",
        "海福第1号の3",
    ]
    assert "海福第1号の2" in text_of(second.pdf)
    assert numbering.last(SERIES) == 1
    assert list(numbering.gaps()) == []


def test_a_number_is_taken_only_inside_a_transaction(committed_db):
    with pytest.raises(RuntimeError, match="transaction"):
        numbering.take(SERIES, TODAY)


def test_a_batch_takes_its_numbers_at_once(case_id):
    assert list(numbering.take(SERIES, TODAY, count=3)) == [1, 2, 3]
    assert list(numbering.take(SERIES, TODAY)) == [4]
    assert [str(gap) for gap in numbering.gaps()][:1] == ["city: 海福第1号 of fiscal year 2026 has no letter"]


# --- the slip --------------------------------------------------------------------------------------------


def test_the_slip_is_found_by_what_it_prints_until_it_expires(case_id):
    letter = issue.issue(order(case_id, "consent_request"))
    code = _code(letter.pdf)
    expires = date(2027, 1, 7)  # 8 December and 30 days

    assert slips.slip_of(code.lower(), today=expires).letter == letter
    assert slips.slip_of(code, today=expires + timedelta(days=1)) is None
    assert slips.slip_of(tokens.new().shown, today=TODAY) is None


def test_the_database_never_holds_the_token(case_id):
    letter = issue.issue(order(case_id, "consent_request"))
    code = _code(letter.pdf).replace("-", "")

    rows = [str(vars(row)) for row in (letter, letter.slip, *letter.events.all())]

    assert len(code) == 28
    assert not [row for row in rows if code in row.replace("-", "")]


@contextmanager
def refused(code):
    with pytest.raises(life.NotNow) as error:
        yield
    assert error.value.code == code


# --- the life of a letter ----------------------------------------------------------------------------------


@pytest.fixture
def two(case_id):
    return office.member().id, office.member().id


def test_a_letter_is_posted_returned_and_never_posted_again(case_id, two):
    letter = issue.issue(order(case_id))
    by, _other = two

    life.post(letter.id, by=by)
    life.give_back(letter.id, by=by, reason="宛所不明")

    letter.refresh_from_db()
    assert letter.state == "returned"
    assert events(letter) == ["issued", "posted", "returned"]
    with refused("wrong_state"):
        life.post(letter.id, by=by)


def test_a_two_person_letter_is_posted_by_two_different_people(case_id, two):
    sheet = issue.issue(order(case_id, "referral_sheet"))
    by, other = two

    for witness in (None, by):
        with refused("second_person"):
            life.post(sheet.id, by=by, witness=witness)
    assert life.post(sheet.id, by=by, witness=other).state == "posted"


def test_a_protected_persons_letter_is_held_until_two_people_release_it(case_id, two):
    protected = replace(context().resident, zip="", address="", protected=True)
    letter = issue.issue(order(case_id, context=context(resident=protected)))
    by, other = two

    with refused("held"):
        life.post(letter.id, by=by)
    with refused("second_person"):
        life.release(letter.id, by=by, witness=by)
    life.release(letter.id, by=by, witness=other)

    assert "一丁目2番3号" not in text_of(letter.pdf)
    assert life.post(letter.id, by=by).state == "posted"


NOWHERE = replace(context().resident, zip="", address="　")


@pytest.mark.parametrize(
    ("letter", "nowhere"),
    [("visit_notice", {"resident": NOWHERE}), ("reminder", {"receiver": None, "debtor": NOWHERE})],
)
def test_a_letter_to_a_person_without_an_address_is_held_without_a_number(case_id, letter, nowhere):
    held = issue.issue(order(case_id, letter, context=context(**nowhere)))

    assert (held.state, held.held, held.shown_number) == ("held", "no_address", "")
    assert (events(held), held.inputs) == (["held"], None)
    assert not FrozenPdf.objects.exists()
    assert numbering.last(SERIES) == 0


def test_a_held_letter_goes_out_once_there_is_an_address_dated_that_day(case_id):
    held = issue.issue(order(case_id, context=context(resident=NOWHERE)))
    still = issue.issue(order(case_id, context=context(resident=NOWHERE)))

    letter = issue.issue(order(case_id, context=context(dated_on=TODAY + timedelta(days=3))))

    assert (still.id, still.state, letter.id) == (held.id, "held", held.id)
    assert (letter.shown_number, letter.held, events(letter)) == ("海福第1号", "", ["held", "issued"])
    assert "令和8年11月27日" in text_of(letter.pdf)
    assert "一丁目2番3号" in text_of(letter.pdf)


def test_a_held_letter_is_neither_posted_nor_released_and_may_be_given_up(case_id, two):
    held = issue.issue(order(case_id, context=context(resident=NOWHERE)))
    by, other = two

    with refused("wrong_state"):
        life.post(held.id, by=by)
    with refused("wrong_state"):
        life.release(held.id, by=by, witness=other)
    assert life.void(held.id, by=by, reason="電話で伝えた").number is None


def test_a_reminder_to_a_protected_person_is_held_too(case_id):
    protected = replace(context().resident, zip="", address="", protected=True)

    letter = issue.issue(order(case_id, "reminder", context=context(debtor=protected)))

    assert (letter.state, letter.held) == ("issued", "protected_address")


def test_a_correction_needs_an_address(case_id):
    first = issue.issue(order(case_id))

    with pytest.raises(LetterInputError, match="has no address"):
        issue.correct(order(case_id, context=context(resident=NOWHERE)), first.id)


def test_a_void_letter_needs_a_reason_and_a_posted_one_cannot_become_void(case_id, two):
    letter = issue.issue(order(case_id))
    by, _other = two

    with refused("reason_missing"):
        life.void(letter.id, by=by, reason=" ")
    life.post(letter.id, by=by)
    with refused("wrong_state"):
        life.void(letter.id, by=by, reason="書き損じ")


@pytest.fixture
def must_be_approved(monkeypatch):
    letter = replace(definition.current()["visit_notice"], approval=True)
    monkeypatch.setattr(issue, "pinned", lambda *_args: letter)


def test_a_letter_that_must_be_approved_gets_its_number_afterwards(case_id, two, must_be_approved):
    drafter, approver = two
    draft = issue.issue(order(case_id, by=drafter))
    assert (draft.state, draft.shown_number, issue.unfinished()) == ("drafted", "", [])

    with refused("own_draft"):
        life.approve(draft.id, by=drafter)
    life.approve(draft.id, by=approver)
    assert issue.unfinished() == [draft.id]
    letter = issue.finish(draft.id)

    assert (letter.shown_number, letter.state) == ("海福第1号", "issued")
    assert letter.dated_on == timezone.localdate()
    assert events(letter) == ["drafted", "approved", "issued"]
    assert "海福第1号" in text_of(letter.pdf)


def test_a_draft_that_is_given_up_never_had_a_number(case_id, two, must_be_approved):
    draft = issue.issue(order(case_id))

    void = life.void(draft.id, by=two[0], reason="不要になった")

    assert (void.state, void.number) == ("void", None)
    assert LetterEvent.objects.filter(letter=void, kind="voided").exists()
    assert list(numbering.gaps()) == []
