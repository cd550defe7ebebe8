"""What no log may hold: the token of a recipient's link."""

import logging
import re

_LINK = re.compile(r"(/r/)[A-Za-z0-9_-]{16,}")


def masked(text: str) -> str:
    """A text in which every link of a recipient has lost its token."""
    return _LINK.sub(r"\1…", text)


class MaskedLinks(logging.Filter):
    """Takes the tokens of links out of whatever is logged, also where an address is only a parameter."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if "/r/" in said:
            record.msg, record.args = masked(said), None
        return True
