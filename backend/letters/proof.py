"""The sample of every letter, printed as a check: it must fit its pages and every place in it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from backend.definitions.findings import Finding
from backend.definitions.yaml_text import Located
from backend.letters import render, tokens, window
from backend.letters.definition import Letter
from backend.letters.engine import NotRenderable
from backend.letters.frame import Issuing, compose
from backend.letters.glyphs import MissingGlyph
from backend.letters.house import House

SAMPLE_DAY = date(2026, 11, 24)
_SENDER = {
    "name": "海鳴市 福祉部 福祉課",
    "zip": "000-0001",
    "address": "海鳴市灯台前一丁目1番1号",
    "phone": "0832-00-0100",
    "email": "city-welfare@uminari.example",
    "officer": "佐藤　直子",
}


def sample(letter: Letter, house: House) -> dict[str, Any]:
    """The stored inputs of a letter's sample, as if the first sender issued it on a fixed day."""
    inputs = {name: value for name, value in letter.sample.items() if name != "addressee"}
    organisation = next(iter(house.senders))
    reply_by = inputs.get("reply_by") if letter.tear_off else None
    issuing = Issuing(
        number=f"{house.sender(organisation).symbol}第123号",
        dated_on=SAMPLE_DAY,
        sender=_SENDER,
        reply_by=date.fromisoformat(reply_by) if reply_by else None,
        large=letter.large,
    )
    addressee = letter.sample["addressee"]
    composed = compose(letter, house, issuing, organisation=organisation, addressee=addressee)
    return {"frame": composed, "inputs": inputs}


def prove(letters: Iterable[Letter], house: House) -> list[Finding]:
    """Print each letter's sample; a finding for each that cannot be printed as declared."""
    return [finding for letter in letters for finding in _proved(letter, house)]


def _proved(letter: Letter, house: House) -> Iterator[Finding]:
    located = letter.origin or Located({}, {}, f"letter {letter.name}")
    try:
        printed = render.render(letter, sample(letter, house), tokens.new() if letter.tear_off else None)
        if letter.large and not printed.large:
            yield located.finding(
                ("large",), "the sample does not fit in large type", "take it out, or shorten it"
            )
        for told in window.wrong(printed.pdf, house.window) if letter.window else ():
            yield located.finding(("window",), told, "move it, or correct house/paper.yaml")
    except MissingGlyph as error:
        where = ("sample", *error.where.removeprefix("inputs.").split("."))
        yield located.finding(
            where, f"the sample's {error.where} holds {error.what}, in no font", error.remedy
        )
    except NotRenderable as error:
        message = f"the sample cannot be printed: {error}"
        yield located.finding(("sample",), message, "shorten it or mend the template")
    except ValueError as error:
        message = f"the sample cannot be addressed: {error}"
        yield located.finding(("sample", "addressee"), message, "correct the addressee")
