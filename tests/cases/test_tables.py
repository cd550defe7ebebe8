"""Tables for spreadsheets: no cell is a formula, and no character is lost in silence."""

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from backend.cases import tables

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠A1"]
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def read(data: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode(encoding), newline="")))


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_could_be_a_formula_begins_with_an_apostrophe(cell: str) -> None:
    assert read(tables.csv_utf8([[cell]]), "utf-8-sig") == [[f"'{cell}"]]
    assert read(tables.csv_cp932([[cell]])[0], "cp932")[0][0].startswith("'")


@pytest.mark.parametrize("cell", FORMULAS)
def test_excel_has_text_where_a_formula_was_written(cell: str) -> None:
    sheet = load_workbook(BytesIO(tables.excel("表", [[cell]]))).active

    assert sheet is not None
    assert sheet["A1"].data_type != "f"


def test_utf8_begins_with_the_mark_by_which_excel_knows_it() -> None:
    assert tables.csv_utf8([["髙田"]]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("𠮷田", "U+20BB7", "〓"),
        ("é", "U+00E9", "〓"),
        ("〜", "U+301C", "～"),
        ("−", "U+2212", "－"),
        ("‖", "U+2016", "∥"),
        ("辻\U000e0100", "U+8FBB U+E0100", "辻"),
    ],
)
def test_what_cp932_cannot_carry_is_told_by_character(text: str, code: str, written: str) -> None:
    data, losses = tables.csv_cp932([["番号", f"x{text}"]])

    assert [(one.line, one.column, one.code, one.written) for one in losses] == [(1, 2, code, written)]
    assert written in data.decode("cp932")


def test_names_that_cp932_knows_come_through() -> None:
    data, losses = tables.csv_cp932([["髙田 﨑山 ハナ①"]])

    assert (losses, read(data, "cp932")) == ([], [["髙田 﨑山 ハナ①"]])


@given(names)
def test_without_a_loss_the_text_is_the_same_and_with_one_it_is_told(name: str) -> None:
    cell = f"x{name}"
    data, losses = tables.csv_cp932([[cell]])

    assert (read(data, "cp932") == [[cell]]) == (losses == [])


@given(names)
def test_excel_gives_a_name_back_as_it_was(name: str) -> None:
    sheet = load_workbook(BytesIO(tables.excel("表", [[f"x{name}"]]))).active

    assert sheet is not None
    assert sheet["A1"].value == f"x{name}"
