from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.letters.honorifics import name_lines
from backend.letters.words import Choice, Clock, Day


@pytest.mark.parametrize(
    ("day", "era", "full"),
    [
        (date(2026, 11, 24), "令和8年11月24日", "令和8年11月24日（火）"),
        (date(2019, 5, 1), "令和元年5月1日", "令和元年5月1日（水）"),
        (date(2019, 4, 30), "平成31年4月30日", "平成31年4月30日（火）"),
        (date(1989, 1, 7), "昭和64年1月7日", "昭和64年1月7日（土）"),
        (date(1938, 5, 2), "昭和13年5月2日", "昭和13年5月2日（月）"),
    ],
)
def test_letters_write_dates_by_era(day, era, full):
    assert (Day(day).era, Day(day).full, str(Day(day))) == (era, full, era)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("00:00", "午前0時"),
        ("09:05", "午前9時5分"),
        ("11:59", "午前11時59分"),
        ("12:00", "正午"),
        ("12:30", "午後0時30分"),
        ("14:00", "午後2時"),
        ("23:59", "午後11時59分"),
    ],
)
def test_letters_write_times_in_words(time, words):
    assert Clock(time).words == words


def test_a_choice_prints_its_words_and_keeps_its_code():
    choice = Choice("referred", "つなぎシートの受理の可否")

    assert (choice, choice.code) == ("つなぎシートの受理の可否", "referred")


@pytest.mark.parametrize(
    ("addressee", "lines"),
    [
        ({"name": "髙田　ハナ"}, ["髙田　ハナ　様"]),
        ({"organisation": "地域包括支援センター中浜"}, ["地域包括支援センター中浜　御中"]),
        (
            {"organisation": "中浜地区民生委員児童委員協議会", "several": True},
            ["中浜地区民生委員児童委員協議会　各位"],
        ),
        (
            {"organisation": "中浜一丁目自治会", "post": "会長", "name": "村上　武"},
            ["中浜一丁目自治会", "会長　村上　武　様"],
        ),
        ({"care_of": "髙田　実", "name": "髙田　ハナ"}, ["髙田　実様方", "髙田　ハナ　様"]),
        ({"name": "髙田　ハナ 様"}, ["髙田　ハナ　様"]),
        ({"organisation": "地域包括支援センター中浜御中"}, ["地域包括支援センター中浜　御中"]),
    ],
)
def test_each_addressee_gets_the_honorific_due(addressee, lines):
    assert name_lines(addressee) == lines


def test_an_addressee_without_any_name_is_refused():
    with pytest.raises(ValueError, match="name or an organisation"):
        name_lines({"post": "会長"})


@given(st.text(st.characters(categories=["Lo"]), min_size=1, max_size=10), st.booleans())
def test_sama_and_onchu_never_stand_together(name, of_an_organisation):
    lines = name_lines({"organisation" if of_an_organisation else "name": name})

    assert not any("様御中" in line.replace("　", "") for line in lines)
    assert lines[-1].endswith("御中" if of_an_organisation else "様")


@pytest.mark.parametrize("name", ["鵜殿", "髙田 はつさん", "先生"])
def test_a_name_that_ends_like_an_address_is_not_cut(name):
    assert name_lines({"name": name}) == [f"{name}　様"]
