"""A variant of a character is printed in the font that has it; else it would be another name."""

import pytest

from backend.letters import variants

NABE = "邉\U000e0110"


@pytest.fixture(autouse=True)
def a_font_with_one_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    known = frozenset({(ord("邉"), 0xE0110)})
    monkeypatch.setattr(variants, "_of_names", lambda found: known)


def test_a_variant_the_font_of_names_has_is_set_in_it() -> None:
    assert variants.marked(f"<p>渡{NABE}様</p>") == f'<p>渡<span class="variant">{NABE}</span>様</p>'


@pytest.mark.parametrize(
    "page", [f"<title>{NABE}</title>", f'<img alt="{NABE}">', "<p>渡邉\U000e0111様</p>", "<p>渡邉様</p>"]
)
def test_titles_attributes_and_all_other_characters_stay_as_they_are(page: str) -> None:
    assert variants.marked(page) == page
