from datetime import date

import pytest

from backend.letters.context import Item, LetterContext, Office, Officer, Resident
from backend.letters.fields import Input, problems
from backend.letters.inputs import LetterInputError, gather
from tests.letters.conftest import NAMES, context

# The covering letter of a package and the paper of a meeting are told by those, not by a case.
OF_A_CASE = tuple(name for name in NAMES if name not in ("disclosure_package", "council_paper"))


@pytest.mark.parametrize("name", OF_A_CASE)
def test_every_letter_can_be_written_from_what_a_case_tells(letters, name):
    gathered = gather(letters[name], context())

    assert gathered["addressee"]
    assert set(gathered) - {"addressee"} <= {one.name for one in letters[name].inputs}


@pytest.mark.parametrize("name", OF_A_CASE)
def test_the_same_context_gives_the_same_inputs(letters, name):
    assert gather(letters[name], context()) == gather(letters[name], context())


def test_everything_that_is_missing_is_named_at_once(letters):
    bare = LetterContext(Office("city-welfare", "福祉課"), Officer("佐藤 直子"), date(2026, 11, 24))

    with pytest.raises(LetterInputError) as error:
        gather(letters["consent_request"], bare)

    assert {one.path for one in error.value.problems} == {
        "reply_by",
        "purposes",
        "categories",
        "recipients",
        "addressee",
    }


def test_the_sheet_leaves_out_what_only_the_office_needs(letters):
    rows = gather(letters["referral_sheet"], context())["shared"]

    assert rows == [{"label": "本人の氏名", "value": "髙田 ハナ"}]


def test_blank_answers_are_absent_not_printed(letters):
    told = context(shared=(Item("name", "本人の氏名", "髙田 ハナ"), Item("addr", "住所", "  ")))

    assert len(gather(letters["referral_sheet"], told)["shared"]) == 1


def test_a_moment_counts_as_its_day_in_japan(letters):
    told = context(answers={**context().answers, "visit_on": "2026-12-01T15:30:00+00:00"})

    assert gather(letters["visit_notice"], told)["visit_on"] == "2026-12-02"


def test_a_reminder_goes_to_the_agency_or_to_the_person(letters):
    person = Resident("髙田 ハナ", zip="000-0101", address="海鳴市中浜一丁目2番3号")

    to_agency = gather(letters["reminder"], context())["addressee"]
    to_person = gather(letters["reminder"], context(debtor=person, state="consent_requested"))["addressee"]

    assert to_agency == {"organisation": "地域包括支援センター中浜"}
    assert to_person["name"] == "髙田 ハナ"


def test_a_name_is_gathered_exactly_as_given(letters):
    given = "𠮷\U000e0100野\u3000\ufa19子\u0301"

    assert gather(letters["visit_notice"], context(resident=Resident(given)))["addressee"]["name"] == given


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("text", "", "not empty"),
        ("text", "a\nb", "one line"),
        ("text", "a" * 201, "room for 200"),
        ("text", "x\x00", "control character"),
        ("text", "x\u202ey", "control character"),
        ("text", 5, "must be a text"),
        ("paragraphs", "x" * 2001, "room for 2000"),
        ("paragraphs", "\x07", "control character"),
        ("texts", [], "at least one"),
        ("texts", ["a"] * 61, "room for 60"),
        ("texts", "ab", "must be a list"),
        ("rows", [{"label": "a"}], "a label and a value"),
        ("rows", [{"label": "a", "value": "b", "more": 1}], "a label and a value"),
        ("date", "2026-02-30", "2026-11-24"),
        ("date", "令和8年", "2026-11-24"),
        ("time", "25:00", "14:30"),
        ("time", "9:00", "14:30"),
        ("choice", "other", "must be one of a"),
        ("number", -1, "whole number"),
        ("number", True, "whole number"),
        ("flag", "yes", "true or false"),
        ("reference", {"number": "x"}, "a number and a dated_on"),
        ("reference", {"number": "x", "dated_on": "y"}, "2026-11-24"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_words(kind, value, told):
    (problem,) = problems((Input("it", kind, "", "It", options={"a": "A"}),), {"it": value})

    assert told in str(problem)
    assert problem.path.startswith("it")


def test_an_input_nobody_declared_is_refused():
    (problem,) = problems((), {"diagnosis": "x"})

    assert str(problem) == "diagnosis: is not an input of this letter; take it out"
