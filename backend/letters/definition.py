"""Letters as defined: `forms/letters/<name>.yaml` and `<name>.html`, read, checked, frozen, pinned by hash.

A letter's version is the hash of its declaration together with every file it prints with (template, shared
parts, style sheet), so that a letter issued today can be rendered again exactly as it was defined.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from backend.definitions.canonical import content_hash
from backend.definitions.findings import DefinitionError, Finding, errors
from backend.definitions.shapes import conform
from backend.definitions.source import Located, Source, find, roots
from backend.letters import fields, template
from backend.letters.context import PATHS
from backend.letters.fields import Input
from backend.letters.ruby import Mode

KIND: Literal["letter"] = "letter"
STYLE = "letter.css"
_SCHEMA = Path(__file__).parent / "schemas" / "letter.json"
_FOLDER = ("forms", "letters")
_OF_THE_STEP = ("answers", "words")


@dataclass(frozen=True)
class Letter:
    """One letter as defined. `files` are the texts it prints with, by file name; `hash` names the version.

    `origin` is the file it was read from; None for a published one.
    """

    name: str
    title_ja: str
    title_en: str
    addressee: Literal["resident", "receiver", "reporter", "debtor"]
    seal: Literal["sealed", "omitted", "electronic"]
    pages: int
    inputs: tuple[Input, ...]
    sample: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    declaration: Mapping[str, Any] = field(repr=False)
    hash: str
    several: bool = False
    season_greeting: bool = False
    window: bool = False
    large: bool = False  # in large type to whom is of age, where it fits
    ruby: Mode = ""  # readings over characters, whoever receives it
    valid_days: int | None = None
    slip_form: str = ""  # the form in which an answered slip is keyed in
    two_person: bool = False
    approval: bool = False
    origin: Located | None = field(default=None, repr=False, compare=False)

    @property
    def template(self) -> str:
        return f"{self.name}.html"

    @property
    def style(self) -> str:
        return self.files.get(STYLE, "")

    @property
    def tear_off(self) -> bool:
        return self.valid_days is not None

    def answers(self, *, required: bool) -> frozenset[str]:
        """The answers of the step it prints: those it cannot be written without, or the others."""
        paths = (one.source.split(".") for one in self.inputs if one.required is required)
        return frozenset(path[1] for path in paths if path[0] in _OF_THE_STEP and len(path) > 1)

    def to_content(self) -> dict[str, Any]:
        """The canonical content that `hash` is taken of and that publishing stores."""
        return {"declaration": dict(self.declaration), "files": _file_list(self.files)}


def from_content(content: Mapping[str, Any]) -> Letter:
    """A letter from its published content."""
    files = {one["name"]: one["text"] for one in content["files"]}
    return _letter(content["declaration"], files)


def load(sources: Iterable[Source]) -> tuple[dict[str, Letter], list[Finding]]:
    """Every letter that can be used, by name, and everything wrong with the others, all at once.

    Rendering the samples is a check of its own (`backend.letters.proof.prove`): it takes a tenth of a
    second each.
    """
    letters: dict[str, Letter] = {}
    findings: list[Finding] = []
    for source in sources:
        found, letter = _read(source)
        findings += found
        if letter is not None:
            letters[letter.name] = letter
    return letters, findings


@lru_cache(maxsize=1)
def current() -> Mapping[str, Letter]:
    """The letters in use. Raises `DefinitionError` with every finding."""
    letters, findings = load(find(KIND))
    if errors(findings):
        raise DefinitionError(errors(findings))
    return letters


def _read(source: Source) -> tuple[list[Finding], Letter | None]:
    try:
        located = source.read()
    except DefinitionError as error:
        return list(error.findings), None
    findings = conform(located, _SCHEMA)
    if errors(findings):
        return findings, None
    files, missing = _files(source, located)
    findings += missing or _declared(source, located)
    if errors(findings):
        return findings, None
    letter = replace(_letter(located.value, files), origin=located)
    findings += _template(source, letter) + _sample(located, letter)
    return findings, None if errors(findings) else letter


def _letter(value: Mapping[str, Any], files: Mapping[str, str]) -> Letter:
    optional = {
        key: value[key]
        for key in ("several", "season_greeting", "window", "large", "ruby", "two_person", "approval")
        if key in value
    }
    return Letter(
        name=value["letter"],
        title_ja=value["title"]["ja"],
        title_en=value["title"]["en"],
        addressee=value["addressee"],
        seal=value["seal"],
        pages=value["pages"],
        inputs=tuple(_input(name, one) for name, one in value["inputs"].items()),
        sample=value["sample"],
        files=files,
        declaration=value,
        hash=content_hash({"declaration": dict(value), "files": _file_list(files)}),
        valid_days=value["tear_off"]["valid_days"] if "tear_off" in value else None,
        slip_form=value["tear_off"].get("form", "") if "tear_off" in value else "",
        **optional,
    )


def _file_list(files: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "text": files[name]} for name in sorted(files)]


def _input(name: str, value: Mapping[str, Any]) -> Input:
    return Input(
        name=name,
        type=value["type"],
        title_ja=value["title"]["ja"],
        title_en=value["title"]["en"],
        required=value.get("required", True),
        most=value.get("most"),
        source=value.get("from", ""),
        options={code: words["ja"] for code, words in value.get("options", {}).items()},
        without=frozenset(value.get("without", ())),
    )


# --- checks --------------------------------------------------------------------------------------------


def _files(source: Source, located: Located) -> tuple[dict[str, str], list[Finding]]:
    """The texts a letter prints with.

    Its template, and the shared parts (those without a YAML file of their own).
    """
    own = source.path.with_suffix(".html")
    if not own.is_file():
        finding = located.finding(
            ("letter",), f"there is no {own.name}", "write the template beside this file"
        )
        return {}, [finding]
    paths = {path.name: path for root in roots() for path in _shared(root)} | {own.name: own}
    texts, findings = {}, []
    for name, path in sorted(paths.items()):
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            findings.append(Finding(_shown(source, name), 1, "the file is not UTF-8", "save it as UTF-8"))
    return texts, findings


def _shared(root: Path) -> list[Path]:
    folder = root.joinpath(*_FOLDER)
    parts = [path for path in folder.glob("*.html") if not path.with_suffix(".yaml").exists()]
    return [*parts, *folder.glob("*.css")]


def _declared(source: Source, located: Located) -> list[Finding]:
    value, findings = located.value, []
    if value["letter"] != source.path.stem:
        message = f"the letter is called {value['letter']!r}, its file {source.path.stem!r}"
        findings.append(located.finding(("letter",), message, "give both the same name"))
    for name, one in value["inputs"].items():
        where = ("inputs", name)
        if name in ("letter", "addressee"):
            findings.append(
                located.finding(where, f"{name!r} is the engine's own name", "choose another name")
            )
        if (one["type"] == "choice") != ("options" in one):
            message = f"the input {name!r} is a {one['type']}" + (" with options" if "options" in one else "")
            findings.append(located.finding(where, message, "a choice, and only a choice, has options"))
        path = one.get("from", "")
        if path and path not in PATHS and path.partition(".")[0] not in _OF_THE_STEP:
            remedy = f"use answers.…, words.… or a path such as {_closest(path)}"
            findings.append(located.finding((*where, "from"), f"a letter cannot be given {path!r}", remedy))
    return findings


def _closest(path: str) -> str:
    close = difflib.get_close_matches(path, PATHS, n=3, cutoff=0.5)
    return ", ".join(close or ("resident.name", "officer.name", "case_number"))


def _template(source: Source, letter: Letter) -> list[Finding]:
    return [
        Finding(_shown(source, one.file), one.line, one.message, one.remedy)
        for one in template.check(letter.files, letter.template, letter.inputs)
    ]


def _sample(located: Located, letter: Letter) -> list[Finding]:
    values = {name: value for name, value in letter.sample.items() if name != "addressee"}
    wrong = fields.problems(letter.inputs, values)
    return [
        located.finding(
            ("sample", *_path(one.path)), f"the sample's {one.path} {one.message}", "correct the sample"
        )
        for one in wrong
    ]


def _path(text: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdecimal() else part for part in text.split("."))


def _shown(source: Source, name: str) -> str:
    return (Path(source.shown).parent / name).as_posix()
