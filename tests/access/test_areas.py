"""Areas: what lies in what, read when needed."""

from collections.abc import Mapping

import pytest

from backend.access import areas as module
from backend.access.areas import Areas

PARENTS: Mapping[str, str | None] = {"CITY": None, "D01": "CITY", "D01-1": "D01", "D02": "CITY"}


def test_an_area_lies_in_everything_above_it() -> None:
    assert Areas(PARENTS).ancestors("D01-1") == ("D01", "CITY")


def test_an_area_holds_itself_and_everything_below_it() -> None:
    assert Areas(PARENTS).descendants("D01") == {"D01", "D01-1"}


def test_an_unknown_area_lies_in_nothing_and_holds_itself() -> None:
    assert Areas(PARENTS).ancestors("D99") == ()
    assert Areas(PARENTS).descendants("D99") == {"D99"}


@pytest.mark.parametrize("parents", [{"a": "b", "b": "a"}, {"a": "a"}])
def test_a_circle_of_areas_is_refused(parents: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="lies within itself"):
        Areas(parents)


def test_an_area_in_one_that_is_not_listed_is_refused() -> None:
    with pytest.raises(ValueError, match="its parent X is not listed"):
        Areas({"a": "X"})


def test_areas_are_read_once_and_again_for_a_code_that_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    known, read = dict(PARENTS), []
    module.use_areas(lambda: read.append(1) or known)

    module.current_areas("D01")
    module.current_areas("D01-1", "")
    known["D03"] = "CITY"
    found = module.current_areas("D03")

    assert len(read) == 2
    assert found.ancestors("D03") == ("CITY",)


def test_a_code_that_stays_unknown_is_not_asked_for_again_at_once() -> None:
    read: list[int] = []
    module.use_areas(lambda: read.append(1) or PARENTS)

    for _ in range(5):
        module.current_areas("D99")

    assert len(read) == 1
