"""What the window of an envelope shows: read from the page itself, wherever the sheet has slid to."""

from dataclasses import replace

import pytest

from backend.letters import render, window
from tests.letters.conftest import NAMES, printed, stored


def page(*marks: tuple[int, int, str]) -> bytes:
    """A page with these words at places in millimetres."""
    words = "".join(
        f'<p style="position: absolute; margin: 0; left: {left}mm; top: {top}mm">{word}</p>'
        for left, top, word in marks
    )
    return render.sheet(
        f"<html lang=ja><head><title>x</title></head><body>{words}</body></html>", "@page {margin: 0}"
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_the_address_shows_of_any_letter(name, letters, the_house) -> None:
    letter = letters[name]
    if not letter.window:
        pytest.skip("it goes into no window")

    seen = window.look(printed(letter, stored(letter, the_house)).pdf, the_house.window)

    assert (seen.cut, seen.strange) == (False, False)
    assert seen.slides == (the_house.window.slack_x / 10, the_house.window.slack_y / 10)
    assert seen.first.startswith("data:image/png;base64,")


def test_words_that_only_sometimes_show_are_strange(the_house) -> None:
    seen = window.look(page((30, 20, "宛名"), (30, 48, "用件")), the_house.window)

    assert seen.strange
    assert not seen.cut


def test_an_address_that_reaches_out_of_what_always_shows_is_cut(the_house) -> None:
    seen = window.look(page((88, 20, "宛名")), the_house.window)

    assert seen.cut


def test_what_never_shows_may_say_anything(the_house) -> None:
    assert window.wrong(page((30, 20, "宛名"), (120, 20, "第1号"), (30, 70, "本文")), the_house.window) == []


def test_a_window_that_slides_further_shows_more(the_house, letters) -> None:
    letter = letters["acknowledgement"]
    loose = replace(the_house.window, slack_y=the_house.window.slack_y + 20)

    told = window.wrong(printed(letter, stored(letter, the_house)).pdf, loose)

    assert told == ["the window does not always show the whole address"]
