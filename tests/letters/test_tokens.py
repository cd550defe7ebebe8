import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.letters import tokens
from backend.letters.tokens import ALPHABET, ReplyCodeError, Token

CODES = st.lists(st.integers(0, 31), min_size=26, max_size=26).map(tokens._with_check)
PLACES = st.integers(0, 27)


@given(CODES)
def test_a_code_is_read_back_from_what_the_slip_shows(token):
    assert tokens.read(token.shown) == token


@given(CODES)
def test_case_width_spaces_and_lookalikes_do_not_matter(token):
    typed = token.code.lower().replace("0", "o").replace("1", "l")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in typed)

    assert tokens.read(" ".join(typed)) == token
    assert tokens.read(wide.replace("ｏ", "Ｏ")) == token
    assert tokens.read("－".join((wide[:4], wide[4:]))) == token


@given(CODES, PLACES, st.integers(1, 31))
def test_one_wrong_character_is_named_by_its_place(token, place, change):
    wrong = ALPHABET[ALPHABET.index(token.code[place]) ^ change]

    with pytest.raises(ReplyCodeError) as told:
        tokens.read(token.code[:place] + wrong + token.code[place + 1 :])

    assert told.value.position == place + 1


@given(CODES, PLACES, PLACES)
def test_two_characters_swapped_are_noticed(token, first, second):
    chars = list(token.code)
    chars[first], chars[second] = chars[second], chars[first]

    if chars == list(token.code):
        assert tokens.read("".join(chars)) == token
    else:
        with pytest.raises(ReplyCodeError):
            tokens.read("".join(chars))


@pytest.mark.parametrize("typed", ["", "0", "0" * 27, "0" * 29, "0" * 100_000])
def test_a_code_of_another_length_is_refused(typed):
    with pytest.raises(ReplyCodeError, match="28"):
        tokens.read(typed)


@given(st.text(max_size=60))
def test_anything_typed_that_is_no_code_is_refused_in_words(typed):
    with pytest.raises(ReplyCodeError, match=r"\w"):
        tokens.read(typed)


def test_tokens_are_random_and_never_shown_by_accident():
    made = {tokens.new().code for _i in range(200)}
    token = tokens.new()

    assert len(made) == 200
    assert token.code not in f"{token} {token!r} {[token]}"


def test_the_hash_is_not_the_token_and_differs_for_each():
    one, other = tokens.new(), tokens.new()

    assert one.hash != other.hash
    assert one.code not in one.hash
    assert Token(one.code).hash == one.hash


def test_a_paper_has_a_short_number_with_the_same_checks():
    token = tokens.new(tokens.PAPER_LENGTH)
    wrong = "Z" if token.code[4] != "Z" else "Y"

    assert tokens.read(token.shown, (8, 28)).hash == token.hash
    with pytest.raises(tokens.ReplyCodeError) as error:
        tokens.read(token.code[:4] + wrong + token.code[5:], (8, 28))
    assert error.value.position == 5


def test_what_a_scanner_reads_off_a_letter_is_understood():
    token = tokens.new()

    assert tokens.read(f"https://tsunagu.example/reply/#{token.code}").code == token.code
