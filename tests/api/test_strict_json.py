"""What the reader in front of the API takes, and what it refuses with its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.strict_json import DEEPEST, NotJson, loads
from backend.definitions.canonical import NotCanonical, canonical

TEXTS = st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
KEYS = st.text(alphabet=st.characters(codec="ascii", exclude_characters="\0"), max_size=8)
WHOLE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)

REFUSED = {
    "a key given twice": (b'{"a": 1,\n "a": 2}', 2),
    "a key given twice, once escaped": (b'{"a": 1,\n\n "\\u0061": 2}', 3),
    "a key that is not ASCII": ('{"氏名": 1}'.encode(), 1),
    "a NUL written out": (b'{"a":\n "\\u0000"}', 2),
    "a raw NUL": (b'{"a": "\0"}', 1),
    "half a surrogate pair": (b'{"a": "\\ud83d"}', 1),
    "surrogates the wrong way round": (b'{"a": "\\ude00\\ud83d"}', 1),
    "bytes that are not UTF-8": (b'{\n"a": "\xff"}', 2),
    "a surrogate in UTF-8": (b'{"a": "\xed\xa0\x80"}', 1),
    "NaN": (b'{"a": NaN}', 1),
    "Infinity": (b'{"a": -Infinity}', 1),
    "a float": (b'{"a":\n\n1.5}', 3),
    "an exponent": (b'{"a": 1e400}', 1),
    "a number of 2^53": (b"[9007199254740992]", 1),
    "a number with 5000 digits": (b"[" + b"9" * 5000 + b"]", 1),
    "deep nesting": (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), 1),
    "100,000 brackets": (b"[" * 100_000, 1),
    "a trailing comma": (b'{"a": 1,}', 1),
    "a comment": (b'{"a": 1} // why', 1),
    "two values": (b"{} {}", 1),
    "nothing at all": (b"", 1),
    "a byte order mark": (b"\xef\xbb\xbf{}", 1),
    "a text that never ends": (b'{"a": "', 1),
    "a number with a leading zero": (b'{"a": 01}', 1),
}


@pytest.mark.parametrize(("data", "line"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_its_line(data: bytes, line: int) -> None:
    with pytest.raises(NotJson) as refused:
        loads(data)

    assert refused.value.line == line
    assert refused.value.what


@given(VALUES)
def test_what_has_a_canonical_form_is_read_as_it_is(value: object) -> None:
    assert loads(canonical(value)) == value


@given(VALUES, st.booleans())
def test_escapes_and_white_space_change_nothing(value: object, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=1).encode()

    assert loads(data) == value


@given(st.text(alphabet='{}[]":,\\u019.eE-+ntrfalsd\n\0 髙', max_size=40))
def test_whatever_is_read_has_a_canonical_form(text: str) -> None:
    try:
        value = loads(text.encode())
    except NotJson:
        return
    try:
        canonical(value)
    except NotCanonical as error:
        pytest.fail(str(error))


def test_names_are_kept_as_written() -> None:
    name = "髙田\U000e0100 𠮷👩‍👧"

    assert loads(json.dumps({"name": name}).encode()) == {"name": name}
