"""Canonical JSON, against RFC 8785 and its restriction."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.definitions.canonical import NotCanonical, canonical, content_hash

KEYS = st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


def test_keys_are_sorted_and_nothing_is_spaced():
    assert canonical({"b": [1, True, None], "a": "x"}) == b'{"a":"x","b":[1,true,null]}'


def test_only_what_json_must_escape_is_escaped():
    # RFC 8785 §3.2.2.2: two-character escapes where they exist, else lower-case \u00xx.
    assert canonical("\u20ac$\u000f\nA'B\"\\/") == '"€$\\u000f\\nA\'B\\"\\\\/"'.encode()


def test_a_name_keeps_its_variant_and_is_never_normalised():
    assert canonical("葛\U000e0100が") != canonical("葛が")
    assert canonical("か\u3099") != canonical("が")


@given(VALUES)
def test_reading_the_bytes_gives_the_value_back(value):
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(KEYS, SCALARS, max_size=5))
def test_the_order_of_writing_does_not_matter(value):
    turned = dict(reversed(list(value.items())))

    assert content_hash(turned) == content_hash(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": 1.5}, "/a: a float has no canonical form"),
        ({"a": [1, 2**53]}, "/a/1: 9007199254740992 is not below 2^53"),
        ({"名": 1}, "/: the key '名' must be an ASCII string."),
        ({1: 1}, "/: the key 1 must be an ASCII string."),
        (["x\0y"], "/0: the text holds NUL"),
        (["名\0"], "/0: the text holds NUL"),
        ("\ud83d", "/: the text holds half a character (U+D83D)"),
        ((1, 2), "/: a tuple has no canonical form"),
    ],
)
def test_what_has_no_one_form_is_refused_by_place(value, said):
    with pytest.raises(NotCanonical) as caught:
        canonical(value)

    assert said in str(caught.value)


def test_endless_nesting_is_refused_instead_of_exhausting_the_stack():
    value: list[object] = []
    for _ in range(50_000):
        value = [value]

    with pytest.raises(NotCanonical, match="nested deeper than 100 levels"):
        canonical(value)
