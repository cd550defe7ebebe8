"""What the words in the search box are read as."""

from datetime import date

import pytest

from backend.people.terms import birth_span, understand


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("S13.5.2", "1938-05-02", "1938-05-02"),
        ("昭和13年5月2日", "1938-05-02", "1938-05-02"),
        ("昭和十三年五月二日", "1938-05-02", "1938-05-02"),
        ("1938-05-02", "1938-05-02", "1938-05-02"),
        ("1938/5/2", "1938-05-02", "1938-05-02"),
        ("19380502", "1938-05-02", "1938-05-02"),
        ("S130502", "1938-05-02", "1938-05-02"),
        ("Ｓ１３．５．２", "1938-05-02", "1938-05-02"),
        ("S13", "1938-01-01", "1938-12-31"),
        ("昭13", "1938-01-01", "1938-12-31"),
        ("昭和13年生まれ", "1938-01-01", "1938-12-31"),
        ("S13.5", "1938-05-01", "1938-05-31"),
        ("1938年2月", "1938-02-01", "1938-02-28"),
        ("昭和64年", "1989-01-01", "1989-01-07"),
        ("平成元年", "1989-01-08", "1989-12-31"),
    ],
)
def test_a_birth_date_is_read_in_any_spelling(typed: str, first: str, last: str) -> None:
    (term,) = understand(typed)

    (reading,) = [reading for reading in term.readings if reading.kind == "birth"]
    assert (reading.first.isoformat(), reading.last.isoformat()) == (first, last)


@pytest.mark.parametrize("typed", ["S13.13.1", "平成40年", "S13.2.30", "はな", "0832"])
def test_what_is_no_date_is_read_as_none(typed: str) -> None:
    assert birth_span(typed) is None


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("たかだ", ("kana",)),
        ("ﾀｶﾀﾞ", ("kana",)),
        ("高田", ("name", "address")),
        ("林", ("name",)),
        ("中浜一丁目", ("name", "address")),
        ("0832", ("phone", "address")),
        ("0832-00-1234", ("phone", "address")),
        ("〒900-0001", ("phone", "address")),
        ("1938", ("birth", "phone")),
        ("R8-0412", ("number",)),
        ("Ｒ８－０４１２", ("number",)),
        ("csw-r8-0012", ("number",)),
        ("・", ()),
    ],
)
def test_a_word_is_read_as_whatever_it_may_mean(typed: str, kinds: tuple[str, ...]) -> None:
    (term,) = understand(typed)

    assert term.kinds == kinds


def test_words_are_parted_by_any_space() -> None:
    assert [term.typed for term in understand("髙田　ハナ S13")] == ["髙田", "ハナ", "S13"]


def test_no_more_than_six_words_are_read() -> None:
    assert len(understand("a b c d e f g h")) == 6


def test_the_reading_of_a_year_covers_its_first_and_last_day() -> None:
    assert birth_span("s13") == (date(1938, 1, 1), date(1938, 12, 31))
