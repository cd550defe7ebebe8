"""The text formats of forms: as patterns any JSON Schema tool understands, and how typed text becomes one.

Reading is kind: full-width digits, any hyphen, a leading 〒, katakana and half-width kana are all accepted.
What cannot be read stays as typed, so that the check names it and nothing is lost.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

from backend.answers.eras import DateNotRead, parse_date, parse_time

# No control characters and no marks that turn the direction of text (they make a letter show what it does
# not say).
_UNSEEN = r"\u202a-\u202e\u2066-\u2069"
LINE = rf"^[^\u0000-\u001f\u007f{_UNSEEN}]*$"
LINES = rf"^[^\u0000-\u0008\u000b-\u001f\u007f{_UNSEEN}]*$"

# What a format means as standard keywords, so that tools that do not know it agree with us.
MEANING: Mapping[str, Mapping[str, str | int]] = {
    "date": {
        "maxLength": 10,
        "pattern": "^(186[89]|18[7-9][0-9]|19[0-9]{2}|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}$",
    },
    "date-time": {
        "maxLength": 35,
        "pattern": "^(186[89]|18[7-9][0-9]|19[0-9]{2}|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}T",
    },
    "clock": {"maxLength": 5, "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "zip": {"maxLength": 8, "pattern": "^[0-9]{3}-[0-9]{4}$"},
    "phone": {"pattern": r"^(0(-?[0-9]){9,10}|\+[0-9](-?[0-9]){7,14})$"},
    "kana": {"pattern": "^[ぁ-ゖァ-ヺー・･゛゜ゝゞヽヾ 　]+$"},
    "email": {"pattern": LINE},
    "uuid": {"maxLength": 36},
    "code": {"maxLength": 40, "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"},
}
LONGEST_TYPED = 200  # characters; formats are short, anything longer is left as typed

_HYPHENS = re.compile("[‐‑‒–—―−ーｰ﹣－]")
_KANA = re.compile(str(MEANING["kana"]["pattern"]))
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def read_date(typed: str) -> str:
    """ISO date of any spelling of a date."""
    try:
        return parse_date(typed).isoformat()
    except DateNotRead:
        return typed


def read_clock(typed: str) -> str:
    """HH:MM of any spelling of a time."""
    try:
        return parse_time(typed)
    except DateNotRead:
        return typed


def read_zip(typed: str) -> str:
    """NNN-NNNN of seven digits however written."""
    digits = _digits(typed.replace("〒", ""))
    return f"{digits[:3]}-{digits[3:]}" if re.fullmatch("[0-9]{7}", digits) else typed


def read_phone(typed: str) -> str:
    """A phone number with half-width digits and hyphens, grouped as typed."""
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", typed))
    plain = re.sub(r"[()\s.]+", "-", plain)
    plain = re.sub("-{2,}", "-", plain).strip("-")
    return plain if re.fullmatch(r"\+?[0-9-]+", plain) else typed


def read_kana(typed: str) -> str:
    """A reading in hiragana, from hiragana, katakana or half-width kana, with single spaces."""
    plain = " ".join(unicodedata.normalize("NFKC", typed).translate(_KATAKANA).split())
    return plain if _KANA.fullmatch(plain) else typed


def read_email(typed: str) -> str:
    """An address with half-width characters."""
    plain = unicodedata.normalize("NFKC", typed)
    return plain if "@" in plain else typed


def read_whole(typed: str) -> int | str:
    """A whole number, from full-width digits, with commas or spaces; otherwise as typed."""
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED])
    plain = re.sub(r"[,\s]", "", _HYPHENS.sub("-", plain))
    return int(plain) if re.fullmatch("-?[0-9]{1,15}", plain) else typed


def _digits(typed: str) -> str:
    return re.sub(r"[\s-]", "", _HYPHENS.sub("-", unicodedata.normalize("NFKC", typed)))


READERS: Mapping[str, Callable[[str], str]] = {
    "date": read_date,
    "clock": read_clock,
    "zip": read_zip,
    "phone": read_phone,
    "kana": read_kana,
    "email": read_email,
}
