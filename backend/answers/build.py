"""From the content of a definition to a `Form`: formats spelt out, questions in order, validator compiled."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import jsonschema_rs

from backend.answers.conditions import Branch, Conditional, branch_of
from backend.answers.fields import Field, field_of
from backend.answers.form import Form
from backend.answers.formats import LINE, LINES, MEANING
from backend.answers.text import Text
from backend.definitions.canonical import content_hash

EXAMPLES = ("x-accepted", "x-rejected")


def form_of(definition: Mapping[str, Any]) -> Form:
    """The form a definition (a value form.schema.json accepts, or published content) describes."""
    content = spelt_out({key: value for key, value in definition.items() if key not in EXAMPLES})
    root = branch_of(content)
    rejected = tuple((example["path"], example["answers"]) for example in definition.get("x-rejected", ()))
    return Form(
        name=content["$id"],
        title=Text(content["title"], content["x-title-en"]),
        content=content,
        hash=content_hash(content),
        fields=_ordered(content, root),
        root=root,
        validator=compiled(content),
        accepted=tuple(definition.get("x-accepted", ())),
        rejected=rejected,
    )


def compiled(content: dict[str, Any]) -> Any:
    """The validator: formats are checked, patterns cannot run away, nothing is fetched."""
    return jsonschema_rs.Draft202012Validator(
        content,
        validate_formats=True,
        ignore_unknown_formats=True,
        retriever=_refuse,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def spelt_out(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which every string has its longest length and a pattern, and every list its most items.

    So any JSON Schema tool agrees with us: about zip, phone and kana, and that control characters are
    refused. `x-order` keeps the order of the questions, which canonical JSON (sorted keys) would lose.
    """
    content = deepcopy(dict(definition))
    content.setdefault("x-order", [name for name, _ in declared(content)])
    for _, schema in declared(content):
        _spell(schema)
    return content


def declared(schema: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each question a schema and its branches declare (a property without title only narrows another)."""
    for name, part in schema.get("properties", {}).items():
        if "title" in part:
            yield name, part
    inner = (schema[keyword] for keyword in ("then", "else") if keyword in schema)
    for branch in (*schema.get("allOf", ()), *inner):
        yield from declared(branch)


def _spell(schema: dict[str, Any]) -> None:
    if schema.get("type") == "array":
        items = schema["items"]
        if items.get("type") == "object":
            items.setdefault("x-order", list(items["properties"]))
            for column in items["properties"].values():
                _spell(column)
        else:
            schema.setdefault("maxItems", len(items["enum"]))
    elif "enum" not in schema and schema["type"] == "string":
        for keyword, value in MEANING.get(schema.get("format", ""), {}).items():
            schema.setdefault(keyword, value)
        schema.setdefault("pattern", LINES if schema.get("x-widget") == "textarea" else LINE)


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri}: a form refers to nothing outside itself")


def _ordered(content: Mapping[str, Any], root: Branch) -> tuple[Field, ...]:
    """The questions in order: a conditional one after the last question that decides about it."""
    schemas = dict(declared(content))
    rank = {name: position for position, name in enumerate(content["x-order"])}
    order = sorted((name for name in content["properties"] if name in schemas), key=rank.__getitem__)
    anchors: dict[str, str] = dict.fromkeys(order, "")
    deciding = {name for name, _ in root.dependent}
    for conditional, names in _conditionals(content, root):
        tested = [name for name in conditional.condition.names if name in anchors]
        deciding.update(tested)
        if not tested:
            continue  # a condition on no known question; the check of the definition reports it
        anchor = max(tested, key=order.index)
        for name in sorted(names, key=rank.__getitem__):
            if name not in anchors:
                order.insert(_end_of_part(order, anchors, anchor), name)
                anchors[name] = anchor
    required = frozenset(root.required)
    return tuple(
        replace(
            field_of(name, schemas[name], required=name in required),
            anchor=anchors[name],
            decides=name in deciding,
        )
        for name in order
    )


def _conditionals(schema: Mapping[str, Any], branch: Branch) -> Iterator[tuple[Conditional, list[str]]]:
    """Each conditional with the questions its branches declare, outer before inner, as in the file."""
    written = ([schema] if "if" in schema else []) + list(schema.get("allOf", ()))
    for conditional, part in zip(branch.conditionals, written, strict=True):
        for inner, inner_branch in (
            (part.get("then"), conditional.then),
            (part.get("else"), conditional.otherwise),
        ):
            if inner is None or inner_branch is None:
                continue
            yield conditional, [name for name, item in inner.get("properties", {}).items() if "title" in item]
            yield from _conditionals(inner, inner_branch)


def _end_of_part(order: list[str], anchors: Mapping[str, str], anchor: str) -> int:
    """The place after everything that hangs on `anchor`, directly or through others."""
    inside = {anchor}
    position = order.index(anchor) + 1
    while position < len(order) and anchors[order[position]] in inside:
        inside.add(order[position])
        position += 1
    return position
