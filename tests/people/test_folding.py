"""One spelling for many, and the registered name untouched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.people import folding

NAMES = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=24)
GROUPS = list(folding.variant_groups())


@pytest.mark.parametrize(
    ("typed", "registered"),
    [
        ("高田", "髙田"),
        ("崎", "﨑"),
        ("斉藤", "齋藤"),
        ("斎藤", "齊藤"),
        ("渡辺", "渡邉"),
        ("渡邊", "渡邉"),
        ("徳", "德"),
        ("浜", "濵"),
        ("濱", "浜"),
        ("柳", "栁"),
        ("吉野", "𠮷野"),
        ("神", "\ufa19"),
        ("辻", "辻\U000e0100"),
        ("たかだ", "タカダ"),
        ("ﾀｶﾀﾞ", "たかだ"),
        ("きょうこ", "ｷﾖｳｺ"),
        ("はつえ", "ハツヱ"),
        ("佐々木", "佐佐木"),
        ("みすず", "みすゞ"),
        ("ゆうこ", "ゆーうこ"),
        ("ＭＡＲＩＡ", "Maria"),
        ("高田 花", "髙田　花"),
    ],
)
def test_a_name_and_its_other_spelling_compare_equal(typed: str, registered: str) -> None:
    assert folding.fold(typed) == folding.fold(registered)


@pytest.mark.parametrize(
    ("one", "other"), [("高田", "高橋"), ("はな", "ばな"), ("斎藤", "佐藤"), ("林", "森")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert folding.fold(one) != folding.fold(other)


@pytest.mark.parametrize(
    ("typed", "registered"),
    [
        ("中浜一丁目2番3号", "中浜1-2-3"),
        ("中浜１丁目２－３", "中浜一丁目2-3"),
        ("潮見二十三番地の4", "潮見23-4"),
        ("本町十丁目", "本町10丁目"),
    ],
)
def test_an_address_compares_equal_however_its_numbers_are_written(typed: str, registered: str) -> None:
    assert folding.fold_address(typed) == folding.fold_address(registered)


def test_no_character_stands_in_two_groups_of_variants() -> None:
    listed = [char for group in GROUPS for char in group]

    assert len(listed) == len(set(listed))
    assert all(len(char) == 1 for char in listed)


@given(st.sampled_from(GROUPS), st.data())
def test_variants_are_symmetric(group: tuple[str, ...], data: st.DataObject) -> None:
    one, other = data.draw(st.sampled_from(group)), data.draw(st.sampled_from(group))

    assert folding.fold(one) == folding.fold(other)


@given(NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    once = folding.fold(name)

    assert folding.fold(once) == once


@given(NAMES)
def test_every_name_is_found_by_itself(name: str) -> None:
    folded = folding.fold(name)

    assert folding.wanted(folded) <= folding.grams(folded)


@given(NAMES, st.data())
def test_every_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    folded = folding.fold(name)
    start = data.draw(st.integers(0, len(folded)))
    part = folded[start : data.draw(st.integers(start, len(folded)))]

    assert folding.wanted(part) <= folding.grams(folded)


@pytest.mark.parametrize(
    "typed", ["0832-00-1234", "０８３２（００）１２３４", "0832 00 1234", "０８３２ー００ー１２３４"]
)
def test_a_telephone_number_is_its_digits(typed: str) -> None:
    assert folding.digits(typed) == "0832001234"
