"""One spelling for many: what search compares, derived from a name as registered and never put in its place.

高/髙, 崎/﨑, 斎/齋/斉/齊 are one; hiragana, katakana and half-width kana are one; so are small and large
kana, since old systems print ｷﾖｳｺ for きょうこ, and づ/ず, ぢ/じ, ゐ/い, ゑ/え, を/お, since readings are
told by telephone.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_VARIANTS = Path(__file__).with_name("variants.txt")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SOUNDS = str.maketrans("ぁぃぅぇぉゕゖっゃゅょゎぢづゐゑを", "あいうえおかけつやゆよわじずいえお")
_PLAIN = "かきくけこさしすせそたちつてとはひふへほ"
_VOICED = dict(zip(_PLAIN, "がぎぐげござじずぜぞだじずでどばびぶべぼ", strict=True))
_DROPPED = "ー々ゝゞ〻"  # what is left of them stands at the head of a word and means nothing
_DIGITS = {
    number: str(value)
    for value, numbers in enumerate(("〇零", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for number in numbers
}
_COUNTED = re.compile("([〇零一二三四五六七八九十]+)(?=丁目|番|号|条|区)")
_JOINTS = re.compile(r"(?<=\d)(?:丁目|番地の|番地|番|号|の|‐|－|−|ー|―)(?=\d)")


def variant_groups() -> Iterator[tuple[str, ...]]:
    """The groups of `variants.txt`: characters that stand for one another, the one compared first."""
    for line in _VARIANTS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield tuple(line.split())


@lru_cache(maxsize=1)
def _variants() -> dict[int, str]:
    return {ord(other): first for first, *others in variant_groups() for other in others}


def plain(text: str) -> str:
    """Width, case, variation selectors and kanji variants made one; kana and punctuation kept."""
    text = _SELECTORS.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFC", text.casefold()).translate(_variants())


def _without_iteration(text: str) -> str:
    folded: list[str] = []
    for char in text:
        before = folded[-1] if folded else ""
        if char in "々ゝ〻" and before:
            folded.append(before)
        elif char == "ゞ" and before:
            folded.append(_VOICED.get(before, before))
        else:
            folded.append(char)
    return "".join(folded)


def fold(text: str) -> str:
    """A name or its reading as search compares it: letters and digits only, kana as hiragana.

    `fold("髙田　ハナ") == fold("高田はな")`. Folding twice changes nothing.
    """
    hiragana = _without_iteration(plain(text).translate(_KATAKANA).replace("ヽ", "ゝ").replace("ヾ", "ゞ"))
    sounds = hiragana.replace("ゔ", "ぶ").translate(_SOUNDS)
    return "".join(char for char in sounds if _is_written(char) and char not in _DROPPED)


def _is_written(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"


def fold_address(text: str) -> str:
    """An address as search compares it: 中浜一丁目2番3号 and 中浜1-2-3 are one."""
    text = _COUNTED.sub(lambda found: str(_kanji_number(found[1])), plain(text))
    text = _JOINTS.sub("-", re.sub(r"\s+", "", text))
    text = re.sub(r"(?<=\d)(?:丁目|番地|番|号)", "", text).translate(_KATAKANA)
    return "".join(char for char in text if _is_written(char) or char == "-")


def _kanji_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_DIGITS[char] for char in ones))
    high = int("".join(_DIGITS[char] for char in tens if char in _DIGITS) or "1")
    return high * 10 + int("".join(_DIGITS[char] for char in ones) or "0")


def digits(text: str) -> str:
    """The digits of a telephone number or postal code, however it is written."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char in "0123456789")


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters of a folded text."""
    return {text[at : at + 2] for at in range(len(text) - 1)}


def grams(text: str) -> set[str]:
    """Its characters and its pairs: an index of these finds a name of one character (林) too."""
    return set(text) | pairs(text)


def wanted(text: str) -> set[str]:
    """The grams that every text containing `text` has, as few as can be: its pairs, or its one character."""
    return pairs(text) or set(text)


PHONE_GRAM = 4


def phone_grams(number: str) -> set[str]:
    """The runs of four digits of a telephone number; a search by telephone needs at least four."""
    return {number[at : at + PHONE_GRAM] for at in range(len(number) - PHONE_GRAM + 1)}
