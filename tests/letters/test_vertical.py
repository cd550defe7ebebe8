"""縦書き: columns by the rules of what may begin and end one, and every character there to be read."""

from datetime import date

import pytest

from backend.letters.vertical import broken, cells_of, vertical
from backend.letters.words import Day, in_kanji
from tests.letters.conftest import printed, reader, stored


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("一二三四五六", ["一二三", "四五六"]),
        ("一二三。四", ["一二三。", "四"]),
        ("一二（三）", ["一二", "（三）"]),
    ],
)
def test_marks_stand_where_vertical_writing_has_them(text: str, columns: list[str]) -> None:
    assert ["".join(column) for column in broken(text, 3)] == columns


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("第12回", ["第", "12", "回"]),
        ("123", ["１", "２", "３"]),
        ("邉\U000e0102", ["邉\U000e0102"]),
    ],
)
def test_a_cell_holds_a_character_with_its_variant_or_two_digits(text: str, cells: list[str]) -> None:
    assert list(cells_of(text)) == cells


def test_what_stands_in_a_cell_is_escaped() -> None:
    assert "&lt;" in vertical("<", "5")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 24), "令和八年十一月二十四日"),
        (date(2019, 5, 10), "令和元年五月十日"),
        (date(1989, 1, 7), "昭和六十四年一月七日"),
    ],
)
def test_dates_of_certificates_are_in_kanji_numerals(day: date, words: str) -> None:
    assert Day(day).kanji == words


def test_the_number_of_a_certificate_is_told_digit_by_digit() -> None:
    assert in_kanji("海福第123号") == "海福第一二三号"


def test_every_character_of_a_certificate_can_be_read_in_order(letters, the_house) -> None:
    letter = letters["appointment"]

    pdf = printed(
        letter, stored(letter, the_house, role="海鳴市社会福祉協議会福祉員（中浜地区・潮見地区の一部）")
    ).pdf

    text = "".join(page.extract_text() for page in reader(pdf).pages).replace("\n", "").replace("　", "")
    assert "海鳴市社会福祉協議会福祉員（中浜地区・潮見地区の一部）を委嘱します。" in text
    assert "令和八年十二月一日から令和十一年十一月三十日まで" in text
