"""A letter's HTML is read once, and only where its tags are well nested; WeasyPrint reads the others."""

from dataclasses import replace

import pytest

from backend.letters import render, tokens
from backend.letters.reading import read
from tests.letters.conftest import NAMES, printed, stored, text_of

_HEAD = '<!DOCTYPE html><html lang="ja"><head><title>題</title><style>p {{}}</style></head>'
_PAGE = _HEAD + "<body>{}</body></html>"


def test_what_can_be_seen_is_the_text_and_the_title_without_styles():
    assert read(_PAGE.format("<p>髙田　ハナ &amp; 様<br>御中</p>")).text == "題髙田　ハナ & 様御中"


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_letter_is_read_by_ourselves(letters, the_house, name):
    letter = letters[name]
    token = tokens.new() if letter.tear_off else None

    assert read(render.page(letter, stored(letter, the_house), token)).root is not None


@pytest.mark.parametrize(
    "body",
    [
        "<p>一<p>二",  # the second ends the first
        "<p>一<ul><li>二</li></ul></p>",  # a list ends a paragraph
        "<div>一</p></div>",
        "<ul><li>一<li>二</ul>",
        "<div/>一",  # stays open
        "</body></html><p>一</p>",
    ],
)
def test_a_page_whose_tags_are_not_well_nested_is_left_to_weasyprint(body):
    assert read(_PAGE.format(body)).root is None


def test_a_letter_whose_tags_are_not_well_nested_is_printed_all_the_same(letters, the_house):
    letter = letters["acknowledgement"]
    files = {**letter.files, "acknowledgement.html": _PAGE.format("<p>一番<p>二番")}

    found = text_of(printed(replace(letter, files=files), stored(letter, the_house)).pdf)

    assert found == "一番二番"
