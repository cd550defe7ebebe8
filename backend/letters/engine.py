"""WeasyPrint, as letters use it: one at a time, with their own fonts, loading only `data:` addresses.

A refused address stops the rendering instead of leaving a hole in the letter.
"""

import atexit
import gc
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element
from zlib import compress

from backend.letters import fonts, ruby, variants
from backend.letters.pictures import Pictures

if TYPE_CHECKING:
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration


class NotRenderable(RuntimeError):  # noqa: N818 - reads as what it says
    """The letter cannot be printed as defined; the message says why and what to do."""


_FONT_SCHEME = "tsunagu-font"
_COMPRESSION = 4
_FOOTNOTES = re.compile(r"^::(?:foot)?note-[^{]*\{[^}]*\}", re.MULTILINE)
_ONE_AT_A_TIME = threading.Lock()  # Pango's font map, shared by all letters, is not safe for several threads


@contextmanager
def alone() -> Iterator[None]:
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


def lay_out(html: str, root: Element | None, style: str) -> "Document":
    """Pages of an HTML page; `root` is its tree where it was read already (`backend.letters.reading`)."""
    source = _reader()(html, root)
    sheets = [_style(style), _style(variants.STYLE), _style(ruby.STYLE)]
    document: Document = source.render(font_config=font_configuration(), stylesheets=sheets, cache=Pictures())
    return document


def write(document: "Document") -> bytes:
    """The pages as a PDF: tagged (PDF/UA-1), with embedded subsets of the letters' own fonts."""
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1", finisher=_compress))


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
    """WeasyPrint's page, of a tree that is read already, and without its rules for footnotes.

    Letters have none, and those rules cost five more styles for every element, 3 % of the time of a letter.
    """
    import weasyprint  # noqa: PLC0415 - slow to load

    rules = Path(weasyprint.__file__).with_name("css") / "html5_ua.css"
    text = _FOOTNOTES.sub("", rules.read_text(encoding="utf-8"))
    sheets = [weasyprint.CSS(string=text, url_fetcher=_fetcher())]

    class Read(weasyprint.HTML):  # type: ignore[misc]
        def __init__(self, html: str, root: Element | None) -> None:
            if root is None:
                super().__init__(string=html, url_fetcher=_fetcher())
                return
            self.base_url, self.url_fetcher, self.media_type = None, _fetcher(), "print"
            wrap = weasyprint.cssselect2.ElementWrapper
            self.wrapper_element = wrap.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return sheets

    return Read


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
