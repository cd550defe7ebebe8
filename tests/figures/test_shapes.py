"""Where the parts of a drawing go: in proportion, never on top of each other, the same every time."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from backend.figures.shapes import ACROSS, BAR_ROOM, bars, columns, shade, squares, tiles


def apart(one, other):
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def test_a_load_is_drawn_case_by_case_up_to_twenty_and_a_plus_says_that_there_are_more():
    assert squares(3) == "M0 0h12v12h-12zM16 0h12v12h-12zM32 0h12v12h-12z"
    assert squares(20).count("h12") == squares(21).count("h12") == 20
    assert squares(21) == squares(2000) == squares(20) + "M324 0h4v4h4v4h-4v4h-4v-4h-4v-4h4z"
    assert squares(0) == ""


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_bars_are_as_long_as_their_share_and_nothing_that_is_there_vanishes(values):
    drawn = bars([(str(place), value) for place, value in enumerate(values)])

    for place, value in enumerate(values):
        box = drawn.boxes[str(place)]
        assert (box.width > 0) == (value > 0)
        assert box.width <= BAR_ROOM
        assert box.width == BAR_ROOM or value < max(values) or not value


def test_columns_stand_on_one_line():
    drawn = columns([("4", 10), ("5", 5), ("6", 0)])

    assert {box.y + box.height for box in drawn.boxes.values()} == {drawn.height}
    assert drawn.boxes["5"].height * 2 == drawn.boxes["4"].height


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_tiles_never_cover_each_other_and_a_district_begins_a_row(sizes):
    groups = [(f"D{n}", [f"D{n}-{at}" for at in range(size)]) for n, size in enumerate(sizes)]
    drawn = tiles(groups)

    assert all(apart(one, other) for one, other in combinations(drawn.boxes.values(), 2))
    assert all(drawn.boxes[names[0]].x == 0 for _district, names in groups)
    assert max(box.x for box in drawn.boxes.values()) <= ACROSS * 112


def test_what_the_city_placed_by_hand_stays_there_and_the_others_follow_below():
    drawn = tiles([("D1", ["a", "b"]), ("D2", ["c"])], {"a": (0, 2)})

    assert (drawn.boxes["a"].x, drawn.boxes["a"].y) == (224, 0)
    assert drawn.boxes["b"].y == 72
    assert drawn.boxes["c"].y == 144


def test_shades_go_by_quarters_of_the_largest():
    assert [shade(value, 99) for value in (0, 24, 25, 50, 75, 99)] == [0, 0, 1, 2, 3, 3]
