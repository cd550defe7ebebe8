"""A form: what it asks, whether answers are right, and what becomes of them."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backend.answers import wording
from backend.answers.categories import merge, split
from backend.answers.conditions import Branch
from backend.answers.fields import Field
from backend.answers.post import Post, read_answers
from backend.answers.problems import Problem, explained, problem
from backend.answers.text import Text
from backend.definitions.canonical import NotCanonical, canonical

Answers = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Form:
    """One version of one form, compiled.

    `content` is what is published and pinned: the JSON Schema (2020-12) with every format spelt out in
    standard keywords, without the examples. `hash` is its content hash. `fields` stand in the order in which
    they are asked. `root` says which apply when. `accepted` and `rejected` are the examples of the file,
    empty for a pinned version.
    """

    name: str
    title: Text
    content: dict[str, Any]
    hash: str
    fields: tuple[Field, ...]
    root: Branch = field(repr=False)
    validator: Any = field(repr=False)
    accepted: tuple[Answers, ...] = field(default=(), repr=False)
    rejected: tuple[tuple[str, Any], ...] = field(default=(), repr=False)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema any tool can check answers with."""
        return self.content

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The questions by name, in order."""
        return {item.name: item for item in self.fields}

    @cached_property
    def _whole(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Where whole numbers stand: questions, and columns of lists."""
        found = []
        for item in self.fields:
            columns = tuple(column.name for column in item.columns if column.widget == "number")
            if item.widget == "number" or columns:
                found.append((item.name, columns))
        return tuple(found)

    def check(self, answers: Any) -> list[Problem]:
        """Everything wrong with the answers, at once; nothing when they are right. Never raises."""
        try:
            if self.validator.is_valid(answers) and not self._has_fraction(answers):
                return []
            errors = list(self.validator.iter_errors(answers))
        except (ValueError, RecursionError):
            errors = []  # not JSON; what exactly is said below
        if not isinstance(answers, dict):
            return [problem((), "not_answers", wording.NOT_ANSWERS)]
        found = explained(errors, self.by_name, self.live(answers))
        named = {item.field for item in found}
        found += [item for item in self._not_json(answers) if item.field not in named]
        return found or [problem((), "not_answers", wording.NOT_ANSWERS)]  # never right without a reason

    def live(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """The questions that apply with these answers."""
        return frozenset(self.root.active(answers)[0])

    def required(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """The questions that must be answered with these answers."""
        return frozenset(self.root.active(answers)[1])

    def applicable(self, answers: Mapping[str, Any]) -> Answers:
        """The answers whose questions apply; those that other answers made moot are left out."""
        kept: Answers = {}
        for _ in range(len(self.fields) + 1):
            live = self.live(kept)
            chosen = {name: value for name, value in answers.items() if name in live}
            if chosen.keys() == kept.keys():
                break
            kept = chosen
        return kept

    def read_all(self, data: Post, prefix: str = "") -> Answers:
        """Every answer in an HTML post, also to questions that no longer apply: what is drawn again."""
        return read_answers(self.fields, data, prefix)

    def read_post(self, data: Post, prefix: str = "") -> Answers:
        """The answers of an HTML post: era dates as ISO, digits half-width, blanks and moot answers dropped.

        What cannot be read stays as typed, so that `check` names it.
        """
        return self.applicable(self.read_all(data, prefix))

    def split(self, answers: Mapping[str, Any]) -> dict[str, Answers]:
        """The answers by data category; `merge` puts them together again."""
        return split(self.by_name, answers)

    def merge(self, parts: Mapping[str, Mapping[str, Any]]) -> Answers:
        """The answers of the given categories together."""
        return merge(parts)

    def prefill(self, known: Mapping[str, Any]) -> Answers:
        """First answers from what is known already: {"today": …, "person.name": …}; blanks are left out."""
        found = {item.name: known.get(item.prefill) for item in self.fields if item.prefill}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def words(self, lang: str) -> dict[str, str]:
        """Every word the form shows, by name: "" (title), "channel", "channel.phone", "household.name"."""
        shown = {"": self.title.of(lang)}
        for item in self.fields:
            shown |= _words(item, item.name, lang)
        return shown

    def sample(self) -> Answers:
        """A copy of the first accepted example. Raises `LookupError` for a pinned version, which has none."""
        if not self.accepted:
            raise LookupError(
                f"{self.name}: a pinned version carries no examples; load the form from its file."
            )
        return deepcopy(self.accepted[0])

    def _has_fraction(self, answers: Mapping[str, Any]) -> bool:
        """JSON Schema takes 1.0 for a whole number; canonical JSON has no fractions."""
        for name, columns in self._whole:
            value = answers.get(name)
            if columns and value is not None:
                if any(type(row.get(column)) is float for row in value for column in columns):
                    return True
            elif type(value) is float:
                return True
        return False

    def _not_json(self, answers: Mapping[Any, Any]) -> list[Problem]:
        """Answers that have no canonical form: fractions, half characters, bottomless lists."""
        found = []
        for name, value in answers.items():
            readable = str(name).encode("utf-8", "replace").decode()
            asked = self.by_name.get(readable)
            label = asked.label if asked else Text(readable[:40], readable[:40])
            try:
                canonical({name: value})
            except NotCanonical:
                found.append(problem((readable,), "not_json", _told(value).filled(label=label)))
        return found


def _told(value: Any) -> Text:
    if isinstance(value, str):
        return wording.CHARACTERS
    return wording.TYPES["number"] if isinstance(value, int | float) else wording.AS_ASKED


def _words(item: Field, path: str, lang: str) -> dict[str, str]:
    shown = {path: item.label.of(lang)}
    if item.help:
        shown[f"{path}?"] = item.help.of(lang)
    for choice in item.choices:
        shown[f"{path}.{choice.code}"] = choice.label.of(lang)
    for column in item.columns:
        shown |= _words(column, f"{path}.{column.name}", lang)
    return shown
