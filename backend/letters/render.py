"""From a letter and its stored inputs to a PDF (WeasyPrint, the only place that imports it).

The PDF is tagged (PDF/UA-1), Japanese, titled, with embedded subsets of the letters' own fonts. Nothing is
fetched but `data:` addresses; a refused address stops the rendering instead of leaving a hole in the
letter.
"""

import atexit
import gc
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import compress

from backend.letters import fields, fonts, frame, glyphs, template, variants
from backend.letters.layout import Overflow, check_layout, paper_of
from backend.letters.tokens import Token

if TYPE_CHECKING:
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration

    from backend.letters.definition import Letter

LARGEST_PAGE = 400_000  # characters of HTML; a letter has some 10,000


class NotRenderable(RuntimeError):  # noqa: N818 - reads as what it says
    """The letter cannot be printed as defined; the message says why and what to do."""


class DoesNotFit(NotRenderable):
    """The text has more than its pages, or runs out of its place."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as printed: the bytes, their hash, how many pages of which paper, whether in large type."""

    pdf: bytes
    pages: int
    paper: str = "A4"
    large: bool = False

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
    with _alone():
        return _rendered(letter, stored, token)


def _rendered(letter: "Letter", stored: Mapping[str, Any], token: Token | None) -> Rendered:
    """The letter in large type where it is wanted and fits, else as it is declared."""
    if stored["frame"].get("large"):
        document, problems = _fitted(letter, stored, token, large=True)
        if not problems:
            return _written(document, large=True)
    document, problems = _fitted(letter, stored, token)
    if problems:
        raise DoesNotFit(f"{letter.name}: " + "; ".join(map(str, problems)))
    return _written(document)


def _fitted(
    letter: "Letter", stored: Mapping[str, Any], token: Token | None, *, large: bool = False
) -> tuple["Document", list[Overflow]]:
    """The letter with its address in the largest size the window holds, and what does not fit even so."""
    for size in frame.SIZES:
        document = _laid_out(letter, stored, token, size, large=large)
        problems = check_layout(document)
        if not any(problem.window for problem in problems):
            break
    pages = len(document.pages)
    too_many = [Overflow(pages, f"{pages} pages, {letter.pages} declared")] if pages > letter.pages else []
    return document, [*too_many, *problems]


def _written(document: "Document", *, large: bool = False) -> Rendered:
    pdf = document.write_pdf(pdf_variant="pdf/ua-1", finisher=_compress)
    return Rendered(pdf, len(document.pages), paper_of(document), large)


def sheet(html: str, style: str) -> bytes:
    """Pages of the office's own (a form to fill in, an envelope) as a PDF. Raises as `render` does."""
    glyphs.require(_text(html), "the sheet")
    with _alone():
        return bytes(_lay_out(html, style).write_pdf(pdf_variant="pdf/ua-1", finisher=_compress))


def layout(
    letter: "Letter",
    stored: Mapping[str, Any],
    token: Token | None = None,
    size: str = "",
    *,
    large: bool = False,
) -> "Document":
    """The laid-out pages before they become a PDF, for checks and pictures. Raises as `render` does."""
    with _alone():
        return _laid_out(letter, stored, token, size, large=large)


def _laid_out(
    letter: "Letter", stored: Mapping[str, Any], token: Token | None, size: str, *, large: bool = False
) -> "Document":
    if letter.tear_off and token is None:
        raise NotRenderable(f"{letter.name} has a tear-off slip and needs a token")
    glyphs.require_all(stored)
    html = page(letter, stored, token, size, large=large)
    glyphs.require(_text(html), letter.template)
    return _lay_out(html, letter.style)


def page(
    letter: "Letter",
    stored: Mapping[str, Any],
    token: Token | None = None,
    size: str = "",
    *,
    large: bool = False,
) -> str:
    """The letter as HTML, its address in the window set in this size (one of `frame.SIZES`)."""
    values = fields.shown(letter.inputs, stored["inputs"])
    framed = frame.shown(stored["frame"], token, size, large=large)
    html = template.fill(letter.files, letter.template, {**values, "letter": framed})
    if len(html) > LARGEST_PAGE:
        raise DoesNotFit(f"{letter.name}: more than {LARGEST_PAGE:,} characters of HTML")
    return html


def _text(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


class _Text(HTMLParser):
    """Collects what will be visible: text, and the words that stand for pictures."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


# --- WeasyPrint ----------------------------------------------------------------------------------------

_FONT_SCHEME = "tsunagu-font"
_COMPRESSION = 4
_FOOTNOTES = re.compile(r"^::(?:foot)?note-[^{]*\{[^}]*\}", re.MULTILINE)
_ONE_AT_A_TIME = threading.Lock()  # Pango's font map, shared by all letters, is not safe for several threads


@contextmanager
def _alone() -> Iterator[None]:
    """One thread at a time, and no garbage collection meanwhile.

    Collecting would walk the whole process several times a letter, and every box of a letter still at work.
    What WeasyPrint complains of goes nowhere else: its messages quote addresses and so the slip's token.
    Raises `NotRenderable` where it left something out.
    """
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415 - slow to load

    with _ONE_AT_A_TIME:
        collecting = gc.isenabled()
        gc.disable()
        try:
            with _listening() as errors:
                yield
        except FatalURLFetchingError as error:
            raise NotRenderable("the letter loads something from outside") from error
        finally:
            if collecting:
                gc.enable()
    if errors:
        raise NotRenderable(f"something cannot be drawn or loads from outside ({len(errors)} complaints)")


class _Errors(logging.Handler):
    """Counts what WeasyPrint could not do."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.msg)  # the pattern, without the address it was about


@contextmanager
def _listening() -> Iterator[list[str]]:
    logger, handler = logging.getLogger("weasyprint"), _Errors()
    logger.addHandler(handler)
    before, logger.propagate = logger.propagate, False
    try:
        yield handler.messages
    finally:
        logger.propagate = before
        logger.removeHandler(handler)


def _lay_out(html: str, style: str) -> "Document":
    source = _reader()(string=variants.marked(html), url_fetcher=_fetcher())
    sheets = [_style(style), _style(variants.STYLE)]
    return source.render(font_config=font_configuration(), stylesheets=sheets)


def _compress(_document: "Document", pdf: Any) -> None:
    """Compress pages and fonts here: a level that takes half the time of WeasyPrint's for 3 % more bytes."""
    for part in pdf.objects:
        if getattr(part, "compress", False):
            part.compress = False
            _dictionary, _mark, content = part.data.partition(b"\nstream\n")
            part.stream = [compress(content.removesuffix(b"\nendstream"), _COMPRESSION)]
            part.extra["Filter"] = "/FlateDecode"


@lru_cache(maxsize=1)
def _reader() -> Any:
    """Reads HTML without WeasyPrint's rules for footnotes.

    Letters have none, and those rules cost five more styles for every element, 3 % of the time of a letter.
    """
    import weasyprint  # noqa: PLC0415 - slow to load

    rules = Path(weasyprint.__file__).with_name("css") / "html5_ua.css"
    text = _FOOTNOTES.sub("", rules.read_text(encoding="utf-8"))
    sheets = [weasyprint.CSS(string=text, url_fetcher=_fetcher())]

    class WithoutFootnotes(weasyprint.HTML):  # type: ignore[misc]
        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return sheets

    return WithoutFootnotes


@lru_cache(maxsize=1)
def _fetcher() -> Any:
    """Fetches `data:` addresses and nothing else; what it refuses stops the letter."""
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    class DataOnly(URLFetcher):  # type: ignore[misc]
        """WeasyPrint's own default embeds local files and fetches any address (TRUST finding 7)."""

    return DataOnly(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


@lru_cache(maxsize=1)
def font_configuration() -> "FontConfiguration":
    """One for the whole process: without it memory reaches 426 MB after 14 letters."""
    from weasyprint import CSS  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    configuration = FontConfiguration()
    atexit.register(font_configuration.cache_clear)  # it keeps copies of the fonts in a folder of its own
    for name, path in fonts.require().found.items():
        rule = f'@font-face {{ font-family: "{name}"; src: url("{_FONT_SCHEME}:{path.name}") }}'
        CSS(string=rule, font_config=configuration, url_fetcher=_font_fetcher(path))
    return configuration


def _font_fetcher(path: Path) -> Any:
    """Hands out this one font.

    A `data:` address would do, but parsing 8 MB of style sheet takes two seconds.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OneFont(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if url != f"{_FONT_SCHEME}:{path.name}":
                raise ValueError(f"not a font of the letters: {url}")
            return URLFetcherResponse(url, path.read_bytes())

    return OneFont(allowed_protocols=(_FONT_SCHEME,), fail_on_errors=True)


@lru_cache(maxsize=32)
def _style(text: str) -> "CSS":
    from weasyprint import CSS  # noqa: PLC0415

    return CSS(string=text, font_config=font_configuration(), url_fetcher=_fetcher())
