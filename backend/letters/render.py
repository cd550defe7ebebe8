"""From a letter and its stored inputs to a PDF: tagged, Japanese, titled, everything in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from backend.letters import engine, fields, frame, glyphs, reading, template, variants
from backend.letters.engine import NotRenderable
from backend.letters.layout import Overflow, check_layout, paper_of
from backend.letters.ruby import Mode, with_ruby
from backend.letters.tokens import Token

if TYPE_CHECKING:
    from weasyprint import Document

    from backend.letters.definition import Letter

LARGEST_PAGE = 400_000  # characters of HTML; a letter has some 10,000


class DoesNotFit(NotRenderable):
    """The text has more than its pages, or runs out of its place."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a letter is set for its reader: in large type, with readings over characters."""

    large: bool = False
    ruby: Mode = ""


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as printed: the bytes, their hash, how many pages of which paper, how it is set."""

    pdf: bytes
    pages: int
    paper: str = "A4"
    large: bool = False
    ruby: Mode = ""

    @property
    def sha256(self) -> str:
        return sha256(self.pdf).hexdigest()


def check_glyphs(asked: Mapping[str, Any]) -> None:
    """Every character of what a letter is made from can be printed. Raises `MissingGlyph`, `FontsMissing`."""
    glyphs.require_all(asked)


def render(letter: "Letter", stored: Mapping[str, Any], token: Token | None = None) -> Rendered:
    """Print a letter from its stored inputs, `{"frame": …, "inputs": …}`.

    `token` is required where the letter has a tear-off slip. Raises `MissingGlyph`, `NotRenderable` (too many
    pages, text that runs out of its place, a refused address), `FontsMissing`.
    """
    with engine.alone():
        return _rendered(letter, stored, token)


def _rendered(letter: "Letter", stored: Mapping[str, Any], token: Token | None) -> Rendered:
    """The letter as it is wanted, or as near to that as fits; at last as it is declared."""
    for look in _looks(stored["frame"]):
        document, problems = _fitted(letter, stored, token, look)
        if not problems:
            return _written(document, look)
    raise DoesNotFit(f"{letter.name}: " + "; ".join(map(str, problems)))


def _looks(framed: Mapping[str, Any]) -> list[Look]:
    """How to try it, the most wanted first: letters are made smaller only where readings do not help."""
    large, mode = bool(framed.get("large")), framed.get("ruby", "")
    fewer: Mode = "names" if mode and framed.get("readings") else ""
    wanted = [Look(large, mode), Look(large, fewer), Look(large), Look(ruby=mode), Look(ruby=fewer), Look()]
    return list(dict.fromkeys(wanted))


def _fitted(
    letter: "Letter", stored: Mapping[str, Any], token: Token | None, look: Look
) -> tuple["Document", list[Overflow]]:
    """The letter with its address in the largest size the window holds, and what does not fit even so."""
    for size in frame.SIZES:
        document = _laid_out(letter, stored, token, size, look)
        problems = check_layout(document)
        if not any(problem.window for problem in problems):
            break
    pages = len(document.pages)
    too_many = [Overflow(pages, f"{pages} pages, {letter.pages} declared")] if pages > letter.pages else []
    return document, [*too_many, *problems]


def _written(document: "Document", look: Look) -> Rendered:
    pdf = engine.write(document)
    return Rendered(pdf, len(document.pages), paper_of(document), look.large, look.ruby)


def sheet(html: str, style: str) -> bytes:
    """Pages of the office's own (a form to fill in, an envelope) as a PDF. Raises as `render` does."""
    with engine.alone():
        return engine.write(_laid_out_page(html, "the sheet", style))


def layout(
    letter: "Letter",
    stored: Mapping[str, Any],
    token: Token | None = None,
    size: str = "",
    look: Look = PLAIN,
) -> "Document":
    """The laid-out pages before they become a PDF, for checks and pictures. Raises as `render` does."""
    with engine.alone():
        return _laid_out(letter, stored, token, size, look)


def _laid_out(
    letter: "Letter", stored: Mapping[str, Any], token: Token | None, size: str, look: Look
) -> "Document":
    if letter.tear_off and token is None:
        raise NotRenderable(f"{letter.name} has a tear-off slip and needs a token")
    glyphs.require_all(stored)
    html = page(letter, stored, token, size, look)
    return _laid_out_page(html, letter.template, letter.style)


def _laid_out_page(html: str, name: str, style: str) -> "Document":
    """A page with every visible character looked up, laid out. Raises `MissingGlyph`."""
    read = reading.read(variants.marked(html))
    glyphs.require(read.text, name)
    return engine.lay_out(html, read.root, style)


def page(
    letter: "Letter",
    stored: Mapping[str, Any],
    token: Token | None = None,
    size: str = "",
    look: Look = PLAIN,
) -> str:
    """The letter as HTML, its address in the window set in this size (one of `frame.SIZES`)."""
    values = fields.shown(letter.inputs, stored["inputs"])
    framed = frame.shown(stored["frame"], token, size, large=look.large)
    html = template.fill(letter.files, letter.template, {**values, "letter": framed})
    if len(html) > LARGEST_PAGE:
        raise DoesNotFit(f"{letter.name}: more than {LARGEST_PAGE:,} characters of HTML")
    return with_ruby(html, names=stored["frame"].get("readings"), mode=look.ruby)
