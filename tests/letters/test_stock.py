"""Envelopes, labels and the test sheet: each address in its place, and messages that name no one."""

import pytest
from django.core.management import CommandError, call_command

from backend.letters import stock
from tests.letters.conftest import reader

ROW = {"zip": "0000101", "address": "海鳴市中浜一丁目2番3号　かもめ団地206", "name": "髙田 ハナ"}
MILLIMETRE = 72 / 25.4


@pytest.fixture
def kinds():
    found, findings = stock.load()
    assert findings == []
    return found


def test_an_envelope_has_its_own_size_and_the_code_in_boxes(kinds) -> None:
    pdf = reader(stock.envelopes(kinds.envelopes["nagagata3"], stock.addressed([ROW])))

    box = pdf.pages[0].mediabox
    assert (round(box.width / MILLIMETRE), round(box.height / MILLIMETRE)) == (120, 235)
    assert len(pdf.pages) == 1
    assert "髙田 ハナ　様" in pdf.pages[0].extract_text()


def test_labels_go_on_where_a_sheet_was_left(kinds) -> None:
    addresses = stock.addressed([ROW] * 12)

    assert len(reader(stock.labels(kinds.labels["a4-12"], addresses)).pages) == 1
    assert len(reader(stock.labels(kinds.labels["a4-12"], addresses, skip=1)).pages) == 2


def test_every_label_of_a_stock_stays_on_the_sheet(kinds) -> None:
    for kind in kinds.labels.values():
        assert kind["left"] + (kind["columns"] - 1) * kind["pitch_x"] + kind["width"] <= 2100
        assert kind["top"] + (kind["rows"] - 1) * kind["pitch_y"] + kind["height"] <= 2970


def test_a_wrong_row_is_named_by_its_number_alone() -> None:
    with pytest.raises(ValueError, match=r"^row 2: ") as error:
        stock.addressed([ROW, {**ROW, "zip": "12"}])

    assert "髙田" not in str(error.value)


def test_the_test_sheet_tells_the_window_it_is_for(the_house) -> None:
    text = reader(stock.calibration(the_house.envelope, the_house.window)).pages[0].extract_text()

    assert "nagagata3" in text
    assert "slack_x" in text


def test_the_command_says_what_a_list_lacks(tmp_path) -> None:
    wrong = tmp_path / "list.csv"
    wrong.write_text("name\n髙田\n", encoding="utf-8")

    with pytest.raises(CommandError, match="has no column zip, address"):
        call_command("stationery", "labels", str(wrong))
