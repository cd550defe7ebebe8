"""The date stamp of a decision: family name, day of the era, what was decided."""

from datetime import date

from backend.figures.stamp import Stamp


def test_a_stamp_shows_the_family_name_and_the_day_of_the_era():
    stamp = Stamp("承認", "山本 誠", date(2026, 11, 24))

    assert (stamp.family, stamp.day) == ("山本", "8.11.24")
    assert stamp.words == "承認 山本 令和8年11月24日"


def test_in_english_the_day_is_iso_and_long_words_are_smaller():
    stamp = Stamp("Conditions", "山本 誠", date(2026, 11, 24), "en")

    assert (stamp.day, stamp.small) == ("2026-11-24", True)
    assert stamp.words == "Conditions 山本 24 November 2026"


def test_the_first_year_of_an_era_is_one():
    assert Stamp("承認", "林", date(2019, 5, 1)).day == "1.5.1"


def test_a_long_name_keeps_within_the_ring():
    assert Stamp("承認", "勅使河原麻衣子", date(2026, 1, 5)).family == "勅使河原"
