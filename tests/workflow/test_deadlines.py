"""Deadlines: the Civil Code (138–143), hour clocks, the timers of a state, fiscal years."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.workflow.calendar import YEAR_END, Calendar
from backend.workflow.deadlines import (
    add,
    after_hold,
    due,
    end_day,
    extended,
    fiscal_year,
    fiscal_year_end,
    offset_from,
    timers,
)
from backend.workflow.durations import SAME_BUSINESS_DAY, Duration, NotADuration, Offset, parse, parse_offset
from backend.workflow.guards import JST
from backend.workflow.model import Deadline, Escalation, Reminder, State, Text

CALENDAR = Calendar(YEAR_END)
WORDS = Text("状態", "state")
LENGTHS = ["30 minutes", "48 hours", "7 days", "3 business days", "1 month", "same business day"]


def jst(text):
    return datetime.fromisoformat(text).replace(tzinfo=JST)


def state(**values):
    return State("s", WORDS, WORDS, WORDS, "ours", "caseworker", **values)


def within(text, **values):
    return Deadline(parse(text), **values)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-11-24 09:00", "1 business day", "2026-11-25 23:59:59"),
        ("2026-11-24 23:59", "same business day", "2026-11-24 23:59:59"),
        ("2026-11-28 10:00", "same business day", "2026-11-30 23:59:59"),  # Saturday → Monday
        ("2026-09-18 17:00", "1 business day", "2026-09-24 23:59:59"),  # over 国民の休日
        ("2027-03-19 10:00", "1 business day", "2027-03-23 23:59:59"),  # over 振替休日
        ("2026-12-28 10:00", "1 business day", "2027-01-04 23:59:59"),  # over the year end
        ("2026-12-28 10:00", "48 hours", "2026-12-30 10:00:00"),  # 48 hours do not wait
        ("2026-11-24 09:00", "30 minutes", "2026-11-24 09:30:00"),
        ("2026-11-24 09:00", "7 days", "2026-12-01 23:59:59"),  # 140: the first day is not counted
        ("2026-11-22 09:00", "7 days", "2026-11-30 23:59:59"),  # 142: ends on a Sunday → Monday
        ("2026-11-16 09:00", "7 days", "2026-11-24 23:59:59"),  # 142: ends on a holiday → next day
        ("2026-10-15 09:00", "1 month", "2026-11-16 23:59:59"),  # ends on Sunday the 15th → Monday
        ("2026-10-14 09:00", "1 month", "2026-11-16 23:59:59"),  # ends on Saturday the 14th → Monday
        ("2027-01-31 09:00", "1 month", "2027-03-01 23:59:59"),  # 143: ends 28 February, a Sunday
        ("2027-02-28 09:00", "1 month", "2027-03-31 23:59:59"),  # 143: counted from 1 March
    ],
)
def test_a_period_ends(start, length, end):
    assert add(jst(start), parse(length), CALENDAR) == jst(end)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-24 08:59", date(2026, 11, 25)),  # still 23:59 of the 23rd in UTC
        ("2026-11-24 09:00", date(2026, 11, 25)),  # 00:00 of the 24th in UTC
        ("2026-11-25 00:00", date(2026, 11, 26)),
    ],
)
def test_the_day_is_the_day_in_japan_however_the_moment_is_written(moment, day):
    written_in_utc = jst(moment).astimezone(UTC)

    assert add(written_in_utc, parse("1 business day"), CALENDAR) == jst(f"{day} 23:59:59")


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=JST)),
    st.sampled_from(LENGTHS),
)
def test_a_period_never_ends_before_it_begins_nor_on_a_closed_day(start, text):
    length = parse(text)
    end = add(start, length, CALENDAR)

    assert end >= start.replace(microsecond=0)
    assert length.by_the_clock or CALENDAR.is_business_day(end.date())


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_as_many_business_days_pass_as_were_given(day, count):
    end = end_day(day, Duration(count, "business_days"), CALENDAR)

    assert CALENDAR.between(day, end) == count


@pytest.mark.parametrize("text", LENGTHS)
def test_a_length_is_written_as_it_was_read(text):
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", ["2 weeks", "0 days", "-1 day", "1.5 days", "48hours", "1  day", "soon", ""])
def test_other_lengths_are_refused(text):
    with pytest.raises(NotADuration, match="is not a length of time"):
        parse(text)


@pytest.mark.parametrize("text", ["at due", "1 business day before", "2 hours after"])
def test_an_offset_is_written_as_it_was_read(text):
    assert str(parse_offset(text)) == text


@pytest.mark.parametrize("text", ["after", "1 day", "at noon", "before 1 day"])
def test_other_offsets_are_refused(text):
    with pytest.raises(NotADuration, match="is not a moment"):
        parse_offset(text)


def test_lengths_are_told_in_japanese_and_english():
    assert [parse(text).words("ja") for text in LENGTHS] == [
        "30分",
        "48時間",
        "7日",
        "3営業日",
        "1か月",
        "当日(営業日)",
    ]
    assert SAME_BUSINESS_DAY.words("en") == "same business day"


ENTERED = jst("2026-11-24 10:00")


def found(state_, facts, opened=ENTERED):
    return due(state_, facts, entered=ENTERED, opened=opened, calendar=CALENDAR)


def test_the_urgency_replaces_the_usual_deadline():
    some = state(due=within("1 business day"), due_by={"A": within("1 hour"), "D": within("1 month")})

    assert found(some, {"urgency": "A"}).at == jst("2026-11-24 11:00")
    assert found(some, {"urgency": "D"}).at == jst("2026-12-24 23:59:59")
    assert found(some, {"urgency": "B"}).at == jst("2026-11-25 23:59:59")
    assert found(some, {}).at == jst("2026-11-25 23:59:59")


CHILD = {"child": within("48 hours", since="opened", cite="子ども虐待対応の手引き")}


def test_suspected_abuse_runs_from_the_notice_and_the_earliest_clock_counts():
    some = state(due=within("1 month"), due_by=CHILD)
    received = jst("2026-11-23 08:00")

    assert found(some, {"abuse": "child"}, received).at == jst("2026-11-25 08:00")
    assert found(state(due=within("1 hour"), due_by=CHILD), {"abuse": "child"}).at == jst("2026-11-24 11:00")


def test_the_clock_of_abuse_stops_when_the_person_was_seen():
    some = state(due=within("1 month"), due_by=CHILD)

    assert found(some, {"abuse": "child", "seen_on": "2026-11-24"}).at == jst("2026-12-24 23:59:59")


def test_a_clock_that_ran_out_before_the_state_was_entered_is_due_at_once():
    assert found(state(due_by=CHILD), {"abuse": "child"}, jst("2026-11-01 08:00")).at == ENTERED


def test_a_target_never_lies_beyond_the_legal_limit():
    some = found(state(due=within("7 days", legal=parse("48 hours"))), {})

    assert some.at == some.legal == jst("2026-11-26 10:00")


def test_a_state_without_deadline_is_never_due():
    assert found(state(), {"urgency": "A", "imminent": True}) is None


def test_a_state_writes_its_timers_in_the_order_they_come():
    some = state(
        due=within("3 business days"),
        remind=(
            Reminder(parse_offset("at due"), "receiver"),
            Reminder(parse_offset("1 business day before")),
            Reminder(parse_offset("1 business day after"), "receiver", "reminder"),
        ),
        escalate=(Escalation(parse("2 business days"), "supervisor"),),
    )

    written = timers(some, found(some, {}), entered=ENTERED, calendar=CALENDAR)

    assert [(spec.kind, spec.stage, f"{spec.at:%m-%d %H:%M}", spec.to, spec.letter) for spec in written] == [
        ("remind", 1, "11-26 06:00", "", ""),
        ("remind", 0, "11-27 06:00", "receiver", ""),
        ("due", 0, "11-27 23:59", "", ""),
        ("remind", 2, "11-30 06:00", "receiver", "reminder"),
        ("escalate", 0, "12-01 06:00", "supervisor", ""),
    ]


def test_a_reminder_whose_moment_is_over_is_not_written():
    some = state(due=within("same business day"), remind=(Reminder(parse_offset("at due")),))

    assert [spec.kind for spec in timers(some, found(some, {}), entered=ENTERED, calendar=CALENDAR)] == [
        "due"
    ]


def test_an_hour_clock_reminds_and_escalates_to_the_minute():
    ladder = (Escalation(parse("15 minutes"), "supervisor"),)
    some = state(
        due=within("7 days"),
        due_by={"imminent": within("30 minutes", escalate=ladder)},
        remind=(Reminder(parse_offset("at due")),),
        escalate=(Escalation(parse("2 business days"), "supervisor"),),
    )

    written = timers(some, found(some, {"imminent": True}), entered=ENTERED, calendar=CALENDAR)

    assert [(spec.kind, f"{spec.at:%H:%M}") for spec in written] == [
        ("due", "10:30"),
        ("remind", "10:30"),
        ("escalate", "10:45"),
    ]


@pytest.mark.parametrize(
    ("offset", "moment"),
    [
        ("2 hours before", "2026-12-01 21:59:59"),
        ("2 days before", "2026-11-29 06:00"),
        ("1 month before", "2026-11-01 06:00"),
        ("2 days after", "2026-12-03 06:00"),
        ("1 month after", "2027-01-04 06:00"),
    ],
)
def test_an_offset_is_told_by_the_deadline(offset, moment):
    some = found(state(due=within("7 days")), {})

    assert offset_from(some, parse_offset(offset), CALENDAR) == jst(moment)


def test_a_hold_moves_days_by_business_days_and_hours_by_the_time_that_passed():
    held, resumed = (
        jst("2026-12-25 12:00"),
        jst("2027-01-05 15:00"),
    )  # business days 12/28, 1/4, 1/5

    day = after_hold(jst("2026-12-28 23:59:59"), held=held, resumed=resumed, calendar=CALENDAR)
    hour = after_hold(jst("2026-12-25 13:00"), held=held, resumed=resumed, calendar=CALENDAR)

    assert day == jst("2027-01-06 23:59:59")
    assert hour == jst("2027-01-05 16:00")


def test_what_was_over_before_the_hold_stays_over():
    over = jst("2026-12-01 23:59:59")

    assert after_hold(over, held=jst("2026-12-02 09:00"), resumed=jst("2026-12-09 09:00")) == over


def test_an_extended_deadline_ends_with_its_day():
    assert extended(date(2026, 12, 4)) == jst("2026-12-04 23:59:59")


@pytest.mark.parametrize(
    ("day", "year", "end"),
    [
        (date(2027, 3, 31), 2026, date(2027, 3, 31)),
        (date(2027, 4, 1), 2027, date(2028, 3, 31)),
        (date(2026, 12, 31), 2026, date(2027, 3, 31)),
    ],
)
def test_the_fiscal_year_runs_from_april_to_march(day, year, end):
    assert fiscal_year(day) == year
    assert fiscal_year_end(day) == end


def test_a_consent_lasts_until_the_end_of_the_next_fiscal_year():
    assert fiscal_year_end(date(2026, 11, 25), years_later=1) == date(2028, 3, 31)


def test_at_due_of_an_hour_clock_is_the_moment_itself():
    some = found(state(due=within("48 hours")), {})

    assert offset_from(some, Offset("at"), CALENDAR) == some.at == ENTERED + timedelta(hours=48)


def test_a_deadline_can_end_on_the_day_a_fact_names():
    waiting = state(due=within("14 days", until="expires_on"))

    assert found(waiting, {"expires_on": "2026-12-08"}).at == jst("2026-12-08 23:59:59")
    assert found(waiting, {}).at == found(state(due=within("14 days")), {}).at


def test_a_day_that_is_over_is_due_at_once():
    waiting = state(due=within("14 days", until="expires_on"))

    assert found(waiting, {"expires_on": "2026-11-01"}).at == ENTERED
