"""Small figures withheld: whatever a reader adds and subtracts, none of them can be worked out."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.figures.withholding import ALL, Cell, parts, table, withheld

LEAST = 5


def told(build, values):
    """The withheld figures with one possible value only, found by trying every way to fill them in.

    `build` makes the figures from those that do not follow from others, as a reader would add them up.
    """
    cells = build(values)
    marks = withheld(cells, LEAST)
    most = max(values, default=0) + 2
    low = {"small": 1, "also": LEAST, "any": 0}
    ways = [
        range(low[marks[key]], LEAST if marks[key] == "small" else most + 1) if key in marks else [value]
        for key, value in ((key, cells[key].value) for key in list(cells)[: len(values)])
    ]
    seen = {key: set() for key in marks}
    for tried in product(*ways):
        made = {key: cell.value for key, cell in build(list(tried)).items()}
        if all(_agrees(made[key], cell.value, marks.get(key)) for key, cell in cells.items()):
            for key, values_seen in seen.items():
                values_seen.add(made[key])
    return [key for key, found in seen.items() if len(found) < 2]


def _agrees(tried, real, mark):
    if mark is None:
        return tried == real
    return {"small": 1 <= tried < LEAST, "also": tried >= LEAST, "any": tried >= 0}[mark]


def two_by_two(values):
    return table(dict(zip(product("ab", "xy"), values, strict=True)))


def beside(values):
    return parts((str(place), value) for place, value in enumerate(values))


def beside_a_known_total(values):
    return parts(((str(place), value) for place, value in enumerate(values)), known=True)


def chain(values):
    """So many fell out first, so many later, so many are helped: and how many were on the way."""
    out, waiting, helped = values
    return {
        "out": Cell("first", "end", out),
        "waiting": Cell("second", "end", waiting),
        "helped": Cell("second", "end", helped, 1),
        "on": Cell("first", "second", waiting + helped, 1),
        "noticed": Cell("end", "first", out + waiting + helped, 2),
    }


@settings(max_examples=40)
@given(st.lists(st.integers(0, 7), min_size=4, max_size=4))
def test_no_subtraction_in_a_table_reveals_a_withheld_figure(values):
    assert told(two_by_two, values) == []


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_no_subtraction_from_a_total_reveals_a_part(values):
    assert told(beside, values) == []
    assert told(beside_a_known_total, values) == []


@settings(max_examples=40)
@given(st.lists(st.integers(0, 12), min_size=3, max_size=3))
def test_no_subtraction_along_a_chain_reveals_who_fell_out(values):
    assert told(chain, values) == []


@given(st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_every_small_figure_is_withheld(values):
    cells = two_by_two(values)
    marks = withheld(cells, LEAST)

    assert all(key in marks for key, cell in cells.items() if 0 < cell.value < LEAST)
    assert all(cells[key].value >= LEAST for key, mark in marks.items() if mark == "also")


def test_a_large_figure_beside_the_small_one_goes_with_it_and_the_total_stays():
    marks = withheld(parts([("a", 3), ("b", 20), ("c", 8)]), LEAST)

    assert marks == {"a": "small", "c": "also"}


def test_two_ones_are_not_told_by_their_total_of_two():
    marks = withheld(parts([("a", 1), ("b", 1), ("c", 0)], known=True), LEAST)

    assert marks == {"a": "any", "b": "any", "c": "any"}
    assert ALL not in marks


def test_large_figures_are_left_alone():
    assert withheld(two_by_two([5, 6, 70, 8]), LEAST) == {}
