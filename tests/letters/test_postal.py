import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.letters import postal
from backend.letters.postal import PostalError, Window

# 郵便番号・バーコードマニュアル, pages p17 to p25 (its own examples)
MANUAL = {
    "1丁目3番2号　郵便プラザ503室": "1-3-2-503",
    "3丁目30-8　郵便ビル403号": "3-30-8-403",
    "　南田茂木　添60-1": "60-1",
    "5-6-3　ABCビル10F": "5-6-3-10",
    "4丁目　郵便センター6号館": "4-6",
    "　東3丁目-20-5　郵便・A&bコーポB604号": "3-20-5B604",
    "十一丁目六番地一号　郵便タワー601": "11-6-1-601",
    "第二十一地割大淵川480": "21-480",
    "四丁六番十九号": "4-6-19",
    "南七線　西28": "7-28",
    "6丁目7-14　ABCビル2F": "6-7-14-2",
    "9丁目7-6　郵便シティA棟1F1号": "9-7-6A1-1",
    "綾部6-7　LプラザB106": "6-7LB106",
    "6丁目3454-5　郵便ハイツ6-1108": "6-3454-5-6-1108",
    "29丁目1524-23　第2郵便ハウス501": "29-1524-23-2-501",
    "3丁目80-25　J1ビル2-B": "3-80-25J1-2B",
}


@pytest.mark.parametrize(("address", "number"), MANUAL.items())
def test_the_address_number_is_the_one_of_the_post_offices_manual(address, number):
    assert postal.address_number(address) == number


def test_the_manuals_barcode_has_check_digit_nine():
    found = postal.symbols("100-0013", "1-3-2-503")

    assert found[7:] == ["1", "-", "3", "-", "2", "-", "5", "0", "3", *["CC4"] * 4, "9"]
    assert len(postal.bars("100-0013", "1-3-2-503")) == 67


def test_a_letter_takes_two_symbols_and_its_control_code_may_stand_last():
    assert postal.symbols("1234567", "3-20-5B604")[13:15] == ["CC1", "1"]
    assert postal.symbols("9100067", "3-80-25J1-2B")[7:20][-1] == "CC1"


@given(
    st.from_regex(r"[0-9]{7}", fullmatch=True), st.text("0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=20)
)
def test_every_barcode_has_67_bars_and_a_sum_divisible_by_19(code, number):
    values = {**{str(i): i for i in range(10)}, "-": 10, **{f"CC{i}": 10 + i for i in range(1, 9)}}

    found = postal.symbols(code, number)

    assert len(found) == 21
    assert sum(values[symbol] for symbol in found) % 19 == 0
    assert len(postal.bars(code, number)) == 67


@pytest.mark.parametrize("number", ["１", "あ", "a", "*", "²"])
def test_a_barcode_refuses_what_it_has_no_bars_for(number):
    with pytest.raises(PostalError):
        postal.bars("1000013", number)


def test_an_unlisted_code_gets_no_barcode_rather_than_a_wrong_one():
    towns = {"0000101": "中浜"}

    assert postal.barcode("000-0101", "海鳴市中浜一丁目2番3号", towns) == postal.bars("0000101", "1-2-3")
    assert postal.barcode("000-0000", "海鳴市中浜一丁目2番3号", towns) == ""
    assert postal.barcode("000-0101", "海鳴市潮見一丁目2番3号", towns) == ""


@pytest.mark.parametrize(
    "written", ["0000101", "000-0101", "〒000-0101", "０００－０１０１", " 〒 000‐0101 "]
)
def test_a_postal_code_is_read_however_it_is_written(written):
    assert postal.zip_shown(written) == "000-0101"


@pytest.mark.parametrize("written", ["", "000-010", "000-01011", "abc-defg", "000_0101", "٠٠٠٠١٠١"])
def test_what_is_no_postal_code_is_refused(written):
    with pytest.raises(PostalError, match="seven digits"):
        postal.zip_digits(written)


@given(*[st.integers(0, 300) for _i in range(4)], st.integers(0, 190), st.integers(0, 160))
def test_what_always_shows_lies_in_what_ever_shows_wherever_the_sheet_slides(
    left, top, width, height, dx, dy
):
    window = Window(left, top, width + 190, height + 160, 190, 160)
    always, ever = window.always_shown, window.ever_shown

    seen_left, seen_top = window.left - dx, window.top - dy

    assert seen_left <= always.left
    assert always.right <= seen_left + window.width
    assert seen_top <= always.top
    assert always.bottom <= seen_top + window.height
    assert ever.left <= max(0, seen_left)
    assert seen_left + window.width <= ever.right
    assert ever.top <= max(0, seen_top)
    assert seen_top + window.height <= ever.bottom


def test_a_city_moves_the_address_by_what_it_measured():
    measured = Window(200, 120, 900, 450, 190, 160, shift_x=-20, shift_y=35)

    assert (measured.always_shown.left, measured.always_shown.top) == (180, 155)
