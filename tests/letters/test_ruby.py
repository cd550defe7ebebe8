"""Readings over characters: names as registered, words as listed, and nothing guessed."""

from dataclasses import replace

import pytest

from backend.letters.asking import asked_of
from backend.letters.ruby import most, with_ruby
from tests.letters.conftest import context, printed, stored, text_of

_NAMES = {"髙田　ハナ": "タカダ ハナ", "佐藤 直子": "さとう なおこ"}


def marked(text, reading):
    return f'<span class="rb"><span class="rt">{reading}</span>{text}</span>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("髙田　ハナ　様", f"{marked('髙田', 'たかだ')}　ハナ　様"),
        ("担当　佐藤　直子", f"担当　{marked('佐藤', 'さとう')}　{marked('直子', 'なおこ')}"),
        ("髙田町の佐藤さん", "髙田町の佐藤さん"),  # part of a name is no name
    ],
)
def test_a_name_has_the_reading_that_is_registered_where_it_stands_whole(text, shown):
    assert with_ruby(f"<p>{text}</p>", names=_NAMES, mode="names") == f"<p>{shown}</p>"


def test_a_name_whose_parts_and_reading_differ_is_read_as_a_whole():
    found = with_ruby("<p>髙田ハナ</p>", names={"髙田ハナ": "たかだ はな"}, mode="names")

    assert found == f"<p>{marked('髙田ハナ', 'たかだ はな')}</p>"


def test_a_name_without_a_registered_reading_has_none():
    assert with_ruby("<p>髙田</p>", names={"髙田": ""}, mode="all") == "<p>髙田</p>"


def test_markup_in_a_reading_stays_text():
    found = with_ruby("<p>髙田</p>", names={"髙田": "た<i>"}, mode="names")

    assert found == f"<p>{marked('髙田', 'た&lt;i&gt;')}</p>"


def test_titles_and_the_window_have_no_readings():
    page = "<title>個人情報</title><div data-window><p>個人情報</p></div>"

    assert with_ruby(page) == page


def test_words_are_read_only_where_everything_is():
    page = "<p>個人情報</p>"

    assert with_ruby(page, mode="names") == page
    assert "こじんじょうほう" in with_ruby(page, mode="all")


@pytest.mark.parametrize(
    ("one", "other", "shown"), [("", "", ""), ("names", "", "names"), ("names", "all", "all")]
)
def test_of_template_and_reader_the_one_who_wants_more_decides(one, other, shown):
    assert most(one, other) == most(other, one) == shown


def wishing(**wishes):
    told = context()
    return context(resident=replace(told.resident, kana="タカダ ハナ", **wishes))


def test_a_letter_to_somebody_who_wants_readings_and_large_type_has_both(letters, the_house):
    asked = asked_of(letters["visit_notice"], wishing(ruby="names", large_type=True))

    assert (asked["ruby"], asked["large"]) == ("names", True)
    assert asked["readings"]["髙田 ハナ"] == "タカダ ハナ"


def test_a_letter_to_an_agency_about_them_has_neither(letters):
    asked = asked_of(letters["referral_sheet"], wishing(ruby="all", large_type=True))

    assert (asked["ruby"], asked["large"]) == ("", False)


def test_readings_are_printed_over_the_words_of_a_letter(letters, the_house):
    notice = letters["acknowledgement"]
    inputs = stored(notice, the_house)
    inputs["frame"] |= {"ruby": "all", "readings": {"佐藤　直子": "さとう なおこ"}}

    found = printed(notice, inputs)

    assert found.ruby == "all"
    assert "なおこ直子" in text_of(found.pdf)


def test_where_readings_do_not_fit_the_letter_is_printed_without(letters, the_house):
    full = replace(letters["consent_request"], pages=1)
    inputs = stored(full, the_house, purposes=["平常時の見守り、相談支援"] * 4)
    inputs["frame"] |= {"ruby": "all", "readings": {}}

    assert printed(full, inputs).ruby == ""
