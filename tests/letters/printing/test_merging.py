"""One file from many, and the mark on a reprint."""

import hashlib

import pytest

from backend.letters import render
from backend.letters.printing import cover, merging
from tests.letters.conftest import letters, printed, stored, text_of, the_house
from tests.letters.printing.post import pdf

__all__ = ["letters", "the_house"]


def test_the_same_letters_in_the_same_order_give_the_same_bytes(tmp_path, letters, the_house):
    acknowledgement = letters["acknowledgement"]
    letter = printed(acknowledgement, stored(acknowledgement, the_house)).pdf
    for name in ("one", "two"):
        merging.merge([pdf(), letter, letter], tmp_path / name, sides=1)

    one, two = (hashlib.sha256((tmp_path / name).read_bytes()).digest() for name in ("one", "two"))

    assert one == two


def test_what_is_no_pdf_is_refused(tmp_path):
    with pytest.raises(merging.NotMergeable):
        merging.merge([b"%PDF-1.7 nothing"], tmp_path / "file", sides=1)


def test_a_reprint_is_the_letter_with_a_mark_on_every_page(letters, the_house):
    sheet = letters["referral_sheet"]
    frozen = printed(sheet, stored(sheet, the_house)).pdf
    text = text_of(frozen)

    marked = text_of(merging.marked(frozen, cover.reissued()))

    assert "再発行" not in text
    assert marked.count("再発行") == 2
    assert marked.replace("再発行", "") == text


def test_a_sheet_of_the_engine_refuses_a_character_no_font_has():
    with pytest.raises(render.glyphs.MissingGlyph):
        render.sheet("<p>\ue000</p>", "")
