"""Breaking labels into lines that fit a box, in Japanese and English."""

from unicodedata import east_asian_width

_NOT_FIRST = set("、。，．・）」』】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ)?!？！")


def columns(text: str) -> int:
    """How wide a text is: a full-width character counts two."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def wrap(text: str, most: int, lines: int) -> list[str]:
    """Lines of at most `most` columns, about equally long; what does not fit ends in ….

    Text with spaces and no full-width character breaks between words, other text between characters, but
    never before a closing bracket, a full stop or a small kana.
    """
    needed = -(-columns(text) // most)
    if columns(text) == len(text):
        found = _fill(text.split(" "), " ", most)
    else:
        even = -(-columns(text) // needed) + 1
        found = _fill(list(text), "", min(even, most))
        found = found if len(found) <= needed else _fill(list(text), "", most)
    return found if len(found) <= lines else [*found[: lines - 1], f"{found[lines - 1][:-1]}…"]


def _fill(pieces: list[str], joint: str, most: int) -> list[str]:
    found = [pieces[0]]
    for piece in pieces[1:]:
        longer = found[-1] + joint + piece
        if columns(longer) <= most or piece in _NOT_FIRST:
            found[-1] = longer
        else:
            found.append(piece)
    return found
