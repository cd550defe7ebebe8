"""The days an office works."""

from datetime import date

import pytest

from backend.workflow.calendar import YEAR_END, Calendar, load, office

CALENDAR = Calendar(YEAR_END)


@pytest.mark.parametrize(
    "closed",
    [
        date(2026, 9, 21),  # 敬老の日
        date(2026, 9, 22),  # 国民の休日: a day between two holidays
        date(2026, 9, 23),  # 秋分の日
        date(2027, 3, 21),  # 春分の日, a Sunday
        date(2027, 3, 22),  # 振替休日
        date(2026, 11, 23),  # 勤労感謝の日
        date(2026, 11, 28),  # Saturday
        date(2026, 11, 29),  # Sunday
        date(2026, 12, 29),
        date(2027, 1, 3),
    ],
)
def test_the_office_is_closed_on(closed):
    assert not CALENDAR.is_business_day(closed)


@pytest.mark.parametrize(
    "worked", [date(2026, 9, 24), date(2026, 12, 28), date(2027, 1, 4), date(2028, 12, 1)]
)
def test_the_office_works_on(worked):
    assert CALENDAR.is_business_day(worked)


def test_a_city_closes_on_days_of_its_own_and_opens_on_others():
    calendar = Calendar(YEAR_END, closed=frozenset({date(2026, 11, 2)}), open=frozenset({date(2026, 11, 3)}))

    assert not calendar.is_business_day(date(2026, 11, 2))
    assert calendar.is_business_day(date(2026, 11, 3))


def test_business_days_are_counted_over_silver_week():
    friday = date(2026, 9, 18)

    assert CALENDAR.after(friday, 1) == date(2026, 9, 24)
    assert CALENDAR.before(date(2026, 9, 24), 1) == friday
    assert CALENDAR.between(friday, date(2026, 9, 25)) == 2


def test_zero_business_days_is_today_or_the_next_day_the_office_works():
    assert CALENDAR.after(date(2026, 11, 24), 0) == date(2026, 11, 24)
    assert CALENDAR.after(date(2026, 11, 28), 0) == date(2026, 11, 30)


def test_the_shipped_calendar_closes_at_the_year_end():
    assert office().yearly == YEAR_END


def test_the_calendar_of_an_overlay_wins(tmp_path):
    shipped, overlay = tmp_path / "shipped.yaml", tmp_path / "overlay.yaml"
    shipped.write_text("closed_every_year: [12-29]\n")
    overlay.write_text('closed: [{day: "2026-11-02", why: {ja: 市制記念日, en: City day}}]\n')

    calendar, findings = load([shipped, overlay, tmp_path / "none.yaml"])

    assert findings == []
    assert calendar == Calendar(closed=frozenset({date(2026, 11, 2)}))


def test_a_wrong_calendar_says_where_and_what(tmp_path):
    file = tmp_path / "calendar.yaml"
    file.write_text('closed_every_year: [13-01]\nclosed:\n  - {day: "2026-11-02"}\n')

    _, findings = load([file])

    assert [(finding.line, finding.remedy) for finding in findings] == [
        (1, "write month and day, such as 12-29"),
        (3, "add the key 'why'"),
    ]


def test_a_day_that_does_not_exist_is_found(tmp_path):
    file = tmp_path / "calendar.yaml"
    file.write_text('closed:\n  - {day: "2026-02-30", why: {ja: 休み, en: Off}}\n')

    _, findings = load([file])

    assert [finding.message for finding in findings] == ["2026-02-30 is no day of the calendar"]
