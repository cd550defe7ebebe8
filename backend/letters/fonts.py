"""The fonts letters are set in: where they are, what is missing, and which characters they hold.

IPAex Mincho and Gothic are required. IPAmj Mincho (文字情報基盤, 60,000 ideographs) is used where it is
installed, for the few names IPAex does not hold. The very files found here are embedded and checked,
whatever else the machine has, so that a letter looks the same everywhere.
"""

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDERS = (
    "/usr/share/fonts/opentype/ipaexfont-mincho",
    "/usr/share/fonts/opentype/ipaexfont-gothic",
    "/usr/share/fonts/opentype/ipamj-mincho",
    "/usr/share/fonts/truetype/ipamj-mincho",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    str(Path.home() / ".local/share/fonts"),
    str(Path.home() / ".fonts"),
)
INSTALL = "sudo apt-get install -y fonts-ipaexfont-mincho fonts-ipaexfont-gothic"
VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))


@dataclass(frozen=True, slots=True)
class Family:
    """A font letters use.

    The name style sheets know it by, its file, and whether letters can do without it.
    """

    name: str
    title: str
    file: str
    required: bool = True


FAMILIES = (
    Family("Letter Mincho", "IPAex Mincho (IPAex明朝)", "ipaexm.ttf"),
    Family("Letter Gothic", "IPAex Gothic (IPAexゴシック)", "ipaexg.ttf"),
    Family("Letter Names", "IPAmj Mincho (IPAmj明朝)", "ipamjm.ttf", required=False),
)


class FontsMissing(RuntimeError):  # noqa: N818 - reads as what it says
    """Letters cannot be printed: a font is missing. The message names it and the command that brings it."""


@dataclass(frozen=True, slots=True)
class FontHealth:
    """Where each family was found; `missing` names those letters cannot do without, `remedy` what to type."""

    found: dict[str, Path]
    missing: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.missing

    @property
    def remedy(self) -> str:
        return "" if self.ok else f"{INSTALL}  # or set TSUNAGU_FONT_DIR to the folder that holds the files"

    def __str__(self) -> str:
        if self.ok:
            return "fonts: " + ", ".join(str(path) for path in self.found.values())
        return f"fonts: {' and '.join(self.missing)} not found; run: {self.remedy}"


def fonts() -> FontHealth:
    """Look for the fonts: TSUNAGU_FONT_DIR first, then the folders systems keep fonts in."""
    return _look(os.environ.get("TSUNAGU_FONT_DIR", ""))


@lru_cache(maxsize=4)
def _look(own_folder: str) -> FontHealth:
    folders = [Path(folder) for folder in (own_folder, *FOLDERS) if folder]
    found = {}
    for family in FAMILIES:
        path = _find(family.file, folders)
        if path:
            found[family.name] = path
    missing = tuple(one.title for one in FAMILIES if one.required and one.name not in found)
    return FontHealth(found, missing)


def _find(file: str, folders: Iterable[Path]) -> Path | None:
    for folder in folders:
        direct = folder / file
        if direct.is_file():
            return direct
        for path in sorted(folder.rglob(file)) if folder.is_dir() else ():
            return path
    return None


def require() -> FontHealth:
    """The fonts, all there. Raises `FontsMissing`."""
    health = fonts()
    if not health.ok:
        raise FontsMissing(str(health))
    return health


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters, and the variants of characters (base, selector), that every printed family offers."""

    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]


@lru_cache(maxsize=4)
def coverage(paths: tuple[Path, ...]) -> Coverage:
    """What can be printed with these files, read from their `cmap` tables."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - slow to load, needed once a process

    characters: set[int] = set()
    variants: set[tuple[int, int]] = set()
    for path in paths:
        with TTFont(path, lazy=True) as font:
            characters |= set(font.getBestCmap())
            for table in font["cmap"].tables:
                if table.format == 14:
                    variants |= {
                        (base, selector)
                        for selector, pairs in table.uvsDict.items()
                        for base, _glyph in pairs
                    }
    return Coverage(
        frozenset(code for code in characters if unicodedata.category(chr(code)) != "Co"), frozenset(variants)
    )
