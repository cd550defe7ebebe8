"""The dispatch ledger: one line a letter, and no name for whoever may not handle it."""

import pytest

from backend.letters.printing import ledger, posting
from backend.letters.printing.models import PrintFile
from backend.runs import letters
from tests.letters.printing.post import DAY, waiting
from tests.operations import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    waiting(2)
    letters.run(DAY)
    return ledger.letters_of(PrintFile.objects.all())


def cell(line, name):
    return line[ledger.HEAD.index(name)]


def test_a_line_tells_where_a_letter_went_and_what_it_cost(rows):
    _head, first, _second = ledger.table(rows, lambda row: True)

    assert cell(first, "宛先") == "髙田 ハナ 様"
    assert cell(first, "郵便番号") == "000-0101"
    assert (cell(first, "料金区分"), cell(first, "料金（円）"), cell(first, "枚数")) == ("定形", "110", "1")
    assert (cell(first, "印刷ファイル"), cell(first, "順番")) == ("20261124-city-welfare-001", "1")


def test_the_sheets_of_a_file_that_two_people_see_to_are_told_once_they_were_counted():
    waiting(2, two_person=True)
    letters.run(DAY)
    file = PrintFile.objects.get()
    rows = ledger.letters_of([file])
    before = ledger.table(rows, lambda row: True)
    posting.count(file, by=office.member().id, sheets=file.sheets + 1)
    wrong = ledger.table(rows, lambda row: True)
    posting.count(file, by=office.member().id, sheets=file.sheets)
    after = ledger.table(rows, lambda row: True)

    assert [cell(table[1], "枚数") for table in (before, wrong, after)] == ["", "", "1"]


def test_each_line_is_decided_on_its_own(rows):
    table = ledger.table(rows, lambda row: row.id == rows[0].id)

    assert [cell(line, "宛先") for line in table[1:]] == ["髙田 ハナ 様", ledger.WITHHELD]
    assert cell(table[2], "郵便番号") == ""


def test_what_became_of_a_letter_stands_in_its_line(rows):
    clerk = office.member(name="佐藤 直子")
    posting.post(PrintFile.objects.get(), by=clerk.id)
    posting.came_back(rows[0].id, by=clerk.id, reason="宛所不明")

    first, second = ledger.table(rows, lambda row: True)[1:]

    assert cell(first, "投函者") == "佐藤 直子"
    assert cell(first, "差戻日")
    assert not cell(second, "差戻日")
