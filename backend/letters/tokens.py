"""The token of a slip or a paper form: random, stored only as a hash, readable aloud.

It is printed twice: as QR, on a letter behind the address of the page that takes the answer, and in groups
of four characters of Crockford's base32 (no I, L, O, U). The last two are Reed-Solomon check symbols over
GF(32), so that any one or two wrong characters are noticed, and of one wrong character the place is known.

A slip that anybody may answer with has 28 characters: 130 random bits, which nobody guesses. A paper that
only the office keys in has 8: whoever types it has signed in and is shown nothing they could not see
without it, so that 30 bits are enough and two seconds of typing.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, PAPER_LENGTH, GROUP = 28, 8, 4
_CHECKS = 2
BEFORE_CODE, MOST_TYPED = "#", 200
_ALIKE = str.maketrans("OIL", "011")
_IGNORED = " 　-‐‑‒–—―−ー・.\t"
_VALUE = {char: value for value, char in enumerate(ALPHABET)}


def _powers() -> list[int]:
    """Powers of x in GF(32) modulo x^5 + x^2 + 1."""
    powers, value = [], 1
    for _step in range(31):
        powers.append(value)
        value <<= 1
        if value & 32:
            value ^= 0b100101
    return powers


_EXP = _powers()
_LOG = {value: power for power, value in enumerate(_EXP)}


def _times(a: int, b: int) -> int:
    return _EXP[(_LOG[a] + _LOG[b]) % 31] if a and b else 0


class ReplyCodeError(ValueError):
    """A reply code that cannot be right; `position` (from 1) is the character to look at, if one is known."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is printed. It has no `repr` of its value, so that no log can show it."""

    code: str

    def __repr__(self) -> str:
        return "Token(…)"

    __str__ = __repr__

    @property
    def shown(self) -> str:
        """In groups of four, as on the slip: `7K3Q-09XA-…`."""
        return "-".join(self.code[i : i + GROUP] for i in range(0, len(self.code), GROUP))

    @property
    def hash(self) -> str:
        """What the database keeps: SHA-256 under its own prefix, in hex."""
        return hashlib.sha256(b"tsunagu/reply/1\0" + self.code.encode()).hexdigest()


def new(length: int = LENGTH) -> Token:
    """A fresh token, of random characters but for the two that check them."""
    return _with_check([secrets.randbelow(32) for _i in range(length - _CHECKS)])


def _with_check(data: list[int]) -> Token:
    """Two symbols p, q with Σ c_i = 0 and Σ c_i·x^i = 0 over all places."""
    total, weighted = _syndromes(data)
    a, b = _EXP[len(data)], _EXP[len(data) + 1]
    # p + q = total and a·p + b·q = weighted, in a field where + is its own inverse
    q = _EXP[(_LOG[weighted ^ _times(a, total)] - _LOG[a ^ b]) % 31] if weighted ^ _times(a, total) else 0
    return Token("".join(ALPHABET[value] for value in [*data, total ^ q, q]))


def _syndromes(values: list[int]) -> tuple[int, int]:
    total = weighted = 0
    for place, value in enumerate(values):
        total ^= value
        weighted ^= _times(value, _EXP[place])
    return total, weighted


def read(text: str, lengths: tuple[int, ...] = (LENGTH,)) -> Token:
    """A token from what somebody typed: case, width, hyphens and spaces do not matter, O is 0, I and L are 1.

    What a scanner reads off a letter's QR, the address with the token behind it, is understood too.
    Raises `ReplyCodeError`, naming the character to look at where one wrong character explains it.
    """
    typed = unicodedata.normalize("NFKC", text[:MOST_TYPED]).rpartition(BEFORE_CODE)[2]
    plain = typed.upper().translate(_ALIKE)
    code = "".join(char for char in plain if char not in _IGNORED)
    for position, char in enumerate(code, start=1):
        if char not in _VALUE:
            raise ReplyCodeError(_look_at(position), position)
    if len(code) not in lengths:
        want = "/".join(map(str, lengths))
        told = _("The number has %(want)s characters; %(got)d were given.")
        raise ReplyCodeError(told % {"want": want, "got": len(code)})
    total, weighted = _syndromes([_VALUE[char] for char in code])
    if not total and not weighted:
        return Token(code)
    position = (_LOG[weighted] - _LOG[total]) % 31 + 1 if total and weighted else 0
    if 1 <= position <= len(code):
        raise ReplyCodeError(_look_at(position), position)
    raise ReplyCodeError(_("The number does not fit. Please compare it with the slip once more."))


def _look_at(position: int) -> str:
    """Where to look: nobody counts to 28, so in a long number the group is named as well."""
    group, within = divmod(position - 1, GROUP)
    if not group:
        return _("Please look at character %(position)d of the number.") % {"position": position}
    told = _("Please look at group %(group)d of the number, its character %(within)d.")
    return told % {"group": group + 1, "within": within + 1}
