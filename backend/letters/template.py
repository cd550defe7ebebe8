"""Templates of letters: Django's language, cut down to what a letter needs, and checked before use.

A template is reviewed text, but an overlay may bring its own, so what it can do is limited by what it may
say: the tags and filters below, the names its letter declares, the parts of its own folder, and no address
of any kind. Escaping cannot be switched off.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template import Context, Engine, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode, WithNode
from django.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode

from backend.letters.fields import Input
from backend.letters.frame import FRAME
from backend.letters.shape import LOOP, PLAIN, Shape

FILTERS = frozenset(
    {"add", "default", "default_if_none", "divisibleby", "first", "join", "last", "length", "vertical"}
)
_BUILTIN = "backend.letters.vertical"
_EXTERNAL = re.compile(
    r"<\s*(script|link|iframe|object|embed|form|input|base|meta\s+http-equiv|a)\b"
    r"|\bon[a-z]+\s*=|@import|\burl\s*\(|\b(href|srcset|action|data|background)\s*=",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"\bsrc\s*=(?!\s*\"\{\{)", re.IGNORECASE)  # a picture is the engine's own, in quotes


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """Something a letter's template may not do.

    The file of the folder, the line in it, what, and what to do.
    """

    file: str
    line: int
    message: str
    remedy: str


@lru_cache(maxsize=64)
def _engine(files: tuple[tuple[str, str], ...]) -> Engine:
    texts = ("django.template.loaders.locmem.Loader", dict(files))
    parsed_once = ("django.template.loaders.cached.Loader", [texts])
    return Engine(
        loaders=[parsed_once], autoescape=True, string_if_invalid="〓", libraries={}, builtins=[_BUILTIN]
    )


def engine(files: Mapping[str, str]) -> Engine:
    """An engine that knows these files and nothing else."""
    return _engine(tuple(sorted(files.items())))


def fill(files: Mapping[str, str], name: str, values: Mapping[str, Any]) -> str:
    """The page as HTML, every value escaped."""
    return str(
        engine(files).get_template(name).render(Context(dict(values), autoescape=True, use_l10n=False))
    )


def check(files: Mapping[str, str], name: str, inputs: tuple[Input, ...]) -> list[TemplateProblem]:
    """Everything wrong with a letter's template and the parts it is made of; also inputs it never prints."""
    walk = _Walk(files, inputs)
    walk.file(name)
    problems = [*walk.problems, *_addresses(files, walk.seen)]
    if walk.unread:
        return problems  # what a broken part prints is not known
    unused = [one for one in inputs if one.name not in walk.used]
    problems += [
        TemplateProblem(name, 1, f"the input {one.name!r} is never printed", "print it or take it out")
        for one in unused
    ]
    return problems


def _addresses(files: Mapping[str, str], seen: set[str]) -> Iterator[TemplateProblem]:
    for file in sorted(seen & set(files)):
        for line, text in enumerate(files[file].split("\n"), start=1):
            for pattern in (_EXTERNAL, _SOURCE):
                if found := pattern.search(text):
                    what = found.group().strip().rstrip("=\"'").strip()
                    yield TemplateProblem(
                        file, line, f"{what!r} has no place in a letter", "letters load and link to nothing"
                    )


class _Walk:
    """Walks a template's nodes with the names known at each place."""

    def __init__(self, files: Mapping[str, str], inputs: tuple[Input, ...]) -> None:
        self.files = files
        self.problems: list[TemplateProblem] = []
        self.seen: set[str] = set()
        self.unread = False
        self.used: set[str] = set()
        self._inputs = frozenset(one.name for one in inputs)
        self._names = {"letter": FRAME, **{one.name: one.shape for one in inputs}}
        self._file = ""
        self._line = 1

    def file(self, name: str) -> None:
        if name in self.seen:
            return
        self.seen.add(name)
        outer, self._file = (self._file, self._line), name
        try:
            template: Template = engine(self.files).get_template(name)
        except TemplateDoesNotExist:
            self.unread, self._line = True, 1
            self._report(f"there is no {name}", "write it beside the letter's YAML file")
        except TemplateSyntaxError as error:
            self.unread, token = True, getattr(error, "token", None)
            self._line = token.lineno if token else 1
            self._report(str(error).rstrip("."), "correct the template; letters may load no library")
        else:
            self._nodes(template.nodelist, self._names)
        self._file, self._line = outer

    def _report(self, message: str, remedy: str) -> None:
        self.problems.append(TemplateProblem(self._file, self._line, message, remedy))

    def _nodes(self, nodes: NodeList, names: Mapping[str, Shape]) -> None:
        for node in nodes:
            self._line = (node.token.lineno if node.token else None) or self._line
            self._node(node, names)

    def _node(self, node: Node, names: Mapping[str, Shape]) -> None:
        match node:
            case TextNode() | CommentNode():
                pass
            case VariableNode():
                self._expression(node.filter_expression, names)
            case IfNode():
                for condition, nodes in node.conditions_nodelists:
                    self._condition(condition, names)
                    self._nodes(nodes, names)
            case ForNode():
                self._for(node, names)
            case WithNode():
                extra = {name: self._expression(value, names) for name, value in node.extra_context.items()}
                self._nodes(node.nodelist, {**names, **extra})
            case BlockNode():
                self._nodes(node.nodelist, names)
            case ExtendsNode():
                self._part(node.parent_name)
                self._nodes(node.nodelist, names)
            case IncludeNode():
                self._part(node.template)
            case _:
                tag = node.token.contents.split()[0] if node.token else type(node).__name__
                self._report(
                    f"the tag {tag!r} is not for letters", "use if, for, with, block, extends, include"
                )

    def _part(self, expression: Any) -> None:
        if isinstance(expression.var, Variable):
            self._report("a part is named by a value", "name the file itself, in quotes")
        else:
            self.file(expression.var + "")  # a plain string, not a marked-safe one

    def _for(self, node: Any, names: Mapping[str, Shape]) -> None:
        shape = self._expression(node.sequence, names)
        if len(node.loopvars) != 1 or shape.items is None:
            self._report(f"{node.sequence.token} is no list to loop over", "loop over a list, with one name")
        inner = {**names, **dict.fromkeys(node.loopvars, shape.items or PLAIN), "forloop": LOOP}
        self._nodes(node.nodelist_loop, inner)
        self._nodes(node.nodelist_empty, names)

    def _condition(self, condition: Any, names: Mapping[str, Shape]) -> None:
        """An `if` condition is a tree of operators with expressions as leaves."""
        for part in (getattr(condition, "first", None), getattr(condition, "second", None)):
            if part is not None:
                self._condition(part, names)
        if isinstance(value := getattr(condition, "value", None), FilterExpression):
            self._expression(value, names)

    def _expression(self, expression: FilterExpression, names: Mapping[str, Shape]) -> Shape:
        """Check an expression; the shape of its value."""
        for function, arguments in expression.filters:
            name = getattr(function, "_filter_name", function.__name__)
            if name not in FILTERS:
                self._report(
                    f"the filter {name!r} is not for letters", f"use one of: {', '.join(sorted(FILTERS))}"
                )
            for is_lookup, argument in arguments:
                if is_lookup:
                    self._variable(argument, names)
        if isinstance(expression.var, Variable):
            return self._variable(expression.var, names)
        return PLAIN

    def _variable(self, variable: Variable, names: Mapping[str, Shape]) -> Shape:
        if variable.lookups is None:  # a literal
            return PLAIN
        name, *rest = variable.lookups
        if name in self._inputs:
            self.used.add(name)
        if name not in names:
            self._report(f"{variable.var!r} is not declared", "declare it under inputs, or correct the name")
            return PLAIN
        shape = names[name]
        for part in rest:
            if part not in shape.inside:
                known = ", ".join(sorted(shape.inside)) or "nothing"
                self._report(f"{variable.var!r} is not declared", f"after a dot may follow here: {known}")
                return PLAIN
            shape = shape.inside[part]
        return shape
