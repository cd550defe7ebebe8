"""Dates as people write them, and back."""

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.eras import (
    DateNotRead,
    age,
    era_date,
    era_moment,
    era_year,
    parse_date,
    parse_time,
    reading,
    shown_date,
    years_of_reader,
)

SPELLINGS = [
    "S13.5.2", "S13/5/2", "s13-05-02", "昭13.5.2", "昭和13年5月2日", "昭和十三年五月二日", "Ｓ１３．５．２",
    "昭和１３年　５月　２日",
    "1938-05-02", "1938/5/2", "1938.5.2", "1938年5月2日", "西暦1938年5月2日", "19380502",
    "S130502", "㍼13年5月2日", "昭和13年5月2日（月）", "昭和13年5月2日月曜日",
    "一九三八年五月二日", "2 May 1938",
    "May 2, 1938", "1938－5－2", "昭和13ー5ー2",
]  # fmt: skip
DAYS = st.dates(date(1868, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_date_is_read_in_every_common_spelling(typed: str) -> None:
    assert parse_date(typed) == date(1938, 5, 2)


def test_every_day_from_1868_to_2100_is_read_as_it_is_shown() -> None:
    day, last = date(1868, 1, 1), date(2100, 12, 31)

    while day <= last:
        assert parse_date(era_date(day)) == day
        day += timedelta(days=1)


@given(DAYS)
def test_weekdays_and_english_are_read_too(day: date) -> None:
    assert parse_date(era_date(day, weekday=True)) == day
    assert parse_date(era_date(day, "en")) == day
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(1868, 1, 24), "1868年1月24日"),
        (date(1868, 1, 25), "明治元年1月25日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 11, 24), "令和8年11月24日"),
    ],
)
def test_eras_change_on_their_days(day: date, shown: str) -> None:
    assert era_date(day) == shown


@pytest.mark.parametrize(
    ("typed", "told", "suggestion"),
    [
        ("昭和64年1月8日", "昭和は64年1月7日までです。平成元年1月8日ではありませんか。", date(1989, 1, 8)),
        ("昭和64年2月", "昭和は64年1月7日までです。平成元年2月ではありませんか。", None),
        ("平成31年5月1日", "平成は31年4月30日までです。令和元年5月1日ではありませんか。", date(2019, 5, 1)),
        ("平成35年4月1日", "平成は31年4月30日までです。令和5年4月1日ではありませんか。", date(2023, 4, 1)),
        ("令和元年4月30日", "令和は元年5月1日からです。平成31年4月30日ではありませんか。", date(2019, 4, 30)),
        ("令和8年2月30日", "令和8年2月は28日までです。いま30日です。", None),
        ("2026-02-30", "2026年2月は28日までです。いま30日です。", None),
        ("令和8年13月1日", "月は1から12です。いま13です。", None),
        ("令和0年1月1日", "年は元年（1年）からです。", None),
        ("昭和13年", "月と日も書いてください。例：昭和13年5月2日", None),
        ("昭和13年5月", "日も書いてください。例：昭和13年5月2日", None),
        ("13.5.2", "年号（昭和13年）か西暦4けた（1938年）で書いてください。", None),
        ("5月2日", "年も書いてください。例：令和8年11月24日", None),
        ("1867-12-31", "日付は1868年から2100年までで書いてください。", None),
        ("2101-01-01", "日付は1868年から2100年までで書いてください。", None),
        ("きのう", "日付は 令和8年11月24日 か 2026-11-24 のように書いてください。", None),
    ],
)
def test_an_impossible_date_is_answered_helpfully(typed: str, told: str, suggestion: date | None) -> None:
    with pytest.raises(DateNotRead) as refused:
        parse_date(typed)

    assert refused.value.told.ja == told
    assert refused.value.suggestion == suggestion


@pytest.mark.parametrize("typed", ["明治45年7月30日", "大正15年12月25日"])
def test_the_day_an_era_began_is_read_with_the_era_before_as_well(typed: str) -> None:
    assert era_year(parse_date(typed)) in ("大正元年", "昭和元年")


def test_a_date_of_four_boxes_is_read() -> None:
    assert parse_date(("昭和", "13", "5", "2")) == date(1938, 5, 2)
    assert parse_date(("昭和", "S13", "5", "2")) == date(1938, 5, 2)
    assert parse_date(("西暦", "1938", "5", "2")) == date(1938, 5, 2)
    assert parse_date(("令和", "元", "5", "1")) == date(2019, 5, 1)
    assert parse_date(("", "昭和13年5月2日", "", "")) == date(1938, 5, 2)


@given(st.text())
def test_reading_a_date_never_fails_in_another_way(typed: str) -> None:
    with suppress(DateNotRead):
        assert 1868 <= parse_date(typed).year <= 2100


@given(st.text(alphabet="0123456789元年月日.-/MTSHR明治大正昭和平成令 "))
def test_reading_something_like_a_date_never_fails_in_another_way(typed: str) -> None:
    with suppress(DateNotRead):
        assert 1868 <= parse_date(typed).year <= 2100


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("9:42", "09:42"), ("０９：４２", "09:42"), ("0942", "09:42"), ("942", "09:42"), ("9時42分", "09:42"),
        ("9時", "09:00"), ("9時半", "09:30"), ("午後5時15分", "17:15"), ("5:15 PM", "17:15"),
        ("17:15", "17:15"),
        ("正午", "12:00"), ("午後12時30分", "12:30"), ("午前0時", "00:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed: str, clock: str) -> None:
    assert parse_time(typed) == clock


@pytest.mark.parametrize("typed", ["25:00", "9:60", "朝", "", "午前12時", "12345"])
def test_a_time_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(DateNotRead):
        parse_time(typed)


@given(st.times())
def test_every_minute_is_read(clock: object) -> None:
    assert parse_time(f"{clock:%H:%M}") == f"{clock:%H:%M}"


def test_the_reading_shows_both_calendars_and_the_age() -> None:
    born, today = date(1938, 5, 2), date(2026, 11, 24)

    assert reading(born, born_before=today) == "昭和13年（1938年）5月2日（月）・88歳"
    assert reading(born, "en", born_before=today) == "Monday 2 May 1938 (Shōwa 13), age 88"
    assert reading(today) == "令和8年（2026年）11月24日（火）"


def test_age_rises_on_the_birthday() -> None:
    assert age(date(1938, 5, 2), date(2003, 5, 1)) == 64
    assert age(date(1938, 5, 2), date(2003, 5, 2)) == 65


def test_a_moment_is_shown_in_the_time_of_japan() -> None:
    moment = datetime.fromisoformat("2026-11-24T00:42:00+00:00")

    assert era_moment(moment) == "令和8年11月24日 9:42"


def test_a_reader_may_count_years_the_western_way_and_only_while_their_page_is_drawn() -> None:
    day = date(2026, 11, 24)

    with years_of_reader(western=True):
        chosen = shown_date(day, weekday=True)

    assert chosen == "2026年11月24日（火）"
    assert shown_date(day) == era_date(day) == "令和8年11月24日"
