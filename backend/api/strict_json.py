"""A JSON reader that takes nothing another program might read differently.

Refused, each with its line: text that is not UTF-8, nesting deeper than 32, a key given twice or not ASCII,
NUL, half a surrogate pair, NaN and Infinity, floats, whole numbers from 2^53 on. What passes has a canonical
form (`backend.definitions.canonical`), so it can be hashed, stored in PostgreSQL and shown again as it came.
"""

import json
import re
from typing import Any, NoReturn

from django.utils.translation import gettext as _

DEEPEST = 32
_LARGEST = 2**53 - 1
_TOKEN = re.compile(
    r'(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")(?P<key>\s*+:)?'
    r"|(?P<number>-?\d[\d.eE+-]*+)|(?P<word>-?[A-Za-z]++)|(?P<open>[\[{])|(?P<close>[\]}])",
    re.DOTALL,
)
_WORDS = {"true", "false", "null"}


class NotJson(ValueError):  # noqa: N818 - reads as what it says
    """The body is not acceptable JSON: `what` is wrong, in `line` (from 1)."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


def loads(data: bytes) -> Any:
    """The value written in `data`. Raises `NotJson` at the first thing refused."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(_("The text is not UTF-8."), data[: error.start].count(b"\n") + 1) from None
    _Scan(text).require()
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise NotJson(_("It is not JSON: %(what)s.") % {"what": error.msg}, error.lineno) from None


class _Scan:
    """One pass over the tokens; syntax itself is the standard reader's business afterwards."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._keys: list[set[str]] = []

    def require(self) -> None:
        for token in _TOKEN.finditer(self._text):
            if token["text"] is not None:
                self._string(token)
            elif token["number"] is not None:
                self._number(token)
            elif token["word"] is not None:
                if token["word"] not in _WORDS:
                    self._refuse(_("%(word)s is not JSON.") % {"word": token["word"][:20]}, token)
            elif token["open"] is not None:
                self._keys.append(set())
                if len(self._keys) > DEEPEST:
                    self._refuse(_("It is nested deeper than %(most)s levels.") % {"most": DEEPEST}, token)
            elif self._keys:
                self._keys.pop()

    def _string(self, token: re.Match[str]) -> None:
        written = token["text"]
        value = written[1:-1] if "\\" not in written else self._unescaped(token)
        if "\0" in value:
            self._refuse(_("A text holds NUL (U+0000)."), token)
        if not value.isascii():
            self._whole(value, token)
        if token["key"] is not None:
            self._key(value, token)

    def _whole(self, value: str, token: re.Match[str]) -> None:
        try:
            value.encode()
        except UnicodeEncodeError:
            self._refuse(_("A text holds half a character (a lone surrogate)."), token)

    def _unescaped(self, token: re.Match[str]) -> str:
        try:
            value: str = json.loads(token["text"], strict=False)
        except ValueError:
            self._refuse(_("A text holds an escape that JSON does not know."), token)
        return value

    def _key(self, name: str, token: re.Match[str]) -> None:
        if not name.isascii():
            self._refuse(_("A key is not ASCII."), token)
        if self._keys and name in self._keys[-1]:
            self._refuse(_("The key %(key)s is given twice.") % {"key": name[:60]}, token)
        if self._keys:
            self._keys[-1].add(name)

    def _number(self, token: re.Match[str]) -> None:
        written = token["number"]
        if any(char in written for char in ".eE"):
            self._refuse(_("A number has a fraction or an exponent; write it as a whole number."), token)
        digits = written.lstrip("-")
        if len(digits) > 16 or (digits.isdecimal() and int(digits) > _LARGEST):
            self._refuse(_("A number is 2^53 or more; write it as a text."), token)

    def _refuse(self, what: str, token: re.Match[str]) -> NoReturn:
        raise NotJson(what, self._text.count("\n", 0, token.start()) + 1)
