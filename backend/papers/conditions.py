"""The conditions of a form in words: paper cannot hide a question, so it says when one is to be answered."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.answers.conditions import Branch, Condition
from backend.answers.fields import NO, YES, Field
from backend.answers.form import Form
from backend.answers.text import Text


@dataclass(frozen=True, slots=True)
class When:
    """When a question is asked ("" always) and when it must be answered ("" never, or as often as asked)."""

    asked: str = ""
    required: bool = False
    required_if: str = ""


_IS, _IS_NOT = Text("「{label}」が{values}のとき", "{label} is {values}"), Text("{}でないとき", "not ({})")
_AND, _OR = Text("、かつ、", " and "), Text("か", " or ")
_QUOTED, _BUT = Text("「{}」", "“{}”"), Text("「{}」以外", "other than “{}”")
_GIVEN = Text("「{label}」に答えたとき", "{label} is answered")


def when(form: Form, lang: str) -> dict[str, When]:
    """For each question of a form, when it is asked and when it must be answered."""
    reading = _Reading(form, lang)
    reading.branch(form.root, ())
    return {item.name: reading.of(item) for item in form.fields}


class _Reading:
    """Walks the branches of a form and remembers under which conditions each name stood."""

    def __init__(self, form: Form, lang: str) -> None:
        self.fields, self.lang = form.by_name, lang
        self.asked: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self.required: dict[str, list[tuple[str, ...]]] = defaultdict(list)

    def branch(self, branch: Branch, because: tuple[str, ...]) -> None:
        for name in branch.names:
            self.asked[name].append(because)
        for name in branch.required:
            self.required[name].append(because)
        for trigger, names in branch.dependent:
            for name in names:
                self.required[name].append((*because, self._given(trigger)))
        for conditional in branch.conditionals:
            words = self._condition(conditional.condition)
            if conditional.then is not None:
                self.branch(conditional.then, (*because, words))
            if conditional.otherwise is not None:
                negated = _IS_NOT.of(self.lang).format(words.removesuffix("のとき").removesuffix("とき"))
                self.branch(conditional.otherwise, (*because, negated))

    def of(self, item: Field) -> When:
        asked, must = self.asked[item.name], self.required.get(item.name, [])
        if () in asked or not asked:
            return When("", () in must, "" if () in must else self._either(must))
        inner = self._within(item, asked)
        if () in must or set(asked) <= set(must):
            return When(self._either(inner), required=True)
        return When(
            self._either(inner), required_if=self._either([path for path in must if path not in asked])
        )

    def _within(self, item: Field, paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """The conditions without those of the question it hangs under, which stand there already."""
        outer = self.asked[item.anchor] if item.anchor else []
        if len(outer) != 1:
            return paths
        size = len(outer[0])
        return [path[size:] if path[:size] == outer[0] else path for path in paths]

    def _either(self, several: list[tuple[str, ...]]) -> str:
        joined = (_AND.of(self.lang).join(words) for words in several)
        return _OR.of(self.lang).join(dict.fromkeys(joined))

    def _condition(self, condition: Condition) -> str:
        tested = {name for name, _test in condition.tests}
        parts = [self._test(name, test) for name, test in condition.tests]
        parts += [self._given(name) for name in condition.given if name not in tested]
        return _AND.of(self.lang).join(parts)

    def _test(self, name: str, test: Mapping[str, Any]) -> str:
        if "contains" in test:
            values = [test["contains"]["const"]]
        else:
            values = list(test["enum"]) if "enum" in test else [test["const"]]
        return _IS.of(self.lang).format(label=self._label(name), values=self._values(name, values))

    def _values(self, name: str, values: list[Any]) -> str:
        """The values in words; all but one of the choices are told by that one."""
        choices = self.fields[name].choices if name in self.fields else ()
        left = [choice.code for choice in choices if choice.code not in values]
        if len(left) == 1 and len(values) > 1:
            return _BUT.of(self.lang).format(self._value(name, left[0]))
        return _OR.of(self.lang).join(
            _QUOTED.of(self.lang).format(self._value(name, value)) for value in values
        )

    def _given(self, name: str) -> str:
        return _GIVEN.of(self.lang).format(label=self._label(name))

    def _label(self, name: str) -> str:
        return self.fields[name].label.of(self.lang) if name in self.fields else name

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return (YES if value else NO).of(self.lang)
        choice = self.fields[name].choice(value) if name in self.fields else None
        return choice.label.of(self.lang) if choice else str(value)
